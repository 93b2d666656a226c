"""What is done with drafts of applications: kept, and removed."""

from kvitt_chassis.handlers import Timer
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.calendar import start_of_day
from kvitt_contracts.types import NamedPatient, NamedRecipient, PersonRef, Word

from orders.drafting import domain as drafting
from orders.drafting.domain import DraftSeen
from orders.people.queries import current_person, current_reference
from orders.work_orders.drafts import domain
from orders.work_orders.drafts.models import ApplicationDraftRow

EXPIRED = Timer("application_draft_expired", ApplicationDraftRow)


def keep_until(row: ApplicationDraftRow, tx: Transaction) -> None:
    """Let a draft that was saved just now be removed when the policy's days have passed."""
    row.removed_on = drafting.removed_on(tx.today, tx.policy)
    tx.schedule(EXPIRED, key=row.draft_id, due=start_of_day(row.removed_on))


async def use_up(seen: DraftSeen, kind: Word, recipient: NamedRecipient, tx: Transaction) -> None:
    """What a draft says is applied for, for its recipient: it is a draft no more.

    Raises Refused: UNKNOWN_APPLICATION_DRAFT, DRAFT_CHANGED, NOT_AN_APPLICATION,
    NOT_THE_DRAFTS_RECIPIENT (ACT-5), UNKNOWN_PERSON_ID (REF-1).
    """
    domain.must_be_application(kind)
    row = await tx.lock(ApplicationDraftRow, seen.draft_id, rule="ACT-5", field="draft")
    drafting.must_be_as_seen(row.version, seen=seen.version, rule="ACT-5")
    sent_for = None
    if isinstance(recipient, NamedPatient):
        person = await current_person(recipient.person, tx, field="recipient.person")
        sent_for = PersonRef(person.id)
    domain.must_be_its_recipient(
        await current_reference(row.recipient_person, tx), sent_for=sent_for
    )
    await remove(row, tx)


async def remove(row: ApplicationDraftRow, tx: Transaction) -> None:
    """Remove a draft with all that it says."""
    tx.will_lock(ApplicationDraftRow)
    tx.cancel_timer(EXPIRED, key=row.draft_id)
    await tx.session.delete(row)
