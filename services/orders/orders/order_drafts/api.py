"""Drafts of orders over HTTP: save, throw away, list, show. No rule."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import Query
from kvitt_chassis.filters import Eq, Where
from kvitt_chassis.http import ApiRouter, Commands, ListOf, ListQuery, Page, Reader, named
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.reading import ReadTransaction
from kvitt_contracts.types import PersonRef, ServicePointId, UserId
from sqlalchemy import select

from orders.attachments.queries import kept_of_draft
from orders.care.recipients import named as as_named
from orders.order_drafts.commands import DiscardOrderDraft, SaveOrderDraft
from orders.order_drafts.models import OrderDraftRow
from orders.order_drafts.queries import SCOPE
from orders.order_drafts.views import (
    DiscardOrderDraftBody,
    NoOrderDraft,
    OrderDraftBody,
    OrderDraftLine,
    OrderDraftView,
    SaveOrderDraftBody,
)
from orders.people.keys.opening import all_opened, opened
from orders.people.queries import concerns

RULE = "ORD-1"

router = ApiRouter(tags=["Ordrar"])


# decision 0449: a draft is a row of its own, which is no order
@router.post("/order-drafts", status_code=201)
async def begin_draft(body: OrderDraftBody, commands: Commands, reader: Reader) -> OrderDraftView:
    """Spara en order som skrivs, hur mycket som än saknas. Ett utkast är ingen order: det har
    inget nummer, och ingen får veta det. Du och kollegor på tjänstestället går vidare med det; det
    tas bort när ingen har sparat det på `draft_days` dagar (ORD-1).

    Nekas: UNKNOWN_PERSON (REF-19), UNKNOWN_PERSON_ID (REF-1), UNKNOWN_CARE_UNIT (ORD-1),
    UNKNOWN_USER, UNKNOWN_CUSTOMER, NOT_A_SERVICE_POINT, NOT_CONNECTED_TO_SERVICE_POINT (REF-3);
    av en fil UNKNOWN_ATTACHMENT, ALREADY_ATTACHED, TOO_MANY (ORD-16).
    """
    draft_id = uuid4()
    command = await _command(body, commands.caller.user_id, reader)
    return await commands.run(command, target=draft_id, rule=RULE, show=_show(draft_id))


@router.post("/order-drafts/{draft_id}:save")
async def save_draft(
    draft_id: UUID, body: SaveOrderDraftBody, commands: Commands, reader: Reader
) -> OrderDraftView:
    """Gå vidare med ett utkast. `version` är den som du såg: har någon sparat sedan dess skrivs
    inget över (ORD-1).

    Nekas: UNKNOWN_ORDER_DRAFT, DRAFT_CHANGED (ORD-1), UNKNOWN_PERSON (REF-19),
    UNKNOWN_PERSON_ID (REF-1), UNKNOWN_USER, UNKNOWN_CUSTOMER, NOT_A_SERVICE_POINT,
    NOT_CONNECTED_TO_SERVICE_POINT (REF-3); av en fil UNKNOWN_ATTACHMENT,
    ALREADY_ATTACHED, TOO_MANY (ORD-16).
    """
    command = await _command(body, commands.caller.user_id, reader)
    command = command.model_copy(update={"version": body.version})
    return await commands.run(
        command, target=draft_id, scope=SCOPE, rule=RULE, show=_show(draft_id)
    )


@router.post("/order-drafts/{draft_id}:discard")
async def discard_draft(
    draft_id: UUID, body: DiscardOrderDraftBody, commands: Commands
) -> NoOrderDraft:
    """Kasta ett utkast, som du såg det. Det finns inte kvar (ORD-1).

    Nekas: UNKNOWN_ORDER_DRAFT, DRAFT_CHANGED (ORD-1).
    """

    async def show(tx: Transaction) -> NoOrderDraft:
        return NoOrderDraft(draft_id=draft_id)

    command = DiscardOrderDraft(version=body.version)
    return await commands.run(command, target=draft_id, scope=SCOPE, rule=RULE, show=show)


class OrderDraftQuery(ListQuery):
    """Which drafts."""

    service_point: Annotated[
        ServicePointId | None, Eq(OrderDraftRow.service_point, "Tjänsteställe")
    ] = None
    recipient: Annotated[
        PersonRef | None,
        Where(concerns(OrderDraftRow.recipient_person), "Patientens referens"),
    ] = None
    saved_by: Annotated[UserId | None, Eq(OrderDraftRow.saved_by, "Vem som sparade det senast")] = (
        None
    )


DRAFTS = ListOf(
    select(OrderDraftRow),
    scope=SCOPE,
    sorts=named(OrderDraftRow.saved_at, OrderDraftRow.removed_on),
    default="-saved_at",
    view=OrderDraftLine.of,
)


@router.get("/order-drafts")
async def list_drafts(
    reader: Reader, asked: Annotated[OrderDraftQuery, Query()], tx: ReadTransaction
) -> Page[OrderDraftLine]:
    """Utkast som du och kollegor på dina tjänsteställen skriver på, med det som saknas (ORD-1)."""
    return await DRAFTS.page(asked, reader, ready=lambda rows: all_opened(rows, tx))


@router.get("/order-drafts/{draft_id}")
async def show_draft(draft_id: UUID, reader: Reader, tx: ReadTransaction) -> OrderDraftView:
    """Ett utkast, med det som är skrivet och de filer som det har (ORD-1)."""
    row = await reader.get(OrderDraftRow, draft_id, scope=SCOPE, rule=RULE)
    return await _view(row, tx)


async def _command(body: OrderDraftBody, by: UserId, reader: Reader) -> SaveOrderDraft:
    return SaveOrderDraft(
        recipient=await as_named(body.recipient, reader) if body.recipient else None,
        service_point=body.service_point,
        written=body.written,
        attachments=body.attachments,
        by=by,
    )


def _show(draft_id: UUID) -> Callable[[Transaction], Awaitable[OrderDraftView]]:
    async def show(tx: Transaction) -> OrderDraftView:
        return await _view(await tx.get(OrderDraftRow, draft_id), tx)

    return show


async def _view(row: OrderDraftRow, tx: Transaction) -> OrderDraftView:
    files = await all_opened(await kept_of_draft(row.draft_id, tx), tx)
    return OrderDraftView.with_files(await opened(row, tx), files)
