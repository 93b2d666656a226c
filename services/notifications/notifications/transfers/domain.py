"""The rule of who is told of a transfer at its receiver. No clock, no database."""

from datetime import date

from kvitt_contracts.notifications import ToServicePoint, ToStaff, ToUser
from kvitt_contracts.responsibles import MainResponsible, who_answers
from kvitt_contracts.types import ServicePointId

from notifications.messages.domain import CUSTOMER_SERVICE, Addressee


# decision 0319: what nobody answers for is told to customer service too
def whom_to_tell(
    service_point: ServicePointId, responsible: MainResponsible | None, *, on: date
) -> tuple[Addressee, ...]:
    """Who is told at the receiver on a Stockholm day: its main responsible, and the stand-in on
    days of absence; substitutes are not (NTF-3, BMB-10). Where there was a main and is none, the
    service point and customer service; where nobody was ever named, the service point (BMB-9).
    """
    all_there = ToServicePoint(service_point=service_point)
    if responsible is None:
        return (all_there,)
    if responsible.main is None:
        return (all_there, ToStaff(duty=CUSTOMER_SERVICE))
    return tuple(ToUser(user_id=one) for one in who_answers(responsible, on=on))
