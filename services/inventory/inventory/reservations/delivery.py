"""How a delivered line is written: the reservation's event, and the custody of its devices."""

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import CustodyCause, LineDelivered

from inventory.devices import domain as devices
from inventory.devices.custody import change_custody
from inventory.devices.models import DeviceRow
from inventory.people.handlers import current_holder
from inventory.reservations.models import PlacedOrderRow


async def give_devices(tx: Transaction, order: PlacedOrderRow, delivered: LineDelivered) -> None:
    """Let the line's devices change custody to the order's recipient from the day of delivery."""
    holder = await current_holder(tx, order.recipient)
    for device_id in delivered.devices:
        row = await tx.lock(DeviceRow, device_id)
        row.claim = None
        changed = devices.change_custody(
            device_id,
            row.state(),
            holder=holder,
            payer_id=delivered.payer_id,
            customer_id=order.customer_id,
            prescriber=order.prescriber,
            since=delivered.delivered_on,
            cause=CustodyCause(order_id=order.order_id, line_id=delivered.line_id),
        )
        await change_custody(tx, row, changed)
