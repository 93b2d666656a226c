"""Pickups over HTTP: request, take back, report, list, show. No rule here."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import Query, Response
from kvitt_chassis.access import Caller
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
from kvitt_contracts.orders import MakePickupUrgent, ReportPickup, VoidPickup
from kvitt_contracts.types import CareUnitId, Day, PersonRef, ServicePointId, UserId, identify
from pydantic import Field
from sqlalchemy import select

from orders.care.recipients import named as as_named
from orders.people.keys.opening import opened_if_any
from orders.people.queries import concerns
from orders.pickups import documents
from orders.pickups.commands import ReportPickupFirst, RequestPickupInWords
from orders.pickups.domain import OPEN, Status
from orders.pickups.models import PickupDetailsRow, PickupRow
from orders.pickups.queries import SCOPE, also_open
from orders.pickups.views import (
    MakeUrgentBody,
    PickupBody,
    PickupLineView,
    PickupView,
    ReportPickupBody,
    VoidPickupBody,
)
from orders.places.resolving import place_of
from orders.places.views import PlaceView
from orders.slips.documents import as_pdf

router = ApiRouter(tags=["Hämtordrar"])


@router.post("/pickups", status_code=202)
async def request_pickup(body: PickupBody, commands: Commands, reader: Reader) -> PickupView:
    """Beställ hämtning hos en patient eller enhet (PCK-1). Lagret svarar; `Prefer: wait=2` väntar.
    `also_open` varnar för andra öppna hämtordrar hos mottagaren.

    Nekas: ALREADY_REQUESTED, UNKNOWN_CAUSE, UNKNOWN_DEVICE, DEVICE_TWICE, NO_ADDRESS,
    PHONE_MISSING, UNKNOWN_CARE_UNIT (PCK-1), UNKNOWN_RETURN_CAUSE, CAUSE_NOT_OF_PRODUCT_AREA,
    POSTED_BY_THE_UNIT (PCK-4), UNKNOWN_PERSON (REF-19), UNKNOWN_PERSON_DETAIL (REF-1),
    UNKNOWN_CUSTOMER, UNKNOWN_USER, NOT_A_SERVICE_POINT, NOT_CONNECTED_TO_SERVICE_POINT (REF-3),
    UNKNOWN_WORD, BY_CUSTOMER_SERVICE_ONLY, OUTSIDE_WINDOW (PCK-3), ENDS_BEFORE_IT_BEGINS,
    DAY_HAS_PASSED (DAY-5).
    """
    caller, reference = commands.caller, body.reference
    pickup_id = identify(caller.region, "pickup", reference) if reference else uuid4()
    command = RequestPickupInWords(
        recipient=await as_named(body.recipient, reader),
        service_point=body.service_point,
        ordered_by=body.ordered_by,
        cause=body.cause,
        return_cause=body.return_cause,
        earliest_on=body.earliest_on,
        latest_on=body.latest_on,
        devices=body.devices,
        delivery=body.delivery,
        by=caller.user_id,
    )
    return await commands.run(
        command,
        target=pickup_id,
        subject=reference,
        rule="PCK-1",
        show=_show(pickup_id, commands.caller),
    )


@router.post("/pickups/{pickup_id}:void", status_code=202)
async def void_pickup(pickup_id: UUID, body: VoidPickupBody, commands: Commands) -> PickupView:
    """Avbeställ en hel hämtorder eller några av dess rader (PCK-3). Lagret svarar; `Prefer: wait=2`
    väntar.

    Nekas: UNKNOWN_PICKUP (PCK-3), UNKNOWN_USER, NOT_YOUR_PICKUP (REF-3), WAITING, UNKNOWN_LINE,
    ENDED (PCK-3).
    """
    command = VoidPickup(numbers=body.numbers, by=commands.caller.user_id)
    return await commands.run(
        command, target=pickup_id, scope=SCOPE, rule="PCK-3", show=_show(pickup_id, commands.caller)
    )


@router.post("/pickups/{pickup_id}:make-urgent")
async def make_pickup_urgent(
    pickup_id: UUID, body: MakeUrgentBody, commands: Commands
) -> PickupView:
    """Låt hämta genast, mot akutavgiften i regionens prislista (PCK-3). Den tas ut när något har
    hämtats, eller när en tekniker har varit där.

    Nekas: UNKNOWN_PICKUP (PCK-3), UNKNOWN_USER, NOT_YOUR_PICKUP (REF-3), UNKNOWN_PAYER (REF-4),
    WAITING, ENDED (PCK-3).
    """
    command = MakePickupUrgent(payer_id=body.payer_id, by=commands.caller.user_id)
    return await commands.run(
        command, target=pickup_id, scope=SCOPE, rule="PCK-3", show=_show(pickup_id, commands.caller)
    )


@router.post("/pickups/{pickup_id}:report")
async def report_pickup(pickup_id: UUID, body: ReportPickupBody, commands: Commands) -> PickupView:
    """Rapportera vad som gjordes på plats (PCK-3): huvudansvarig får veta det. Raderna slutar när
    det som hämtades är tillbaka i lagret. Med `is_first` ersätts ingen rapport som du inte har
    sett.

    Nekas: UNKNOWN_PICKUP, UNKNOWN_LINE, ENDED, ALREADY_REPORTED (PCK-3).
    """
    says = ReportPickupFirst if body.is_first else ReportPickup
    command = says(technician=commands.caller.user_id, not_found=body.not_found)
    return await commands.run(
        command, target=pickup_id, scope=SCOPE, rule="PCK-3", show=_show(pickup_id, commands.caller)
    )


class PickupQuery(ListQuery):
    """What PCK-5 lets one search by; each that is given narrows the list. Days are inclusive."""

    pickup_number: Annotated[
        str | None,
        StartsWith(PickupRow.pickup_number, "Hela numret eller dess början"),
        Field(pattern=r"^\d{1,9}$"),
    ] = None
    service_point: Annotated[
        ServicePointId | None, Eq(PickupRow.service_point, "Tjänsteställe")
    ] = None
    requested_from: Annotated[Day | None, From(PickupRow.requested_on, "Från och med dag")] = None
    requested_to: Annotated[Day | None, To(PickupRow.requested_on, "Till och med dag")] = None
    status: Annotated[list[Status] | None, In(PickupRow.status, "En eller flera statusar")] = None
    recipient: Annotated[
        PersonRef | None, Where(concerns(PickupRow.recipient_person), "Patientens referens")
    ] = None
    care_unit: Annotated[CareUnitId | None, Eq(PickupRow.recipient_unit, "Vårdenhet")] = None
    by: Annotated[UserId | None, Eq(PickupRow.by, "Vem som registrerade")] = None
    urgent: Annotated[bool | None, Eq(PickupRow.is_urgent, "Bara de som ska hämtas genast")] = None
    overdue: Annotated[bool | None, Eq(PickupRow.is_overdue, "Bara de som är sena")] = None


PICKUPS = ListOf(
    select(PickupRow),
    scope=SCOPE,
    sorts=named(
        PickupRow.pickup_number,
        PickupRow.requested_on,
        PickupRow.status,
        PickupRow.service_point,
    ),
    default="-pickup_number",
    view=PickupLineView.of,
    then=PickupRow.requested_on,
)


@router.get("/pickups")
async def list_pickups(
    reader: Reader, asked: Annotated[PickupQuery, Query()]
) -> Page[PickupLineView]:
    """Sök hämtordrar på dina tjänsteställen, kollegors också (PCK-5). Utan `status` visas bara de
    som inte är avslutade, nekade eller avbeställda.
    """
    open_alone = () if asked.status else (PickupRow.status.in_(OPEN),)
    return await PICKUPS.page(asked, reader, *open_alone)


@router.get("/pickups/{pickup_id}")
async def show_pickup(pickup_id: UUID, reader: Reader, tx: ReadTransaction) -> PickupView:
    """En hämtorder, med varning för andra öppna hos mottagaren."""
    row = await reader.get(PickupRow, pickup_id, scope=SCOPE, rule="PCK-5")
    return PickupView.showing(row, await also_open(row, tx, by=reader.caller))


@router.post("/pickups/{pickup_id}:resolve-delivery")
async def show_place(pickup_id: UUID, reader: Reader, tx: ReadTransaction) -> PlaceView:
    """Vart den som hämtar ska åka. Varje uppslag av en patient loggas."""
    await reader.get(PickupRow, pickup_id, scope=SCOPE, rule="PCK-1")
    row = await tx.get(PickupRow, pickup_id, rule="PCK-1")
    kept = await opened_if_any(await tx.look_up(PickupDetailsRow, pickup_id), tx)
    given = kept.delivery if kept is not None else None
    return await place_of(row, given, tx, user=reader.caller.user_id)


@router.get(
    "/pickups/{pickup_id}/slip",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}}},
)
async def print_slip(pickup_id: UUID, reader: Reader, tx: ReadTransaction) -> Response:
    """Följesedeln som PDF (PCK-4), med produktområdets checklista (PCK-6). Varje utskrift för en
    patient loggas.

    Nekas: UNKNOWN_PICKUP, WAITING, ENDED (PCK-4).
    """
    await reader.get(PickupRow, pickup_id, scope=SCOPE, rule="PCK-4")
    row = await tx.get(PickupRow, pickup_id, rule="PCK-4")
    content = await documents.print_slip(row, tx, user=reader.caller.user_id)
    return as_pdf(content, name=f"hamtorder-{row.pickup_number}")


def _show(pickup_id: UUID, caller: Caller) -> Callable[[Transaction], Awaitable[PickupView]]:
    async def show(tx: Transaction) -> PickupView:
        row = await tx.get(PickupRow, pickup_id)
        return PickupView.showing(row, await also_open(row, tx, by=caller))

    return show
