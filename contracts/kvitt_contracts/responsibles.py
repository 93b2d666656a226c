"""Who answers for a service point on a day, for every service that reads `bmb.responsibles`."""

from dataclasses import dataclass
from datetime import date

from kvitt_contracts.types import UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class MainResponsible:
    """The main responsible of a service point, and the stand-in for the Stockholm days of the
    main's absence, the first and the last included (BMB-9, BMB-10).
    """

    main: UserId | None
    stand_in: UserId | None = None
    absent_from_on: date | None = None
    absent_to_on: date | None = None

    def is_absent(self, on: date) -> bool:
        """True on a day of the main's absence (BMB-10)."""
        first, last = self.absent_from_on, self.absent_to_on
        return first is not None and last is not None and first <= on <= last


def who_answers(responsible: MainResponsible | None, *, on: date) -> tuple[UserId, ...]:
    """The main responsible, and on days of absence the stand-in as well, on a Stockholm day (BMB-9,
    BMB-10, BMB-14). Nobody: whoever works there answers.
    """
    if responsible is None or responsible.main is None:
        return ()
    if responsible.stand_in is not None and responsible.is_absent(on):
        return responsible.main, responsible.stand_in
    return (responsible.main,)
