"""The rule of who is told of a transfer at its receiver. No clock, no database."""

from dataclasses import dataclass
from datetime import date

from kvitt_contracts.notifications import ToServicePoint, ToStaff, ToUser
from kvitt_contracts.types import ServicePointId, UserId

from notifications.messages.domain import CUSTOMER_SERVICE, Addressee


@dataclass(frozen=True, slots=True, kw_only=True)
class Responsibles:
    """Whom a service point has named to be told, and who stands in on which Stockholm days, the
    first and the last included.
    """

    main: UserId | None
    stand_in: UserId | None
    absent_from_on: date | None
    absent_to_on: date | None

    def is_absent(self, on: date) -> bool:
        """True on a day of the main responsible's absence."""
        first, last = self.absent_from_on, self.absent_to_on
        return first is not None and last is not None and first <= on <= last


# decision 0319: what nobody answers for is told to customer service too
def whom_to_tell(
    service_point: ServicePointId, responsibles: Responsibles | None, *, on: date
) -> tuple[Addressee, ...]:
    """Who is told at the receiver on a Stockholm day: its main responsible, and the stand-in on
    days of absence; substitutes are not (NTF-3, BMB-10). Where there was a main and is none, the
    service point and customer service; where nobody was ever named, the service point (BMB-9).
    """
    all_there = ToServicePoint(service_point=service_point)
    if responsibles is None:
        return (all_there,)
    if responsibles.main is None:
        return (all_there, ToStaff(duty=CUSTOMER_SERVICE))
    told = [responsibles.main]
    if responsibles.stand_in is not None and responsibles.is_absent(on):
        told.append(responsibles.stand_in)
    return tuple(ToUser(user_id=one) for one in told)
