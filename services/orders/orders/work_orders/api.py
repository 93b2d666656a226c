"""Work orders over HTTP: register, plan, start, note, finish, void, decide, list, show. No rule."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import Query, Response
from kvitt_chassis.filters import Eq, From, In, StartsWith, To, Where
from kvitt_chassis.http import (
    ApiRouter,
    Commands,
    ListOf,
    ListQuery,
    Page,
    Reader,
    named,
)
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.reading import ReadTransaction
from kvitt_chassis.web.scopes import Scope
from kvitt_chassis.web.stories import Story, told
from kvitt_contracts.orders import PlanWorkOrder, StartWorkOrder, VoidWorkOrder
from kvitt_contracts.types import (
    CareUnitId,
    Day,
    DeviceId,
    PersonRef,
    ServicePointId,
    UserId,
    Word,
    identify,
)
from pydantic import Field
from sqlalchemy import select

from orders.care.recipients import named as as_named
from orders.people.keys.opening import all_opened, opened, opened_if_any
from orders.people.queries import concerns
from orders.places.views import PlaceView
from orders.slips.documents import as_pdf
from orders.work_orders import documents, story
from orders.work_orders.commands import (
    DecideApplicationInWords,
    FinishWorkOrderInWords,
    NoteWorkOrder,
    RegisterWorkOrderInWords,
)
from orders.work_orders.domain import OPEN, Kind, Status
from orders.work_orders.drafts.queries import SCOPE as DRAFTS_SCOPE
from orders.work_orders.models import WorkOrderDetailsRow, WorkOrderNoteRow, WorkOrderRow
from orders.work_orders.places import place_of_work
from orders.work_orders.queries import (
    OF_THE_RECIPIENT,
    SCOPE,
    is_theirs,
    seen,
)
from orders.work_orders.views import (
    DecideApplicationBody,
    FinishWorkOrderBody,
    NoteWorkOrderBody,
    PlanWorkOrderBody,
    VoidWorkOrderBody,
    WorkOrderBody,
    WorkOrderLine,
    WorkOrderView,
)

router = ApiRouter(tags=["Arbetsordrar"])


@router.post("/work-orders", status_code=201)
async def register_work_order(
    body: WorkOrderBody, commands: Commands, reader: Reader
) -> WorkOrderView:
    """Registrera en arbetsorder på ett utlämnat hjälpmedel eller för en order, eller ansök om det
    som ligger utanför sortimentet (ACT-1, ACT-2, ACT-5).

    Nekas: ALREADY_REGISTERED (ACT-2); okända namn UNKNOWN_CUSTOMER, UNKNOWN_USER (REF-3),
    UNKNOWN_PERSON (REF-19), UNKNOWN_PERSON_DETAIL (REF-1), UNKNOWN_CARE_UNIT, UNKNOWN_DEVICE,
    UNKNOWN_ORDER, UNKNOWN_LINE, UNKNOWN_ARTICLE (ACT-2), UNKNOWN_PAYER (REF-4);
    NOT_A_SERVICE_POINT, NOT_CONNECTED_TO_SERVICE_POINT, NOT_THE_REQUESTER (REF-3),
    RECIPIENT_INACTIVE (REF-14), DEVICE_MISSING, ORDER_MISSING, SERVICE_MISSING, NOT_A_SERVICE,
    CHILDREN_ONLY, NOT_ATTESTED, INSTALLATION_IS_OPEN (ACT-1), NOTHING_TO_WORK_ON,
    NOT_AT_RECIPIENT, NOT_THE_RECIPIENTS_ORDER, ORDER_IS_OVER, DESCRIPTION_MISSING, NO_ADDRESS,
    PHONE_MISSING (ACT-2), NOT_IN_APPLICATION, NOT_AN_APPLICATION, APPLICATION_INCOMPLETE (ACT-5),
    UNKNOWN_APPLICATION_DRAFT, DRAFT_CHANGED, NOT_THE_DRAFTS_RECIPIENT (ACT-5), UNKNOWN_ATTACHMENT,
    ALREADY_ATTACHED, TOO_MANY (ORD-16).
    """
    caller, reference = commands.caller, body.reference
    target = identify(caller.region, "work-order", reference) if reference else uuid4()
    command = RegisterWorkOrderInWords(
        kind=Word(body.kind),
        recipient=await as_named(body.recipient, reader),
        service_point=body.service_point,
        requester=body.requester or caller.user_id,
        device_number=body.device_number,
        order_id=body.order_id,
        line_id=body.line_id,
        service_article=body.service_article,
        payer_id=body.payer_id,
        description=body.description,
        delivery=body.delivery,
        attests_cannot_dismantle=body.attests_cannot_dismantle,
        attests_outside_instructions=body.attests_outside_instructions,
        application=body.application,
        draft=body.draft,
        attachments=body.attachments,
        by=caller.user_id,
    )
    return await commands.run(
        command,
        target=target,
        subject=reference,
        named=body.draft.draft_id if body.draft else None,
        scope=DRAFTS_SCOPE if body.draft else None,
        rule="ACT-2" if body.draft is None else "ACT-5",
        show=_show(target),
    )


@router.post("/work-orders/{work_order_id}:plan")
async def plan_work_order(
    work_order_id: UUID, body: PlanWorkOrderBody, commands: Commands
) -> WorkOrderView:
    """Ange när arbetet väntas bli gjort, och av vem (ACT-3).

    Nekas: UNKNOWN_WORK_ORDER (ACT-3), UNKNOWN_USER (REF-3), IS_AN_APPLICATION, ENDED, STARTED,
    NOT_A_TECHNICIAN (ACT-3).
    """
    command = PlanWorkOrder(
        planned_on=body.planned_on, technician=body.technician, by=commands.caller.user_id
    )
    return await commands.run(
        command, target=work_order_id, scope=SCOPE, rule="ACT-3", show=_show(work_order_id)
    )


@router.post("/work-orders/{work_order_id}:start")
async def start_work_order(work_order_id: UUID, commands: Commands) -> WorkOrderView:
    """Börja arbetet (ACT-3).

    Nekas: UNKNOWN_WORK_ORDER (ACT-3), UNKNOWN_USER (REF-3), IS_AN_APPLICATION, ENDED,
    NOT_A_TECHNICIAN (ACT-3).
    """
    command = StartWorkOrder(technician=commands.caller.user_id)
    return await commands.run(
        command, target=work_order_id, scope=SCOPE, rule="ACT-3", show=_show(work_order_id)
    )


@router.post("/work-orders/{work_order_id}:note")
async def note_work_order(
    work_order_id: UUID, body: NoteWorkOrderBody, commands: Commands
) -> WorkOrderView:
    """Skriv en anteckning, som alla som ser arbetsordern läser (ACT-3).

    Nekas: UNKNOWN_WORK_ORDER (ACT-3), UNKNOWN_USER (REF-3), ENDED, NOT_A_TECHNICIAN (ACT-3).
    """
    command = NoteWorkOrder(text=body.text, by=commands.caller.user_id)
    return await commands.run(
        command, target=work_order_id, scope=SCOPE, rule="ACT-3", show=_show(work_order_id)
    )


@router.post("/work-orders/{work_order_id}:finish")
async def finish_work_order(
    work_order_id: UUID, body: FinishWorkOrderBody, commands: Commands
) -> WorkOrderView:
    """Avsluta arbetet; beställaren får veta det (ACT-3). En garantireparation avslutas med den
    åtgärd som gjordes, eller med att garantin inte gällde (ACT-4).

    Nekas: UNKNOWN_WORK_ORDER (ACT-3), UNKNOWN_USER (REF-3), IS_AN_APPLICATION, ENDED,
    NOT_A_TECHNICIAN (ACT-3), OUTCOME_NOT_OF_KIND (ACT-4).
    """
    command = FinishWorkOrderInWords(
        outcome=Word(body.outcome),
        action=body.action,
        quantity=body.quantity,
        finished_on=body.finished_on,
        by=commands.caller.user_id,
    )
    return await commands.run(
        command, target=work_order_id, scope=SCOPE, rule="ACT-3", show=_show(work_order_id)
    )


@router.post("/work-orders/{work_order_id}:void")
async def void_work_order(
    work_order_id: UUID, body: VoidWorkOrderBody, commands: Commands
) -> WorkOrderView:
    """Makulera: inget görs, och arbetsordern finns kvar (ACT-3).

    Nekas: UNKNOWN_WORK_ORDER (ACT-3), UNKNOWN_USER, NOT_YOUR_WORK_ORDER (REF-3), ENDED, STARTED
    (ACT-3).
    """
    command = VoidWorkOrder(reason=body.reason, by=commands.caller.user_id)
    return await commands.run(
        command, target=work_order_id, scope=SCOPE, rule="ACT-3", show=_show(work_order_id)
    )


@router.post("/work-orders/{work_order_id}:decide")
async def decide_application(
    work_order_id: UUID, body: DecideApplicationBody, commands: Commands
) -> WorkOrderView:
    """Besluta om en ansökan utanför sortimentet, med skäl (ACT-5).

    Nekas: UNKNOWN_WORK_ORDER (ACT-5), UNKNOWN_USER (REF-3), UNKNOWN_ARTICLE, NOT_AN_APPLICATION,
    IS_DECIDED, TYPE_IS_MISSING, ARTICLE_MISSING, REASON_MISSING (ACT-5).
    """
    command = DecideApplicationInWords(
        outcome=Word(body.outcome),
        article_number=body.article_number,
        reason=body.reason,
        by=commands.caller.user_id,
    )
    return await commands.run(
        command, target=work_order_id, scope=SCOPE, rule="ACT-5", show=_show(work_order_id)
    )


class WorkOrderQuery(ListQuery):
    """What one searches by, as orders are (ACT-7); each narrows the list. Days are inclusive."""

    service_point: Annotated[
        ServicePointId | None, Eq(WorkOrderRow.service_point, "Tjänsteställe")
    ] = None
    registered_from: Annotated[Day | None, From(WorkOrderRow.registered_on, "Från och med dag")] = (
        None
    )
    registered_to: Annotated[Day | None, To(WorkOrderRow.registered_on, "Till och med dag")] = None
    status: Annotated[list[Status] | None, In(WorkOrderRow.status, "En eller flera statusar")] = (
        None
    )
    kind: Annotated[list[Kind] | None, In(WorkOrderRow.kind, "Ett eller flera slag")] = None
    work_order_number: Annotated[
        str | None,
        StartsWith(WorkOrderRow.work_order_number, "Hela numret eller dess början"),
        Field(pattern=r"^\d{1,9}$"),
    ] = None
    requester: Annotated[UserId | None, Eq(WorkOrderRow.requester, "Beställare")] = None
    recipient: Annotated[
        PersonRef | None, Where(concerns(WorkOrderRow.recipient_person), "Patientens referens")
    ] = None
    care_unit: Annotated[CareUnitId | None, Eq(WorkOrderRow.recipient_unit, "Vårdenhet")] = None
    device_id: Annotated[DeviceId | None, Eq(WorkOrderRow.device_id, "Hjälpmedlet")] = None
    technician: Annotated[UserId | None, Eq(WorkOrderRow.technician, "Tekniker")] = None
    late: Annotated[bool | None, Eq(WorkOrderRow.is_late, "Bara de som är sena")] = None


def _list_of(scope: Scope) -> ListOf[WorkOrderLine]:
    return ListOf(
        select(WorkOrderRow),
        scope=scope,
        sorts=named(
            WorkOrderRow.work_order_number,
            WorkOrderRow.registered_on,
            WorkOrderRow.status,
            WorkOrderRow.kind,
            WorkOrderRow.service_point,
            WorkOrderRow.requester,
            WorkOrderRow.planned_on,
            WorkOrderRow.finished_on,
        ),
        default="-work_order_number",
        view=WorkOrderLine.of,
        then=WorkOrderRow.registered_on,
    )


WORK_ORDERS = _list_of(SCOPE)
ALL_OF_A_RECIPIENT = _list_of(OF_THE_RECIPIENT)


@router.get("/work-orders")
async def list_work_orders(
    reader: Reader, asked: Annotated[WorkOrderQuery, Query()]
) -> Page[WorkOrderLine]:
    """Sök arbetsordrar på dina tjänsteställen, kollegors också; för en mottagare (`recipient`) som
    du har en del i vården av alla, vem som än gjort dem (ACT-7). Utan `status` visas bara de öppna.
    """
    open_alone = () if asked.status else (WorkOrderRow.status.in_(OPEN),)
    if asked.recipient is not None and await is_theirs(asked.recipient, reader):
        return await ALL_OF_A_RECIPIENT.page(asked, reader, *open_alone)
    return await WORK_ORDERS.page(asked, reader, *open_alone)


@router.get("/work-orders/{work_order_id}")
async def show_work_order(
    work_order_id: UUID, reader: Reader, tx: ReadTransaction
) -> WorkOrderView:
    """En arbetsorder, med texter och teknikernas anteckningar (ACT-3)."""
    row = await seen(work_order_id, reader, rule="ACT-7")
    return await _view(row, tx)


@router.get("/work-orders/{work_order_id}/story")
async def tell_work_order(work_order_id: UUID, reader: Reader) -> Story:
    """Vad som har hänt med en arbetsorder, och vad den väntar på (REF-6)."""
    row = await seen(work_order_id, reader, rule="ACT-7")
    due = await reader.due(*story.TIMERS, of=[work_order_id])
    return Story(
        items=told(await reader.log_of(row), by=story.tell),
        next=list(story.what_comes(row.state(), due=due)),
    )


@router.get(
    "/work-orders/{work_order_id}/slip",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}}},
)
async def print_slip(work_order_id: UUID, reader: Reader, tx: ReadTransaction) -> Response:
    """Följesedeln som PDF, som skickas med till leverantören (ACT-2). Den nämner ingen patient.

    Nekas: UNKNOWN_WORK_ORDER, IS_AN_APPLICATION, ENDED (ACT-2).
    """
    await reader.get(WorkOrderRow, work_order_id, scope=SCOPE, rule="ACT-2")
    row = await tx.get(WorkOrderRow, work_order_id, rule="ACT-2")
    content = await documents.print_slip(row, tx, user=reader.caller.user_id)
    return as_pdf(content, name=f"arbetsorder-{row.work_order_number}")


@router.post("/work-orders/{work_order_id}:resolve-delivery")
async def show_place(work_order_id: UUID, reader: Reader, tx: ReadTransaction) -> PlaceView:
    """Vart teknikern ska åka. Varje uppslag av en patient loggas."""
    await reader.get(WorkOrderRow, work_order_id, scope=SCOPE, rule="ACT-2")
    row = await tx.get(WorkOrderRow, work_order_id, rule="ACT-2")
    return await place_of_work(row, tx, user=reader.caller.user_id)


async def _view(row: WorkOrderRow, tx: Transaction) -> WorkOrderView:
    details = await opened_if_any(await tx.look_up(WorkOrderDetailsRow, row.id), tx)
    found = await tx.search_all(WorkOrderNoteRow, WorkOrderNoteRow.work_order_id, row.id)
    notes = await all_opened(found, tx)
    await opened(row, tx)
    return WorkOrderView.showing(row, details, sorted(notes, key=lambda one: one.at))


def _show(work_order_id: UUID) -> Callable[[Transaction], Awaitable[WorkOrderView]]:
    async def show(tx: Transaction) -> WorkOrderView:
        return await _view(await tx.get(WorkOrderRow, work_order_id), tx)

    return show
