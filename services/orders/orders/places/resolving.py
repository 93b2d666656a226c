"""Where something goes, or is fetched or mended: the one place that puts it together with an
address.
"""

from dataclasses import dataclass
from typing import Protocol

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.orders import AddressKind, Delivery, OneOffAddress
from kvitt_contracts.types import Address, CareUnitId, CustomerId, PersonRef, UserId

from orders.people.domain import Purpose
from orders.people.models import PersonRow
from orders.people.queries import current_row, details_of
from orders.people.writes import log_accesses
from orders.places.views import PlaceView
from orders.units.models import CareUnitRow, CustomerRow
from orders.units.queries import care_unit_key, customer_key


class Destined(Protocol):
    """What goes to a recipient, or is fetched or mended there: the row of an order, of a pickup."""

    @property
    def address_kind(self) -> AddressKind:
        """Which of the addresses."""

    @property
    def customer_id(self) -> CustomerId:
        """The unit that ordered it."""

    @property
    def recipient_person(self) -> PersonRef | None:
        """The patient; None for a care unit, and where it goes to the unit itself."""

    @property
    def recipient_unit(self) -> CareUnitId | None:
        """The care unit; None for a patient, and where it goes to the unit itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Door:
    name: str | None
    address: Address | None
    phone: str | None = None
    door_code: str | None = None
    instructions: str | None = None


async def place_of(
    what: Destined, given: Delivery | None, tx: Transaction, *, user: UserId
) -> PlaceView:
    """Address, phones and instructions of what is destined, with what was `given` for it alone;
    looking at a patient's is logged (REF-6).
    """
    said = given or Delivery()
    if what.recipient_person is None and what.recipient_unit is None:
        recipient = await _unit(what, tx)  # to the unit's own store (ORD-9)
    else:
        recipient = await _recipient(what, tx, user)
    door = recipient
    if what.address_kind is AddressKind.UNIT:
        door = await _unit(what, tx)
    elif isinstance(said.to, OneOffAddress):
        door = _Door(name=recipient.name, address=said.to.address)
    return PlaceView(
        kind=what.address_kind,
        name=door.name,
        address=door.address,
        order_phone=said.order_phone,
        recipient_phone=said.recipient_phone or recipient.phone,
        door_code=said.door_code or door.door_code,
        instructions=said.instructions or door.instructions,
        contact_person=said.contact_person,
        information=said.information,
    )


async def _recipient(what: Destined, tx: Transaction, user: UserId) -> _Door:
    if what.recipient_person is None:
        assert what.recipient_unit is not None
        unit = await tx.get(CareUnitRow, care_unit_key(what.recipient_unit, tx))
        customer = await tx.get(CustomerRow, customer_key(unit.customer_id, tx))
        return _Door(name=unit.name, address=customer.address)
    person = await current_row(await tx.get(PersonRow, what.recipient_person), tx)
    log_accesses(tx, user, Purpose.DELIVERY, [PersonRef(person.id)])
    details = await details_of(PersonRef(person.id), tx)
    if details is None:  # erased
        return _Door(name=None, address=None)
    return _Door(
        name=details.name,
        address=details.address,
        phone=details.phone,
        door_code=details.door_code,
        instructions=details.instructions,
    )


async def _unit(what: Destined, tx: Transaction) -> _Door:
    customer = await tx.get(CustomerRow, customer_key(what.customer_id, tx))
    return _Door(name=customer.name, address=customer.address)
