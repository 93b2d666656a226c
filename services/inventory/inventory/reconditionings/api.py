"""Reconditionings over HTTP (INV-13). No rule here."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query
from kvitt_chassis.filters import Eq, ForTheView, Where
from kvitt_chassis.http import (
    ApiRouter,
    Body,
    CommandRunner,
    Commands,
    ListOf,
    ListQuery,
    Page,
    Reader,
    RegionReader,
    RegionWide,
    named,
)
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.reading import ReadTransaction
from kvitt_contracts.types import (
    ArticleNumber,
    Day,
    DeviceId,
    DeviceNumber,
    Known,
    ReasonCode,
    ReconditioningId,
    ReturnId,
    StoreId,
    UserId,
    Word,
)
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, and_, select

from inventory.articles.models import ArticleRow
from inventory.articles.queries import article_id
from inventory.devices.models import DeviceRow
from inventory.reconditionings import domain
from inventory.reconditionings.commands import Recondition
from inventory.reconditionings.models import ReconditioningRow
from inventory.reconditionings.queries import bears_or_bore, name_of

router = ApiRouter(tags=["Rekonditionering"])

SCOPE = RegionWide(
    ReconditioningRow.region, because="INV-13: it is the device service's, of no other unit"
)


class StepBody(Body):
    """Vilken dag det gjordes."""

    done_on: Annotated[Day, Field(description="Dagen då det gjordes; inte framåt (DAY-1)")]


class StageBody(StepBody):
    """Ett steg som är gjort."""

    stage: Annotated[
        Word,
        Known(*domain.STAGES),
        Field(description="`inspected` kontrollerat, `cleaned` rengjort, `repaired` reparerat"),
    ]


class ScrapBody(StepBody):
    """Varför det skrotas."""

    reason: Annotated[ReasonCode, Known(domain.ScrapReason), Field(description="Skälet")]


class DoneView(BaseModel):
    """Ett steg som en tekniker har gjort."""

    model_config = ConfigDict(from_attributes=True)

    stage: domain.Step
    done_on: date
    technician: UserId


class ReconditioningView(BaseModel):
    """Det som kom tillbaka till hjälpmedelsservice, och hur långt arbetet med det har kommit."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "reconditioning_id": "4630bda0-6af1-5937-870c-d238ef7ce803",
                    "device_id": "8f13499d-be3f-58cb-ac7f-ee78f85a054e",
                    "device_number": "R100417",
                    "article_number": "31206-01",
                    "name": "Rollator Ängsro",
                    "quantity": 1,
                    "store": "500",
                    "return_id": None,
                    "opened_on": "2026-03-02",
                    "due_on": "2026-03-16",
                    "status": "open",
                    "done": [
                        {"stage": "inspected", "done_on": "2026-03-03", "technician": "k330tek"}
                    ],
                    "reason": None,
                }
            ]
        }
    )

    reconditioning_id: ReconditioningId
    device_id: DeviceId | None
    device_number: Annotated[DeviceNumber | None, Field(description="Individnummer i dag")]
    article_number: ArticleNumber
    name: Annotated[str, Field(description="Artikelns benämning")]
    quantity: int
    store: StoreId
    return_id: Annotated[ReturnId | None, Field(description="Returen, om en användare gjorde den")]
    opened_on: Annotated[date, Field(description="Dagen då det kom tillbaka")]
    due_on: Annotated[date, Field(description="Från den dagen är det sent")]
    status: Annotated[
        domain.Status, Field(description="Pågår, godkänt, skrotat, eller avbrutet av en händelse")
    ]
    done: Annotated[tuple[DoneView, ...], Field(description="Det som är gjort, i tur och ordning")]
    reason: Annotated[ReasonCode | None, Field(description="Varför det skrotades eller avbröts")]

    @classmethod
    def shown(
        cls, row: ReconditioningRow, *, number: DeviceNumber | None, name: str
    ) -> "ReconditioningView":
        """The view of a row, with its device's number and its article's name."""
        return cls(
            reconditioning_id=ReconditioningId(row.id),
            device_id=row.device_id,
            device_number=number,
            article_number=row.article_number,
            name=name,
            quantity=row.quantity,
            store=row.store,
            return_id=row.return_id,
            opened_on=row.opened_on,
            due_on=domain.due_on(row.opened_on),
            status=row.status,
            done=tuple(DoneView.model_validate(one) for one in row.done),
            reason=row.reason,
        )


def _of_device(number: DeviceNumber, _: RegionReader) -> ColumnElement[bool]:
    """Of the device that bears a number, or has borne it (INV-6)."""
    return bears_or_bore(number)


class ReconditioningQuery(ListQuery):
    """Which work."""

    status: Annotated[domain.Status | None, Eq(ReconditioningRow.status, "Läge")] = None
    store: Annotated[StoreId | None, Eq(ReconditioningRow.store, "Centrallager")] = None
    article_number: Annotated[
        ArticleNumber | None, Eq(ReconditioningRow.article_number, "Artikelnummer")
    ] = None
    device_number: Annotated[
        DeviceNumber | None, Where(_of_device, "Hjälpmedlets nummer, även ett tidigare")
    ] = None
    late: Annotated[bool, ForTheView("Bara det som har väntat i fjorton dagar")] = False


