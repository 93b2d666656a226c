"""Handlers of work orders: registered, planned, started, noted, finished, voided, decided."""

from collections.abc import Iterable
from datetime import datetime

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import DeviceRenumbered
from kvitt_contracts.orders import (
    DecideApplication,
    FinishWorkOrder,
    PlanWorkOrder,
    RegisterWorkOrder,
    StartWorkOrder,
    VoidWorkOrder,
)
from kvitt_contracts.types import UserId, Word

from orders.articles.models import ArticleRow
from orders.attachments.domain import About
from orders.attachments.models import AttachmentRow
from orders.attachments.writes import attach_all
from orders.care.models import DeviceNumberRow
from orders.care.writes import note_number
from orders.devices.models import DeviceRow
from orders.people.keys.opening import writable
from orders.units.models import UserRow
from orders.units.queries import user_key, user_named
from orders.work_orders import domain, queries
from orders.work_orders.applications import domain as applications
from orders.work_orders.commands import (
    DecideApplicationInWords,
    FinishWorkOrderInWords,
    NoteWorkOrder,
    RegisterWorkOrderInWords,
)
from orders.work_orders.drafts.models import ApplicationDraftRow
from orders.work_orders.drafts.writes import use_up
from orders.work_orders.models import WorkOrderDetailsRow, WorkOrderNoteRow, WorkOrderRow
from orders.work_orders.registering import domain as registering
from orders.work_orders.writes import REMINDER, await_next, end_renumbering

messages = Handlers()

Registered = RegisterWorkOrder | RegisterWorkOrderInWords
Finished = FinishWorkOrder | FinishWorkOrderInWords
Decided = DecideApplication | DecideApplicationInWords


def _its_row(_: object, tx: Transaction) -> Iterable[RowKey]:
    return [(WorkOrderRow, tx.target("work-order"))]


@messages.command(RegisterWorkOrder, loads=_its_row, reads=queries.rows_of_registering)
async def register_work_order(command: RegisterWorkOrder, tx: Transaction) -> None:
    """Have work done on a delivered device or for an order (ACT-2).

    Refused: INVALID_SUBJECT (contract), ALREADY_REGISTERED (ACT-2), APPLICATION_OVER_HTTP_ONLY
    (ACT-5); an unknown name: UNKNOWN_CUSTOMER, UNKNOWN_USER (REF-3), UNKNOWN_PERSON_ID,
    UNKNOWN_PERSON_DETAIL (REF-1), UNKNOWN_CARE_UNIT, UNKNOWN_DEVICE, UNKNOWN_ORDER, UNKNOWN_LINE,
    UNKNOWN_ARTICLE (ACT-2), UNKNOWN_PAYER (REF-4); who may: NOT_A_SERVICE_POINT,
    NOT_CONNECTED_TO_SERVICE_POINT (REF-3), RECIPIENT_INACTIVE (REF-14); what the kind asks for:
    UNKNOWN_WORD, DEVICE_MISSING, ORDER_MISSING, SERVICE_MISSING, NOT_A_SERVICE, CHILDREN_ONLY,
    NOT_ATTESTED, INSTALLATION_IS_OPEN (ACT-1), NOTHING_TO_WORK_ON, NOT_AT_RECIPIENT,
    NOT_THE_RECIPIENTS_ORDER, ORDER_IS_OVER, NO_ADDRESS, PHONE_MISSING (ACT-2).
    """
    if command.kind == Word(domain.Kind.APPLICATION):
        raise registering.refuse_application_over_kafka()
    await _register(command, tx)


def _its_row_and_files(command: RegisterWorkOrderInWords, tx: Transaction) -> Iterable[RowKey]:
    yield from _its_row(command, tx)
    if command.draft is not None:
        yield ApplicationDraftRow, command.draft.draft_id
    for attachment_id in command.attachments:  # locked before the counter of numbers
        yield AttachmentRow, attachment_id


