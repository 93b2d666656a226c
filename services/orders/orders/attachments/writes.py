"""What is done with attachments: begun, put to something, forgotten with their files."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

from kvitt_chassis.handlers import Timer
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import OrderId, UserId, WorkOrderId

from orders.attachments import domain
from orders.attachments.domain import About
from orders.attachments.models import AttachmentRow
from orders.attachments.queries import count_of
from orders.attachments.store import files

ORPHANED = Timer("attachment_orphaned", AttachmentRow, slow=True)
ORPHANED_AFTER = timedelta(days=1)
"""Business time in which a file is put to something; after it, it is forgotten."""


# decision 0374: the row is there before the file, so no file is nobody's
def begin(name: str, media_type: str, by: UserId, tx: Transaction) -> AttachmentRow:
    """A file is about to come: what is known of it, and that it is forgotten unless it is put to
    something within a day.
    """
    row = AttachmentRow(
        region=tx.region,
        attachment_id=uuid4(),
        name=name,
        media_type=media_type,
        by=by,
        added_at=tx.now,
        is_kept=False,
    )
    tx.put(row)
    tx.schedule(ORPHANED, key=row.attachment_id, due=tx.now + ORPHANED_AFTER)
    return row


async def attach(row: AttachmentRow | None, about: About, by: UserId, tx: Transaction) -> None:
    """Put a file, whose row is locked, to an order or a work order that `by` reaches.

    Raises Refused (ORD-16): UNKNOWN_ATTACHMENT, ALREADY_ATTACHED, TOO_MANY.
    """
    one = domain.must_be_there(row.state() if row is not None else None, by)
    assert row is not None
    if not domain.may_attach(one, about, beside=await count_of(about, tx)):
        return
    if about.kind == "order":
        row.order_id = OrderId(about.id)
    else:
        row.work_order_id = WorkOrderId(about.id)
    tx.cancel_timer(ORPHANED, key=row.attachment_id)


async def attach_all(
    attachments: Sequence[UUID], about: About, by: UserId, tx: Transaction
) -> None:
    """Put files to what is registered just now. Raises as `attach`."""
    for attachment_id in sorted(set(attachments), key=str):
        await attach(await tx.find(AttachmentRow, attachment_id), about, by, tx)
        await tx.session.flush()  # the next one counts it


async def forget(row: AttachmentRow, tx: Transaction) -> None:
    """Delete a file that was put to nothing, then its row. Deleting it twice does no harm. Raises
    StoreUnavailable: it is tried again.
    """
    tx.will_lock(AttachmentRow)
    await files().delete(row.key)
    await tx.session.delete(row)
