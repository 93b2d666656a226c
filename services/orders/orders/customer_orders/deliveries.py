"""Where an order goes, for who takes it there: the one place that puts an order and an address
together.
"""

from dataclasses import dataclass

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.orders import AddressKind, Delivery, OneOffAddress
from kvitt_contracts.types import Address, OrderId, PersonRef, UserId

from orders.customer_orders.models import OrderDetailsRow, OrderRow
from orders.customer_orders.views import DeliveryView
from orders.people.domain import Purpose
from orders.people.models import PersonDetailsRow, PersonRow
from orders.people.writes import log_accesses
from orders.units.models import CareUnitRow, CustomerRow
from orders.units.queries import care_unit_key, customer_key


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A door, and who is behind it."""

    name: str | None
    address: Address | None
    phone: str | None = None
    door_code: str | None = None
    instructions: str | None = None


async def resolve_delivery(row: OrderRow, tx: Transaction, *, user: UserId) -> DeliveryView:
    """Address, phones and instructions of an order; looking at a patient's is logged (REF-6)."""
    kept = await tx.look_up(OrderDetailsRow, row.id)
    given = kept.delivery if kept is not None else Delivery()
    recipient = await _recipient(row, tx, user)
    place = recipient
    if row.address_kind is AddressKind.UNIT:
        place = await _unit(row, tx)
    elif isinstance(given.to, OneOffAddress):
        place = _Place(name=recipient.name, address=given.to.address)
    return DeliveryView(
        order_id=OrderId(row.id),
        order_number=row.order_number,
        kind=row.address_kind,
        consolidated=row.consolidated,
        name=place.name,
        address=place.address,
        order_phone=given.order_phone,
        recipient_phone=given.recipient_phone or recipient.phone,
        door_code=given.door_code or place.door_code,
        instructions=given.instructions or place.instructions,
        contact_person=given.contact_person,
        information=given.information,
    )


async def _recipient(row: OrderRow, tx: Transaction, user: UserId) -> _Place:
    if row.recipient_person is None:
        assert row.recipient_unit is not None
        unit = await tx.get(CareUnitRow, care_unit_key(row.recipient_unit, tx))
        customer = await tx.get(CustomerRow, customer_key(unit.customer_id, tx))
        return _Place(name=unit.name, address=customer.address)
    person = await tx.get(PersonRow, row.recipient_person)
    while person.merged_into is not None:
        person = await tx.get(PersonRow, person.merged_into)
    log_accesses(tx, user, Purpose.DELIVERY, [PersonRef(person.id)])
    details = await tx.look_up(PersonDetailsRow, person.id)
    if details is None:  # erased
        return _Place(name=None, address=None)
    return _Place(
        name=details.name,
        address=details.address,
        phone=details.phone,
        door_code=details.door_code,
        instructions=details.instructions,
    )


async def _unit(row: OrderRow, tx: Transaction) -> _Place:
    customer = await tx.get(CustomerRow, customer_key(row.customer_id, tx))
    return _Place(name=customer.name, address=customer.address)
