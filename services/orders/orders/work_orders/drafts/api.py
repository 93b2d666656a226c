"""Drafts of applications over HTTP: save, throw away, list, show. No rule."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import Query
from kvitt_chassis.filters import Eq, Where
from kvitt_chassis.http import ApiRouter, Commands, ListOf, ListQuery, Page, Reader, named
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.reading import ReadTransaction
from kvitt_contracts.types import NamedPatient, PersonRef, ServicePointId, UserId
from sqlalchemy import select

from orders.care.recipients import named as as_named
from orders.people.keys.opening import all_opened, opened
from orders.people.queries import concerns
from orders.work_orders.drafts.commands import DiscardApplicationDraft, SaveApplicationDraft
from orders.work_orders.drafts.models import ApplicationDraftRow
from orders.work_orders.drafts.queries import SCOPE
from orders.work_orders.drafts.views import (
    ApplicationDraftBody,
    ApplicationDraftLine,
    ApplicationDraftView,
    DiscardApplicationDraftBody,
    NoApplicationDraft,
    SaveApplicationDraftBody,
)

RULE = "ACT-5"

router = ApiRouter(tags=["Arbetsordrar"])


# decision 0388: a draft is a row of its own, which is no application
@router.post("/application-drafts", status_code=201)
async def begin_draft(
    body: ApplicationDraftBody, commands: Commands, reader: Reader
) -> ApplicationDraftView:
    """Spara en ansökan som skrivs, hur mycket som än saknas. Ett utkast är ingen ansökan: det har
    inget nummer, och ingen får veta det. Du och kollegor på tjänstestället går vidare med det; det
    tas bort när ingen har sparat det på `draft_days` dagar (ACT-5).

    Nekas: UNKNOWN_PERSON (REF-19), UNKNOWN_PERSON_ID (REF-1), UNKNOWN_USER, UNKNOWN_CUSTOMER,
    NOT_A_SERVICE_POINT, NOT_CONNECTED_TO_SERVICE_POINT (REF-3).
    """
    draft_id = uuid4()
    command = await _command(body, commands.caller.user_id, reader)
    return await commands.run(command, target=draft_id, rule=RULE, show=_show(draft_id))


@router.post("/application-drafts/{draft_id}:save")
async def save_draft(
    draft_id: UUID, body: SaveApplicationDraftBody, commands: Commands, reader: Reader
) -> ApplicationDraftView:
    """Gå vidare med ett utkast. `version` är den som du såg: har någon sparat sedan dess skrivs
    inget över (ACT-5).

    Nekas: UNKNOWN_APPLICATION_DRAFT, DRAFT_CHANGED (ACT-5), UNKNOWN_PERSON (REF-19),
    UNKNOWN_PERSON_ID (REF-1), UNKNOWN_USER, UNKNOWN_CUSTOMER, NOT_A_SERVICE_POINT,
    NOT_CONNECTED_TO_SERVICE_POINT (REF-3).
    """
    command = await _command(body, commands.caller.user_id, reader)
    command = command.model_copy(update={"version": body.version})
    return await commands.run(
        command, target=draft_id, scope=SCOPE, rule=RULE, show=_show(draft_id)
    )


@router.post("/application-drafts/{draft_id}:discard")
async def discard_draft(
    draft_id: UUID, body: DiscardApplicationDraftBody, commands: Commands
) -> NoApplicationDraft:
    """Kasta ett utkast, som du såg det. Det finns inte kvar (ACT-5).

    Nekas: UNKNOWN_APPLICATION_DRAFT, DRAFT_CHANGED (ACT-5).
    """

    async def show(tx: Transaction) -> NoApplicationDraft:
        return NoApplicationDraft(draft_id=draft_id)

    command = DiscardApplicationDraft(version=body.version)
    return await commands.run(command, target=draft_id, scope=SCOPE, rule=RULE, show=show)


class ApplicationDraftQuery(ListQuery):
    """Which drafts."""

    service_point: Annotated[
        ServicePointId | None, Eq(ApplicationDraftRow.service_point, "Tjänsteställe")
    ] = None
    recipient: Annotated[
        PersonRef | None,
        Where(concerns(ApplicationDraftRow.recipient_person), "Patientens referens"),
    ] = None
    saved_by: Annotated[
        UserId | None, Eq(ApplicationDraftRow.saved_by, "Vem som sparade det senast")
    ] = None


DRAFTS = ListOf(
    select(ApplicationDraftRow),
    scope=SCOPE,
    sorts=named(ApplicationDraftRow.saved_at, ApplicationDraftRow.removed_on),
    default="-saved_at",
    view=ApplicationDraftLine.of,
)


@router.get("/application-drafts")
async def list_drafts(
    reader: Reader, asked: Annotated[ApplicationDraftQuery, Query()], tx: ReadTransaction
) -> Page[ApplicationDraftLine]:
    """Utkast som du och kollegor på dina tjänsteställen skriver på, med det som saknas (ACT-5)."""
    return await DRAFTS.page(asked, reader, ready=lambda rows: all_opened(rows, tx))


@router.get("/application-drafts/{draft_id}")
async def show_draft(draft_id: UUID, reader: Reader, tx: ReadTransaction) -> ApplicationDraftView:
    """Ett utkast, med det som är skrivet (ACT-5)."""
    row = await reader.get(ApplicationDraftRow, draft_id, scope=SCOPE, rule=RULE)
    return ApplicationDraftView.of(await opened(row, tx))


async def _command(body: ApplicationDraftBody, by: UserId, reader: Reader) -> SaveApplicationDraft:
    recipient = await as_named(body.recipient, reader)
    assert isinstance(recipient, NamedPatient)
    return SaveApplicationDraft(
        recipient=recipient,
        service_point=body.service_point,
        requester=body.requester,
        application=body.application,
        by=by,
    )


def _show(draft_id: UUID) -> Callable[[Transaction], Awaitable[ApplicationDraftView]]:
    async def show(tx: Transaction) -> ApplicationDraftView:
        row = await tx.get(ApplicationDraftRow, draft_id)
        return ApplicationDraftView.of(await opened(row, tx))

    return show