RECONDITIONINGS = ListOf(
    select(ReconditioningRow, DeviceRow.device_number, ArticleRow.name)
    .join(
        ArticleRow,
        and_(
            ArticleRow.region == ReconditioningRow.region,
            ArticleRow.article_number == ReconditioningRow.article_number,
        ),
    )
    .outerjoin(
        DeviceRow,
        and_(
            DeviceRow.region == ReconditioningRow.region,
            DeviceRow.id == ReconditioningRow.device_id,
        ),
    ),
    scope=SCOPE,
    sorts=named(ReconditioningRow.opened_on),
    default="opened_on",
    view=lambda found: ReconditioningView.shown(found[0], number=found[1], name=found[2]),
)


@router.get("/reconditionings")
async def list_reconditionings(
    reader: Reader, tx: ReadTransaction, asked: Annotated[ReconditioningQuery, Query()]
) -> Page[ReconditioningView]:
    """Det som kommit tillbaka till hjälpmedelsservice för att kontrolleras, rengöras och repareras
    innan det är disponibelt igen (INV-13), det som väntat längst först. Med `late` bara det som
    skulle ha varit klart.
    """
    waited: tuple[ColumnElement[bool], ...] = ()
    if asked.late:
        waited = (
            ReconditioningRow.status == domain.Status.OPEN,
            ReconditioningRow.opened_on <= domain.late_since(tx.today),
        )
    return await RECONDITIONINGS.page(asked, reader, *waited)


@router.get("/reconditionings/{reconditioning_id}")
async def show_reconditioning(reconditioning_id: UUID, reader: Reader) -> ReconditioningView:
    """En rekonditionering, med vad som är gjort och av vem."""
    row = await reader.get(ReconditioningRow, reconditioning_id, scope=SCOPE, rule="INV-13")
    device = None
    if row.device_id is not None:
        device = await reader.look_up(DeviceRow, row.device_id)
    name = await name_of(reader, row.article_number)
    number = device.device_number if device is not None else None
    return ReconditioningView.shown(row, number=number, name=name)


@router.post("/reconditionings/{reconditioning_id}:do-stage")
async def do_stage(
    reconditioning_id: UUID, body: StageBody, commands: Commands
) -> ReconditioningView:
    """Registrera ett steg som är gjort: först kontrollerat, sedan rengjort och vid behov reparerat.

    Nekas: UNKNOWN_USER (REF-3), UNKNOWN_RECONDITIONING, NOT_A_TECHNICIAN, UNKNOWN_STAGE,
    RECONDITIONING_ENDED, STAGE_DONE_ALREADY, NOT_INSPECTED (INV-13), DONE_TOO_EARLY (DAY-5).
    """
    return await _run(reconditioning_id, body.stage, body, commands)


@router.post("/reconditionings/{reconditioning_id}:approve")
async def approve(
    reconditioning_id: UUID, body: StepBody, commands: Commands
) -> ReconditioningView:
    """Godkänn det: det är disponibelt igen, och går till den som väntat längst.

    Nekas: UNKNOWN_USER (REF-3), UNKNOWN_RECONDITIONING, NOT_A_TECHNICIAN, RECONDITIONING_ENDED,
    NOT_INSPECTED, NOT_CLEANED (INV-13), DONE_TOO_EARLY (DAY-5).
    """
    return await _run(reconditioning_id, Word(domain.Step.APPROVED), body, commands)


@router.post("/reconditionings/{reconditioning_id}:scrap")
async def scrap(reconditioning_id: UUID, body: ScrapBody, commands: Commands) -> ReconditioningView:
    """Skrota det som inte är värt att göra i ordning, med skälet.

    Nekas: UNKNOWN_USER (REF-3), UNKNOWN_RECONDITIONING, NOT_A_TECHNICIAN, RECONDITIONING_ENDED,
    NOT_INSPECTED, REASON_MISSING (INV-13), DONE_TOO_EARLY (DAY-5).
    """
    return await _run(reconditioning_id, Word(domain.Step.SCRAPPED), body, commands, body.reason)


async def _run(
    reconditioning_id: UUID,
    stage: Word,
    body: StepBody,
    commands: CommandRunner,
    reason: ReasonCode | None = None,
) -> ReconditioningView:
    async def show(tx: Transaction) -> ReconditioningView:
        row = await tx.get(ReconditioningRow, reconditioning_id)
        number = None
        if row.device_id is not None:
            number = (await tx.get(DeviceRow, row.device_id)).device_number
        article = await tx.get(ArticleRow, article_id(tx, row.article_number))
        return ReconditioningView.shown(row, number=number, name=article.name)

    command = Recondition(
        reconditioning_id=ReconditioningId(reconditioning_id),
        stage=stage,
        done_on=body.done_on,
        reason=reason,
        technician=commands.caller.user_id,
    )
    return await commands.run(
        command, target=reconditioning_id, scope=SCOPE, rule="INV-13", show=show
    )
