"""What is done with drafts of orders: kept, used up, and removed."""

from collections.abc import Sequence
from uuid import UUID

from kvitt_chassis.handlers import Timer
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.calendar import start_of_day
from kvitt_contracts.types import NamedPatient, NamedRecipient, PersonRef

from orders.attachments.models import AttachmentRow
from orders.attachments.queries import kept_of_draft
from orders.drafting import domain as drafting
from orders.drafting.domain import DraftSeen
from orders.order_drafts import domain
from orders.order_drafts.models import OrderDraftRow
from orders.people.queries import current_person, current_reference

EXPIRED = Timer("order_draft_expired", OrderDraftRow)
LEFT = Timer("order_draft_file_left", AttachmentRow)


def keep_until(row: OrderDraftRow, tx: Transaction) -> None:
    """Let a draft that was saved just now be removed when the policy's days have passed."""
    row.removed_on = drafting.removed_on(tx.today, tx.policy)
    tx.schedule(EXPIRED, key=row.draft_id, due=start_of_day(row.removed_on))


async def use_up(
    seen: DraftSeen, recipient: NamedRecipient, tx: Transaction, *, files: Sequence[UUID]
) -> None:
    """The draft is placed for its recipient: it is a draft no more. `files` go with the order.

    Raises Refused: UNKNOWN_ORDER_DRAFT, DRAFT_CHANGED, NOT_THE_DRAFTS_RECIPIENT (ORD-1),
    UNKNOWN_PERSON_ID (REF-1).
    """
    row = await tx.lock(OrderDraftRow, seen.draft_id, rule=domain.RULE, field="draft")
    drafting.must_be_as_seen(row.version, seen=seen.version, rule=domain.RULE)
    placed_for = None
    if isinstance(recipient, NamedPatient):
        person = await current_person(recipient.person, tx, field="recipient.person")
        placed_for = PersonRef(person.id)
    drafted = row.recipient_person
    current = await current_reference(drafted, tx) if drafted is not None else None
    domain.must_be_its_recipient(current, placed_for=placed_for)
    await remove(row, tx, but=files)


async def remove(row: OrderDraftRow, tx: Transaction, *, but: Sequence[UUID] = ()) -> None:
    """Remove a draft with all that it says; its files a day later (ORD-16), `but` some."""
    tx.will_lock(OrderDraftRow, row.draft_id)
    for file in await kept_of_draft(row.draft_id, tx):
        if file.attachment_id not in but:  # in its own transaction: others are locked after it here
            tx.schedule(LEFT, key=file.attachment_id, due=tx.now)
    tx.cancel_timer(EXPIRED, key=row.draft_id)
    await tx.session.delete(row)
