"""Where work is done, for who goes there."""

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.orders import AddressKind, Delivery, RecipientAddress
from kvitt_contracts.types import UserId, WorkOrderId

from orders.customer_orders.deliveries import Destined, destination_of
from orders.work_orders.models import WorkOrderDetailsRow, WorkOrderRow
from orders.work_orders.views import WorkOrderPlaceView


async def resolve_work_order(
    row: WorkOrderRow, tx: Transaction, *, user: UserId
) -> WorkOrderPlaceView:
    """Address, phones and instructions of the place; a look at a patient's is logged (REF-6)."""
    kept = await tx.look_up(WorkOrderDetailsRow, row.id)
    # what came by a message names no address: it is done at the recipient's
    given = (kept.delivery if kept is not None else None) or Delivery(to=RecipientAddress())
    kind = AddressKind(given.to.kind)
    place = await destination_of(
        Destined(
            address_kind=kind,
            customer_id=row.customer_id,
            recipient_person=row.recipient_person,
            recipient_unit=row.recipient_unit,
        ),
        given,
        tx,
        user,
    )
    return WorkOrderPlaceView(
        work_order_id=WorkOrderId(row.id),
        work_order_number=row.work_order_number,
        kind=kind,
        name=place.door.name,
        address=place.door.address,
        order_phone=given.order_phone,
        recipient_phone=given.recipient_phone or place.recipient.phone,
        door_code=given.door_code or place.door.door_code,
        instructions=given.instructions or place.door.instructions,
        contact_person=given.contact_person,
        information=given.information,
    )
