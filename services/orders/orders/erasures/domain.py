"""The rules of erasure. No database, no clock, no log."""

from dataclasses import astuple, dataclass
from enum import StrEnum

from kvitt_contracts.orders import PersonErased
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import PersonRef

from orders.people.domain import Person


class Reason(StrEnum):
    """Why a person is not erased."""

    PERSON_HAS_SOMETHING_LEFT = "PERSON_HAS_SOMETHING_LEFT"


class ErasureRefused(Refused):
    """A refusal by a rule of erasure; `reason` is one of Reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What is not over for a person."""

    devices: int
    orders: int
    pickups: int
    work_orders: int
    fault_reports: int
    cases: int

    def is_nothing(self) -> bool:
        """True where nothing stands against an erasure."""
        return not any(astuple(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How much of each kind is stored of a person: the texts go, the rest stays by reference."""

    details: int
    delivery_texts: int
    drafts: int
    attachments: int
    orders: int
    work_orders: int
    looks: int


def must_be_over(person: Person, *, left: Left, is_ordered: bool) -> None:
    """Check that nothing stands against erasing a person.

    Raises ErasureRefused (PERSON_HAS_SOMETHING_LEFT, REF-23) while something is not over: nobody
    would know whom to fetch a device from. `is_ordered`: an authority or a court has decided it.
    """
    if not left.is_nothing() and not is_ordered:
        raise ErasureRefused(
            Reason.PERSON_HAS_SOMETHING_LEFT,
            rule="REF-23",
            field="person",
            person=person.id,
            way_on="Hämta hjälpmedlen och avsluta det som är öppet, och försök igen. Har en"
            " myndighet eller domstol beslutat om raderingen: ange is_ordered.",
            devices=left.devices,
            orders=left.orders,
            pickups=left.pickups,
            work_orders=left.work_orders,
            fault_reports=left.fault_reports,
            cases=left.cases,
        )


def erase(person: Person) -> tuple[PersonErased, ...]:
    """Erase who a reference is; no event when that is done."""
    return () if person.is_erased else (PersonErased(person=PersonRef(person.id)),)
