"""Where an order goes or a pickup is made, for who goes there: the one place that puts either
together with an address.
"""

from dataclasses import dataclass

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.orders import AddressKind, Delivery, OneOffAddress
from kvitt_contracts.types import Address, CareUnitId, CustomerId, OrderId, PersonRef, UserId

from orders.customer_orders.models import OrderDetailsRow, OrderRow
from orders.customer_orders.views import DeliveryView
from orders.people.domain import Purpose
from orders.people.models import PersonDetailsRow, PersonRow
from orders.people.writes import log_accesses
from orders.units.models import CareUnitRow, CustomerRow
from orders.units.queries import care_unit_key, customer_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Destined:
    """What goes to a recipient, or is fetched there: an order, a pickup."""

    address_kind: AddressKind
    customer_id: CustomerId
    recipient_person: PersonRef | None
    recipient_unit: CareUnitId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A door, and who is behind it."""

    name: str | None
    address: Address | None
    phone: str | None = None
    door_code: str | None = None
    instructions: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """The door to go to, and whom it is for."""

    door: Place
    recipient: Place


async def resolve_delivery(row: OrderRow, tx: Transaction, *, user: UserId) -> DeliveryView:
    """Address, phones and instructions of an order; looking at a patient's is logged (REF-6)."""
    kept = await tx.look_up(OrderDetailsRow, row.id)
    given = kept.delivery if kept is not None else Delivery()
    found = await destination_of(
        Destined(
            address_kind=row.address_kind,
            customer_id=row.customer_id,
            recipient_person=row.recipient_person,
            recipient_unit=row.recipient_unit,
        ),
        given,
        tx,
        user,
    )
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


async def destination_of(
    what: Destined, given: Delivery, tx: Transaction, user: UserId
) -> Destination:
    """Which door something goes to, and whom it is for; looking at a patient is logged (REF-6)."""
    recipient = await _recipient(what, tx, user)
    door = recipient
    if what.address_kind is AddressKind.UNIT:
        door = await _unit(what, tx)
    elif isinstance(given.to, OneOffAddress):
        door = Place(name=recipient.name, address=given.to.address)
    return Destination(door=door, recipient=recipient)


async def _recipient(what: Destined, tx: Transaction, user: UserId) -> Place:
    if what.recipient_person is None:
        assert what.recipient_unit is not None
        unit = await tx.get(CareUnitRow, care_unit_key(what.recipient_unit, tx))
        customer = await tx.get(CustomerRow, customer_key(unit.customer_id, tx))
        return Place(name=unit.name, address=customer.address)
    person = await tx.get(PersonRow, what.recipient_person)
    while person.merged_into is not None:
        person = await tx.get(PersonRow, person.merged_into)
    log_accesses(tx, user, Purpose.DELIVERY, [PersonRef(person.id)])
    details = await tx.look_up(PersonDetailsRow, person.id)
    if details is None:  # erased
        return Place(name=None, address=None)
    return Place(
        name=details.name,
        address=details.address,
        phone=details.phone,
        door_code=details.door_code,
        instructions=details.instructions,
    )


async def _unit(what: Destined, tx: Transaction) -> Place:
    customer = await tx.get(CustomerRow, customer_key(what.customer_id, tx))
    return Place(name=customer.name, address=customer.address)
