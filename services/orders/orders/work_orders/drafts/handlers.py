"""Handlers of drafts of applications: saved, thrown away, and removed when they are old."""

from collections.abc import Iterable
from datetime import datetime

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import PersonRef

from orders.drafting import domain as drafting
from orders.people.keys.opening import moved, writable
from orders.people.queries import current_person
from orders.units.domain import must_act_at
from orders.units.queries import place_named, user_named
from orders.work_orders.drafts import writes
from orders.work_orders.drafts.commands import DiscardApplicationDraft, SaveApplicationDraft
from orders.work_orders.drafts.models import ApplicationDraftRow
from orders.work_orders.drafts.queries import rows_of_saving
from orders.work_orders.drafts.writes import EXPIRED

messages = Handlers()

_NOUN = "application-draft"


def _its_row(_: object, tx: Transaction) -> Iterable[RowKey]:
    return [(ApplicationDraftRow, tx.target(_NOUN))]


@messages.command(SaveApplicationDraft, loads=_its_row, reads=rows_of_saving)
async def save_application_draft(command: SaveApplicationDraft, tx: Transaction) -> None:
    """Keep what somebody has written, whatever it lacks (ACT-5g).

    Refused: UNKNOWN_USER, UNKNOWN_CUSTOMER (REF-3), UNKNOWN_PERSON_ID (REF-1); NOT_A_SERVICE_POINT,
    NOT_CONNECTED_TO_SERVICE_POINT (REF-3); UNKNOWN_APPLICATION_DRAFT, DRAFT_CHANGED (ACT-5): it is
    gone, or was changed meanwhile.
    """
    by = await user_named(command.by, tx, field="by")
    person = await current_person(command.recipient.person, tx, field="recipient.person")
    if command.service_point is not None:
        place = await place_named(command.service_point, tx)
        must_act_at(place, by, act="orders.work-order.register")
    row = await _row(command, PersonRef(person.id), tx)
    row.service_point = command.service_point
    row.requester = command.requester
    await writable(row, tx)
    row.application = command.application
    row.saved_by, row.saved_at = command.by, tx.now
    writes.keep_until(row, tx)


async def _row(
    command: SaveApplicationDraft, person: PersonRef, tx: Transaction
) -> ApplicationDraftRow:
    """The row of the draft that is saved: a new one, or the one that was seen, in its next
    version.
    """
    draft_id = tx.target(_NOUN)
    if command.version is not None:
        row = await tx.lock(ApplicationDraftRow, draft_id, rule="ACT-5")
        drafting.must_be_as_seen(row.version, seen=command.version, rule="ACT-5")
        row.version += 1
        return await moved(row, person, tx)
    row = ApplicationDraftRow(
        region=tx.region,
        draft_id=draft_id,
        version=1,
        recipient_person=person,
        begun_by=command.by,
    )
    await writable(row, tx)
    row.application = command.application
    tx.put(row)
    return row


@messages.command(DiscardApplicationDraft, loads=_its_row)
async def discard_application_draft(command: DiscardApplicationDraft, tx: Transaction) -> None:
    """Throw a draft away (ACT-5g).

    Refused: UNKNOWN_APPLICATION_DRAFT, DRAFT_CHANGED (ACT-5).
    """
    row = await tx.lock(ApplicationDraftRow, tx.target(_NOUN), rule="ACT-5")
    drafting.must_be_as_seen(row.version, seen=command.version, rule="ACT-5")
    await writes.remove(row, tx)


@messages.timer(EXPIRED)
async def remove_old_draft(row: ApplicationDraftRow, due: datetime, tx: Transaction) -> None:
    """Nobody has gone on with a draft for the policy's days: it is removed (ACT-5g)."""
    await writes.remove(row, tx)
