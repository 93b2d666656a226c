"""Where a pickup is made, for who goes there."""

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.orders import Delivery
from kvitt_contracts.types import PickupId, UserId

from orders.customer_orders.deliveries import Destined, destination_of
from orders.pickups.models import PickupDetailsRow, PickupRow
from orders.pickups.views import PickupPlaceView


async def resolve_pickup(row: PickupRow, tx: Transaction, *, user: UserId) -> PickupPlaceView:
    """Address, phones and instructions of a pickup; looking at a patient's is logged (REF-6)."""
    kept = await tx.look_up(PickupDetailsRow, row.id)
    given = kept.delivery if kept is not None else Delivery()
    place = await destination_of(
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