@messages.command(
    RegisterWorkOrderInWords, loads=_its_row_and_files, reads=queries.rows_of_registering
)
async def register_work_order_in_words(command: RegisterWorkOrderInWords, tx: Transaction) -> None:
    """Have work done, and say what, where and whom to call; or apply for what is outside the
    assortment (ACT-2, ACT-5).

    Refused: INVALID_SUBJECT (contract), ALREADY_REGISTERED (ACT-2); an unknown name:
    UNKNOWN_CUSTOMER, UNKNOWN_USER (REF-3), UNKNOWN_PERSON_ID, UNKNOWN_PERSON_DETAIL (REF-1),
    UNKNOWN_CARE_UNIT, UNKNOWN_DEVICE, UNKNOWN_ORDER, UNKNOWN_LINE, UNKNOWN_ARTICLE (ACT-2),
    UNKNOWN_PAYER (REF-4); who may: NOT_A_SERVICE_POINT, NOT_CONNECTED_TO_SERVICE_POINT,
    NOT_THE_REQUESTER (REF-3), RECIPIENT_INACTIVE (REF-14); what the kind asks for: UNKNOWN_WORD,
    DEVICE_MISSING, ORDER_MISSING, SERVICE_MISSING, NOT_A_SERVICE, CHILDREN_ONLY, NOT_ATTESTED,
    INSTALLATION_IS_OPEN (ACT-1), NOTHING_TO_WORK_ON, NOT_AT_RECIPIENT, NOT_THE_RECIPIENTS_ORDER,
    ORDER_IS_OVER, DESCRIPTION_MISSING, NO_ADDRESS, PHONE_MISSING (ACT-2), NOT_IN_APPLICATION,
    NOT_AN_APPLICATION, APPLICATION_INCOMPLETE (ACT-5); of a draft: UNKNOWN_APPLICATION_DRAFT,
    DRAFT_CHANGED, NOT_THE_DRAFTS_RECIPIENT (ACT-5); of a file: UNKNOWN_ATTACHMENT,
    ALREADY_ATTACHED, TOO_MANY (ORD-16).
    """
    if command.draft is not None:
        await use_up(command.draft, command.kind, command.recipient, tx)
    row = await _register(command, tx)
    about = About(kind="work_order", id=row.id)
    await attach_all(command.attachments, about, command.by, tx, person=row.recipient_person)
    details = WorkOrderDetailsRow(region=tx.region, work_order_id=row.id)
    details.person = row.recipient_person
    await writable(details, tx)
    details.delivery = command.delivery
    details.description, details.application = command.description, command.application
    tx.put(details)


async def _register(command: Registered, tx: Transaction) -> WorkOrderRow:
    if await tx.find(WorkOrderRow, tx.target("work-order")) is not None:
        field = "reference" if tx.message is None else "ce_subject"
        raise registering.refuse_used_reference(field=field)
    requester, by, place = await queries.parties_of(command, tx)
    wish = await queries.wish_of(command, tx)
    naming = await queries.naming(tx)
    event = registering.register(
        await queries.with_installations(wish, tx),
        naming=naming,
        requester=requester,
        by=by,
        place=place,
        policy=tx.policy,
        today=tx.today,
    )
    row = tx.start(WorkOrderRow, event.work_order_id, event)
    await_next(row, tx)
    return row


def _reads(*users: UserId | None, tx: Transaction) -> Iterable[RowKey]:
    return [(UserRow, user_key(user, tx)) for user in users if user is not None]


@messages.command(
    PlanWorkOrder,
    of=WorkOrderRow,
    rule="ACT-3",
    reads=lambda command, tx: _reads(command.technician, tx=tx),
)
async def plan_work_order(row: WorkOrderRow, command: PlanWorkOrder, tx: Transaction) -> None:
    """Record when it is expected to be done, and by whom (ACT-3).

    Refused: UNKNOWN_WORK_ORDER (ACT-3), UNKNOWN_USER (REF-3), IS_AN_APPLICATION, ENDED, STARTED,
    NOT_A_TECHNICIAN (ACT-3).
    """
    technician = None
    if command.technician is not None:
        technician = await user_named(command.technician, tx, field="technician")
    tx.record(row, *domain.plan(row.state(), on=command.planned_on, technician=technician))


