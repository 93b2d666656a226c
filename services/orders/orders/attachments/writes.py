"""What is done with attachments: begun, put to something, forgotten with their files."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

from kvitt_chassis.handlers import Timer
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import OrderId, PersonRef, UserId, WorkOrderId

from orders.attachments import domain
from orders.attachments.domain import About
from orders.attachments.models import AttachmentRow
from orders.attachments.queries import count_of, kept_of_draft
from orders.attachments.store import files
from orders.people.keys.opening import moved, writable
from orders.people.keys.sealing import new_key

ORPHANED = Timer("attachment_orphaned", AttachmentRow, slow=True)
ORPHANED_AFTER = timedelta(days=1)
"""Business time in which a file is put to something; after it, it is forgotten."""


# decision 0374: the row is there before the file, so no file is nobody's
async def begin(name: str, media_type: str, by: UserId, tx: Transaction) -> AttachmentRow:
    """A file is about to come: what is known of it, and that it is forgotten unless it is put to
    something within a day.
    """
    row = AttachmentRow(
        region=tx.region,
        attachment_id=uuid4(),
        media_type=media_type,
        by=by,
        added_at=tx.now,
        is_kept=False,
    )
    await writable(row, tx)
    row.name, row.file_key = name, new_key().hex()
    tx.put(row)
    tx.schedule(ORPHANED, key=row.attachment_id, due=tx.now + ORPHANED_AFTER)
    return row


async def attach(
    row: AttachmentRow | None,
    about: About,
    by: UserId,
    tx: Transaction,
    *,
    person: PersonRef | None,
    draft_id: UUID | None = None,
) -> None:
    """Put a file, whose row is locked, to an order or a work order that `by` reaches. `person`:
    whom that is for, with whose key the file is sealed; `draft_id`: the draft that it began as.

    Raises Refused (ORD-16): UNKNOWN_ATTACHMENT, ALREADY_ATTACHED, TOO_MANY.
    """
    one = domain.must_be_there(row.state() if row is not None else None, by, draft_id=draft_id)
    assert row is not None
    if not domain.may_attach(one, about, beside=await count_of(about, tx), draft_id=draft_id):
        return
    row.draft_id = None
    if about.kind == "order":
        row.order_id = OrderId(about.id)
    else:
        row.work_order_id = WorkOrderId(about.id)
    if person != row.person:
        await moved(row, person, tx)
    tx.cancel_timer(ORPHANED, key=row.attachment_id)


async def attach_all(
    attachments: Sequence[UUID],
    about: About,
    by: UserId,
    tx: Transaction,
    *,
    person: PersonRef | None,
    draft_id: UUID | None = None,
) -> None:
    """Put files to what is registered just now. Raises as `attach`."""
    domain.must_be_few(attachments)
    for attachment_id in sorted(set(attachments), key=str):
        row = await tx.find(AttachmentRow, attachment_id)
        await attach(row, about, by, tx, person=person, draft_id=draft_id)
        await tx.session.flush()  # the next one counts it


async def put_to_draft(
    attachments: Sequence[UUID],
    draft_id: UUID,
    by: UserId,
    tx: Transaction,
    *,
    person: PersonRef | None,
) -> None:
    """Let a draft have these files, which are locked, and no others.

    Raises Refused (ORD-16): UNKNOWN_ATTACHMENT, ALREADY_ATTACHED, TOO_MANY.
    """
    domain.must_be_few(attachments)
    for attachment_id in sorted(set(attachments), key=str):
        row = await tx.find(AttachmentRow, attachment_id)
        one = domain.must_be_there(row.state() if row else None, by, draft_id=draft_id)
        assert row is not None
        domain.may_be_of_draft(one, draft_id)
        row.draft_id = draft_id
        if person != row.person:
            await moved(row, person, tx)
        tx.cancel_timer(ORPHANED, key=row.attachment_id)
    tx.will_lock(AttachmentRow)
    for other in await kept_of_draft(draft_id, tx):
        if other.attachment_id not in attachments:
            let_go(other, tx)


def let_go(row: AttachmentRow, tx: Transaction) -> None:
    """A draft has a file no more: it is forgotten unless it is put to something in a day."""
    row.draft_id = None
    if row.state().about is None:
        tx.schedule(ORPHANED, key=row.attachment_id, due=tx.now + ORPHANED_AFTER)


async def forget(row: AttachmentRow, tx: Transaction) -> None:
    """Delete a file that was put to nothing, then its row. Deleting it twice does no harm. Raises
    StoreUnavailable: it is tried again.
    """
    tx.will_lock(AttachmentRow)
    for key in (row.sealed_key, row.clear_key):  # an earlier release kept it in clear
        await files().delete(key)
    await tx.session.delete(row)
