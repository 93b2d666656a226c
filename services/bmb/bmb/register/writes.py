"""Stores custody as inventory emitted it last."""

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import CustodyChanged

from bmb.register.models import DeviceRow


async def note_custody(event: CustodyChanged, tx: Transaction) -> None:
    """Store the device's new holder, payer and prescriber. An unknown device: the event waits."""
    row = await tx.get(DeviceRow, event.device_id)
    row.take(event.custody)