@messages.command(
    StartWorkOrder,
    of=WorkOrderRow,
    rule="ACT-3",
    reads=lambda command, tx: _reads(command.technician, tx=tx),
)
async def start_work_order(row: WorkOrderRow, command: StartWorkOrder, tx: Transaction) -> None:
    """A technician begins (ACT-3).

    Refused: UNKNOWN_WORK_ORDER (ACT-3), UNKNOWN_USER (REF-3), IS_AN_APPLICATION, ENDED,
    NOT_A_TECHNICIAN (ACT-3).
    """
    technician = await user_named(command.technician, tx, field="technician")
    tx.record(row, *domain.start(row.state(), technician=technician))


@messages.command(
    NoteWorkOrder,
    of=WorkOrderRow,
    rule="ACT-3",
    reads=lambda command, tx: _reads(command.by, tx=tx),
)
async def note_work_order(row: WorkOrderRow, command: NoteWorkOrder, tx: Transaction) -> None:
    """A technician writes a note, which whoever reads the work order sees (ACT-3).

    Refused: UNKNOWN_WORK_ORDER (ACT-3), UNKNOWN_USER (REF-3), ENDED, NOT_A_TECHNICIAN (ACT-3).
    """
    technician = await user_named(command.by, tx, field="by")
    tx.record(row, *domain.note(row.state(), technician=technician))
    noted = WorkOrderNoteRow(
        region=tx.region,
        note_id=tx.mint(),
        work_order_id=row.id,
        at=tx.now,
        technician=command.by,
        person=row.recipient_person,
    )
    await writable(noted, tx)
    noted.text = command.text
    tx.put(noted)


@messages.command(
    FinishWorkOrder,
    of=WorkOrderRow,
    rule="ACT-3",
    reads=lambda command, tx: _reads(command.by, tx=tx),
)
async def finish_work_order(row: WorkOrderRow, command: FinishWorkOrder, tx: Transaction) -> None:
    """End it with what came of it; the requester is told (ACT-3, ACT-4).

    Refused: UNKNOWN_WORK_ORDER (ACT-3), UNKNOWN_USER (REF-3), IS_AN_APPLICATION, ENDED,
    NOT_A_TECHNICIAN (ACT-3), OUTCOME_NOT_OF_KIND (ACT-4).
    """
    await _finish(row, command, None, tx)


@messages.command(
    FinishWorkOrderInWords,
    of=WorkOrderRow,
    rule="ACT-3",
    reads=lambda command, tx: _reads(command.by, tx=tx),
)
async def finish_work_order_in_words(
    row: WorkOrderRow, command: FinishWorkOrderInWords, tx: Transaction
) -> None:
    """End it with what came of it, and the action that was taken (ACT-3, ACT-4).

    Refused: UNKNOWN_WORK_ORDER (ACT-3), UNKNOWN_USER (REF-3), IS_AN_APPLICATION, ENDED,
    NOT_A_TECHNICIAN (ACT-3), OUTCOME_NOT_OF_KIND (ACT-4).
    """
    await _finish(row, command, command.action, tx)


async def _finish(
    row: WorkOrderRow, command: Finished, action: str | None, tx: Transaction
) -> None:
    events = domain.finish(
        row.state(),
        outcome=command.outcome,
        has_action=action is not None,
        quantity=command.quantity,
        on=command.finished_on or tx.today,
        by=await user_named(command.by, tx, field="by"),
    )
    if events:
        tx.record(row, *events)
        await writable(row, tx)
        row.action = action
        await_next(row, tx)


