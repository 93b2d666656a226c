"""Look-ups of the parties that a command names, and the values that the rules read of them."""

from collections.abc import Iterable

from kvitt_chassis.handlers import RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.orders import PlaceOrder, RegisterWithdrawal
from kvitt_contracts.types import CareUnitRecipient, NamedPatient, PersonRef

from orders.parties import domain
from orders.people.domain import must_be_active
from orders.people.queries import current_person, details_named, rows_of_person
from orders.units.models import CareUnitRow
from orders.units.queries import care_unit_key, place_named, user_named


def rows_of_recipient(named: NamedPatient | CareUnitRecipient, tx: Transaction) -> Iterable[RowKey]:
    """Names the rows that `parties_of` reads of a recipient."""
    if isinstance(named, CareUnitRecipient):
        return [(CareUnitRow, care_unit_key(named.unit, tx))]
    return rows_of_person(named.person, tx)


async def parties_of(command: PlaceOrder | RegisterWithdrawal, tx: Transaction) -> domain.Parties:
    """Returns recipient, prescriber, requester and service point of a command.

    Raises Refused: one is unknown (REF-3; recipient ORD-1, REF-1), or inactive (REF-14).
    """
    return domain.Parties(
        recipient=await recipient_named(command.recipient, tx),
        prescriber=await user_named(command.prescriber, tx, field="prescriber"),
        requester=await user_named(command.requester or command.prescriber, tx, field="requester"),
        service_point=await place_named(command.service_point, tx),
    )


async def recipient_named(
    named: NamedPatient | CareUnitRecipient, tx: Transaction
) -> domain.Patient | CareUnitRecipient:
    """Returns the recipient that a command names.

    Raises Refused: unknown (ORD-1, REF-1), or inactive (REF-14).
    """
    if isinstance(named, CareUnitRecipient):
        await tx.get(
            CareUnitRow, care_unit_key(named.unit, tx), rule="ORD-1", field="recipient.unit"
        )
        return named
    person = await current_person(named.person, tx, field="recipient.person")
    must_be_active(person.state())
    details = await details_named(person, tx)
    return domain.Patient(
        person=PersonRef(person.id),
        born_on=details.born_on,
        has_address=details.address is not None,
    )
