"""Free text between the two sides of a transfer: stored beside the transfer, in no event."""

from typing import Annotated

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import TEXT, TransferId
from pydantic import Field

from bmb.models import TransferTextRow

Message = Annotated[str, Field(max_length=1000, pattern=TEXT)]
"""What one side writes to the other."""


def has_text(message: str | None) -> bool:
    """True when the message is more than blanks."""
    return bool(message and message.strip())


async def keep_to_receiver(tx: Transaction, transfer_id: TransferId, message: str | None) -> None:
    """Store the sender's message with the draft (BMB-3); saving the draft again replaces it."""
    row = await tx.look_up(TransferTextRow, transfer_id)
    if row is not None:
        row.to_receiver = message
    elif has_text(message):
        tx.put(_text(tx, transfer_id, to_receiver=message))


async def keep_to_sender(tx: Transaction, transfer_id: TransferId, message: str | None) -> None:
    """Store the receiver's message with the answer (BMB-4, BMB-5)."""
    if not has_text(message):
        return
    row = await tx.look_up(TransferTextRow, transfer_id)
    if row is not None:
        row.to_sender = message
    else:
        tx.put(_text(tx, transfer_id, to_sender=message))


def _text(
    tx: Transaction,
    transfer_id: TransferId,
    *,
    to_receiver: str | None = None,
    to_sender: str | None = None,
) -> TransferTextRow:
    return TransferTextRow(
        region=tx.region, transfer_id=transfer_id, to_receiver=to_receiver, to_sender=to_sender
    )
