"""Where an order goes and a pickup is made, for who goes there: the one place that puts them and an
address together.
"""

from dataclasses import dataclass

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.orders import AddressKind, Delivery, OneOffAddress
from kvitt_contracts.types import Address, OrderId, PersonRef, PickupId, UserId

from orders.customer_orders.models import OrderDetailsRow, OrderRow
from orders.customer_orders.views import DeliveryView
from orders.people.domain import Purpose
from orders.people.models import PersonDetailsRow, PersonRow
from orders.people.writes import log_accesses
from orders.pickups.models import PickupDetailsRow, PickupRow
from orders.pickups.views import PickupPlaceView
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Where:
    """The door to go to, and whom it is for."""

    door: _Place
    recipient: _Place


async def resolve_pickup(row: PickupRow, tx: Transaction, *, user: UserId) -> PickupPlaceView:
    """Address, phones and instructions of a pickup; looking at a patient's is logged (REF-6)."""
    kept = await tx.look_up(PickupDetailsRow, row.id)
    given = kept.delivery if kept is not None else Delivery()
    place = await _place(row, given, tx, user)
    return PickupPlaceView(
        pickup_id=PickupId(row.id),
        pickup_number=row.pickup_number,
        kind=row.address_kind,
        name=place.door.name,
        address=place.door.address,
        order_phone=given.order_phone,
        recipient_phone=given.recipient_phone or place.recipient.phone,
        door_code=given.door_code or place.door.door_code,
        instructions=given.instructions or place.door.instructions,
        contact_person=given.contact_person,
        information=given.information,
    )


async def resolve_delivery(row: OrderRow, tx: Transaction, *, user: UserId) -> DeliveryView:
    """Address, phones and instructions of an order; looking at a patient's is logged (REF-6)."""
    kept = await tx.look_up(OrderDetailsRow, row.id)
    given = kept.delivery if kept is not None else Delivery()
    found = await _place(row, given, tx, user)
    place, recipient = found.door, found.recipient
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


async def _place(
    row: OrderRow | PickupRow, given: Delivery, tx: Transaction, user: UserId
) -> _Where:
    recipient = await _recipient(row, tx, user)
    door = recipient
    if row.address_kind is AddressKind.UNIT:
        door = await _unit(row, tx)
    elif isinstance(given.to, OneOffAddress):
        door = _Place(name=recipient.name, address=given.to.address)
    return _Where(door=door, recipient=recipient)


async def _recipient(row: OrderRow | PickupRow, tx: Transaction, user: UserId) -> _Place:
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


async def _unit(row: OrderRow | PickupRow, tx: Transaction) -> _Place:
    customer = await tx.get(CustomerRow, customer_key(row.customer_id, tx))
    return _Place(name=customer.name, address=customer.address)
