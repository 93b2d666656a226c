"""The rule of who answers for a service point. No clock, no database."""

from dataclasses import dataclass
from datetime import date

from kvitt_contracts.types import UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Responsibles:
    """The main responsible of a service point, and the stand-in for the Stockholm days of the
    main's absence, the first and the last included (BMB-9, BMB-10).
    """

    main: UserId | None
    stand_in: UserId | None
    absent_from_on: date | None
    absent_to_on: date | None

    def is_absent(self, on: date) -> bool:
        """True on a day of the main's absence."""
        first, last = self.absent_from_on, self.absent_to_on
        return first is not None and last is not None and first <= on <= last


def who_answers(responsibles: Responsibles | None, *, on: date) -> tuple[UserId, ...]:
    """The main responsible on a Stockholm day, and the stand-in on days of absence. Nobody: whoever
    works there answers (BMB-9, BMB-10).
    """
    if responsibles is None or responsibles.main is None:
        return ()
    if responsibles.stand_in is not None and responsibles.is_absent(on):
        return responsibles.main, responsibles.stand_in
    return (responsibles.main,)