@messages.command(
    VoidWorkOrder,
    of=WorkOrderRow,
    rule="ACT-3",
    reads=lambda command, tx: _reads(command.by, tx=tx),
)
async def void_work_order(row: WorkOrderRow, command: VoidWorkOrder, tx: Transaction) -> None:
    """Let nothing be done (ACT-3).

    Refused: UNKNOWN_WORK_ORDER (ACT-3), UNKNOWN_USER, NOT_YOUR_WORK_ORDER (REF-3), ENDED, STARTED
    (ACT-3).
    """
    by = await user_named(command.by, tx, field="by")
    tx.record(row, *domain.void(row.state(), reason=command.reason, by=by))
    await_next(row, tx)


def _read_to_decide(command: Decided, tx: Transaction) -> Iterable[RowKey]:
    yield UserRow, user_key(command.by, tx)
    if command.article_number is not None:
        yield ArticleRow, command.article_number


@messages.command(DecideApplication, of=WorkOrderRow, rule="ACT-5", reads=_read_to_decide)
async def decide_application(
    row: WorkOrderRow, command: DecideApplication, tx: Transaction
) -> None:
    """Approve an application; another decision has a reason, which is given over HTTP (ACT-5).

    Refused: UNKNOWN_WORK_ORDER (ACT-5), UNKNOWN_USER (REF-3), UNKNOWN_ARTICLE, NOT_AN_APPLICATION,
    UNKNOWN_WORD, IS_DECIDED, TYPE_IS_MISSING, ARTICLE_MISSING, REASON_MISSING (ACT-5).
    """
    await _decide(row, command, None, tx)


@messages.command(DecideApplicationInWords, of=WorkOrderRow, rule="ACT-5", reads=_read_to_decide)
async def decide_application_in_words(
    row: WorkOrderRow, command: DecideApplicationInWords, tx: Transaction
) -> None:
    """Decide an application, and say why (ACT-5).

    Refused: UNKNOWN_WORK_ORDER (ACT-5), UNKNOWN_USER (REF-3), UNKNOWN_ARTICLE, NOT_AN_APPLICATION,
    UNKNOWN_WORD, IS_DECIDED, TYPE_IS_MISSING, ARTICLE_MISSING, REASON_MISSING (ACT-5).
    """
    await _decide(row, command, command.reason, tx)


async def _decide(row: WorkOrderRow, command: Decided, reason: str | None, tx: Transaction) -> None:
    by = await user_named(command.by, tx, field="by")
    if command.article_number is not None:
        await tx.get(ArticleRow, command.article_number, rule="ACT-5", field="article_number")
    events = applications.decide(
        row.state(),
        outcome=command.outcome,
        article_number=command.article_number,
        has_reason=reason is not None,
        by=by.user_id,
    )
    if events:
        tx.record(row, *events)
        await writable(row, tx)
        row.decision_reason = reason
        await_next(row, tx)


def _renumbered(event: DeviceRenumbered, _: Transaction) -> Iterable[RowKey]:
    yield DeviceNumberRow, event.device_number
    yield DeviceRow, event.device_id
    if event.work_order_id is not None:
        yield WorkOrderRow, event.work_order_id


@messages.on(DeviceRenumbered, loads=_renumbered)
async def on_device_renumbered(event: DeviceRenumbered, tx: Transaction) -> None:
    """A device bears another number (INV-6); what was replaced for a work order waits for none any
    more (ACT-4).
    """
    await note_number(event, tx)
    device = await tx.find(DeviceRow, event.device_id)
    if device is not None:
        device.device_number = event.device_number
    if event.work_order_id is not None:
        row = await tx.find(WorkOrderRow, event.work_order_id)
        if row is not None:
            end_renumbering(row, tx)


@messages.timer(REMINDER)
async def remind(row: WorkOrderRow, due: datetime, tx: Transaction) -> None:
    """The last day of what a work order waits for has passed: customer service is told once."""
    tx.record(row, *domain.remind(row.state()))
