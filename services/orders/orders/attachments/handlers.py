"""Handlers of attachments: kept, put to something, and forgotten where they were put to nothing."""

from collections.abc import Iterable
from datetime import datetime

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction

from orders.attachments import writes
from orders.attachments.commands import Attach, KeepAttachment
from orders.attachments.models import AttachmentRow
from orders.attachments.writes import ORPHANED

messages = Handlers()


def _its_row(_: object, tx: Transaction) -> Iterable[RowKey]:
    return [(AttachmentRow, tx.target("attachment"))]


@messages.command(KeepAttachment, loads=_its_row)
async def keep_attachment(command: KeepAttachment, tx: Transaction) -> None:
    """The whole of a file has come (ORD-16).

    Refused: UNKNOWN_ATTACHMENT (ORD-16): it took more than a day.
    """
    row = await tx.lock(AttachmentRow, tx.target("attachment"), rule="ORD-16")
    row.size, row.sha256, row.is_kept = command.size, command.sha256, True


@messages.command(Attach, loads=lambda command, _: [(AttachmentRow, command.attachment_id)])
async def attach(command: Attach, tx: Transaction) -> None:
    """Put a file to an order or a work order (ORD-16).

    Refused: UNKNOWN_ATTACHMENT, ALREADY_ATTACHED, TOO_MANY (ORD-16).
    """
    row = await tx.find(AttachmentRow, command.attachment_id)
    await writes.attach(row, command.about, command.by, tx, person=command.person)


@messages.timer(ORPHANED)
async def forget_orphan(row: AttachmentRow, due: datetime, tx: Transaction) -> None:
    """A day has passed and the file was put to nothing: it is deleted."""
    if not row.state().is_put_to_something:
        await writes.forget(row, tx)
