"""Custody as inventory emitted it last, noted beside what it does to a transfer."""

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import CustodyChanged

from bmb.register.models import DeviceRow


async def note_custody(event: CustodyChanged, tx: Transaction) -> None:
    """The device has another holder, payer or prescriber. An unknown device: the event waits."""
    row = await tx.get(DeviceRow, event.device_id)
    row.take(event.custody)
