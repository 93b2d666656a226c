"""Handlers of drafts of orders: saved, placed, thrown away, and removed when they are old."""

from collections.abc import Iterable
from datetime import datetime

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import CareUnitId, NamedPatient, PersonRef

from orders.attachments.models import AttachmentRow
from orders.attachments.writes import let_go, put_to_draft
from orders.drafting import domain as drafting
from orders.order_drafts import domain, writes
from orders.order_drafts.commands import DiscardOrderDraft, SaveOrderDraft
from orders.order_drafts.models import OrderDraftRow
from orders.order_drafts.queries import rows_of_saving
from orders.order_drafts.writes import EXPIRED, LEFT
from orders.people.keys.opening import moved, writable
from orders.people.queries import current_person
from orders.units.domain import must_act_at
from orders.units.models import CareUnitRow
from orders.units.queries import care_unit_key, place_named, user_named

messages = Handlers()

_NOUN = "order-draft"


def _its_row(_: object, tx: Transaction) -> Iterable[RowKey]:
    return [(OrderDraftRow, tx.target(_NOUN))]


def _with_its_files(command: SaveOrderDraft, tx: Transaction) -> Iterable[RowKey]:
    yield OrderDraftRow, tx.target(_NOUN)
    yield from ((AttachmentRow, one) for one in command.attachments)


@messages.command(SaveOrderDraft, loads=_with_its_files, reads=rows_of_saving)
async def save_order_draft(command: SaveOrderDraft, tx: Transaction) -> None:
    """Keep what somebody has written of an order, whatever it lacks (ORD-1e).

    Refused: UNKNOWN_USER, UNKNOWN_CUSTOMER (REF-3), UNKNOWN_PERSON_ID (REF-1), UNKNOWN_CARE_UNIT
    (ORD-1); NOT_A_SERVICE_POINT, NOT_CONNECTED_TO_SERVICE_POINT (REF-3); UNKNOWN_ORDER_DRAFT,
    DRAFT_CHANGED (ORD-1): it is gone, or was changed meanwhile; of a file: UNKNOWN_ATTACHMENT,
    ALREADY_ATTACHED, TOO_MANY (ORD-16).
    """
    by = await user_named(command.by, tx, field="by")
    if command.service_point is not None:
        place = await place_named(command.service_point, tx)
        must_act_at(place, by, act="orders.order.place")
    person, unit = await _recipient(command, tx)
    row = await _row(command, person, tx)
    row.recipient_unit = unit
    row.service_point = command.service_point
    row.written = command.written
    row.saved_by, row.saved_at = command.by, tx.now
    writes.keep_until(row, tx)
    await put_to_draft(command.attachments, row.draft_id, command.by, tx, person=person)


async def _recipient(
    command: SaveOrderDraft, tx: Transaction
) -> tuple[PersonRef | None, CareUnitId | None]:
    if command.recipient is None:
        return None, None
    if isinstance(command.recipient, NamedPatient):
        person = await current_person(command.recipient.person, tx, field="recipient.person")
        return PersonRef(person.id), None
    unit = command.recipient.unit
    await tx.get(CareUnitRow, care_unit_key(unit, tx), rule="ORD-1", field="recipient.unit")
    return None, unit


async def _row(command: SaveOrderDraft, person: PersonRef | None, tx: Transaction) -> OrderDraftRow:
    """The row of the draft that is saved: a new one, or the one that was seen, in its next
    version.
    """
    draft_id = tx.target(_NOUN)
    if command.version is not None:
        row = await tx.lock(OrderDraftRow, draft_id, rule=domain.RULE)
        drafting.must_be_as_seen(row.version, seen=command.version, rule=domain.RULE)
        row.version += 1
        return await moved(row, person, tx)
    row = OrderDraftRow(
        region=tx.region,
        draft_id=draft_id,
        version=1,
        recipient_person=person,
        begun_by=command.by,
    )
    await writable(row, tx)
    row.written = command.written
    tx.put(row)
    return row


@messages.command(DiscardOrderDraft, loads=_its_row)
async def discard_order_draft(command: DiscardOrderDraft, tx: Transaction) -> None:
    """Throw a draft away (ORD-1e).

    Refused: UNKNOWN_ORDER_DRAFT, DRAFT_CHANGED (ORD-1).
    """
    row = await tx.lock(OrderDraftRow, tx.target(_NOUN), rule=domain.RULE)
    drafting.must_be_as_seen(row.version, seen=command.version, rule=domain.RULE)
    await writes.remove(row, tx)


@messages.timer(EXPIRED)
async def remove_old_draft(row: OrderDraftRow, due: datetime, tx: Transaction) -> None:
    """Nobody has gone on with a draft for the policy's days: it is removed (ORD-1e)."""
    await writes.remove(row, tx)


@messages.timer(LEFT)
async def let_go_of_file(row: AttachmentRow, due: datetime, tx: Transaction) -> None:
    """Its draft is no more, and it did not go with an order: it is deleted in a day, unless it is
    put to something (ORD-16).
    """
    let_go(row, tx)
