"""What is done with notes on devices' cards: written, taken away, shown again, forgotten."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from kvitt_chassis.handlers import Timer
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import DeviceId, UserId

from inventory.devices.models import DeviceNoteRow

HIDDEN: Final = Timer("device_note_hidden", DeviceNoteRow, slow=True)
FORGOTTEN_AFTER: Final = timedelta(days=1)
"""Business time in which a note may be shown again; after it, it is forgotten."""


# decision 0491: a note is about the device, and goes with it; no event tells of it
def write(note_id: UUID, device_id: DeviceId, text: str, by: UserId, tx: Transaction) -> None:
    """Write a note on a device's card."""
    tx.put(
        DeviceNoteRow(
            region=tx.region,
            note_id=note_id,
            device_id=device_id,
            text=text,
            by=by,
            written_at=tx.now,
        )
    )


def hide(row: DeviceNoteRow, by: UserId, tx: Transaction) -> None:
    """Take a note from the card; within a day it may be shown again."""
    if row.hidden_by is None:
        row.hidden_by = by
        tx.schedule(HIDDEN, key=row.note_id, due=tx.now + FORGOTTEN_AFTER)


def show(row: DeviceNoteRow, tx: Transaction) -> None:
    """Show a note again that was taken away."""
    if row.hidden_by is not None:
        row.hidden_by = None
        tx.cancel_timer(HIDDEN, key=row.note_id)


async def forget(row: DeviceNoteRow, tx: Transaction) -> None:
    """Delete a note that was taken away."""
    tx.will_lock(DeviceNoteRow)
    await tx.session.delete(row)
