"""Attachments over HTTP: send in, attach, list, read. No rule here."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Final
from urllib.parse import unquote
from uuid import UUID

from fastapi import Header, Request, Response
from fastapi.responses import StreamingResponse
from kvitt_chassis.http import ApiRouter, Commands, NotFound, Reader, RegionReader, Scope
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.problems import Busy
from kvitt_chassis.web.reading import Looking, ReadTransaction
from kvitt_chassis.web.streaming import Streamed, file_response, read_to_its_end
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import UserId
from kvitt_files.store import NoSuchFile, StoreUnavailable
from kvitt_files.taking_in import Empty, Intake, OtherThanSaid, TakenIn, TooLarge

from orders.attaching.views import AttachBody, AttachmentsView, AttachmentView
from orders.attachments import domain, writes
from orders.attachments.commands import Attach, KeepAttachment
from orders.attachments.domain import About
from orders.attachments.models import AttachmentRow
from orders.attachments.queries import kept_of
from orders.attachments.store import Kept, settings
from orders.customer_orders.api import SCOPE as ORDERS_SCOPE
from orders.customer_orders.models import OrderRow
from orders.order_drafts.models import OrderDraftRow
from orders.order_drafts.queries import SCOPE as DRAFTS_SCOPE
from orders.people.keys.opening import all_opened, opened
from orders.people.queries import current_reference
from orders.people.writes import log_accesses
from orders.work_orders.models import WorkOrderRow
from orders.work_orders.queries import SCOPE as WORK_ORDERS_SCOPE
from orders.work_orders.queries import seen

RULE, READING = domain.RULE, "attachment"

streams = ApiRouter(tags=["Bifogade filer"], streams=True)
router = ApiRouter(tags=["Bifogade filer"])


_BODY: Final = {"schema": {"type": "string", "format": "binary"}}


@streams.post(
    "/attachments",
    status_code=201,
    openapi_extra={
        "requestBody": {"required": True, "content": dict.fromkeys(domain.TAKEN, _BODY)}
    },
)
async def add_attachment(
    request: Request,
    looker: Looking,
    streamed: Streamed,
    x_filename: Annotated[
        str, Header(description="Filens namn, procentkodat: `L%C3%A4karintyg.pdf`")
    ],
) -> AttachmentView:
    """Skicka in en fil (ORD-16): PDF, PNG, JPEG eller text, högst 25 MB om inget annat är inställt.
    Kroppen är filen själv, och Content-Type säger vad den är. Lägg den sedan till en order eller
    arbetsorder; annars tas den bort efter ett dygn. Skriv inget personnummer i filens namn.

    Nekas: TYPE_NOT_TAKEN, NAME_NOT_USABLE, PERSONAL_NUMBER_IN_NAME, NAME_SAYS_OTHER_TYPE,
    NOT_WHAT_IT_SAYS, TOO_LARGE, EMPTY (ORD-16).
    """
    by = looker.caller.user_id
    try:
        said = domain.media_type_of(request.headers.get("content-type", ""))
        name = domain.cleaned(unquote(x_filename), media_type=said)
        async with looker.looking() as tx:
            row = await writes.begin(name, said, by, tx)
            attachment_id, kept = row.attachment_id, Kept.of(row)
        found = await _take_in(request, kept, said=said)
    except Refused:
        await read_to_its_end(request)
        raise
    commands = await streamed.commands(f"{said} {name} {found.sha256}".encode())
    command = KeepAttachment(size=found.size, sha256=found.sha256, by=by)
    return await commands.run(command, target=attachment_id, rule=RULE, show=_show(attachment_id))


@router.post("/attachments/{attachment_id}:attach")
async def attach(
    attachment_id: UUID, body: AttachBody, commands: Commands, reader: Reader
) -> AttachmentView:
    """Lägg en fil till en order eller arbetsorder (ORD-16).

    Nekas: UNKNOWN_ORDER, UNKNOWN_WORK_ORDER, UNKNOWN_ATTACHMENT, ALREADY_ATTACHED, TOO_MANY
    (ORD-16).
    """
    row_type, scope = _reach_of(body.about)
    thing = await reader.look_up(row_type, body.about.id)  # whether they reach it is asked below
    command = Attach(
        attachment_id=attachment_id,
        about=body.about,
        person=thing.recipient_person if thing is not None else None,
        by=commands.caller.user_id,
    )
    return await commands.run(
        command,
        target=attachment_id,
        named=body.about.id,
        scope=scope,
        rule=RULE,
        show=_show(attachment_id),
    )


@router.get("/orders/{order_id}/attachments")
async def list_of_order(order_id: UUID, reader: Reader, tx: ReadTransaction) -> AttachmentsView:
    """De filer som hör till en order (ORD-16)."""
    await reader.get(OrderRow, order_id, scope=ORDERS_SCOPE, rule=RULE)
    return await _listed(About(kind="order", id=order_id), tx)


@router.get("/work-orders/{work_order_id}/attachments")
async def list_of_work_order(
    work_order_id: UUID, reader: Reader, tx: ReadTransaction
) -> AttachmentsView:
    """De filer som hör till en arbetsorder (ORD-16)."""
    await seen(work_order_id, reader, rule=RULE)
    return await _listed(About(kind="work_order", id=work_order_id), tx)


@router.get("/attachments/{attachment_id}", response_class=StreamingResponse)
async def read_attachment(attachment_id: UUID, reader: Reader, tx: ReadTransaction) -> Response:
    """En bifogad fil, för alla som ser det som den hör till (ORD-16). Varje läsning av en fil om en
    patient loggas.

    Nekas: UNKNOWN_ATTACHMENT, FILE_GONE (ORD-16).
    """
    row = await _reached(attachment_id, reader)
    await _log_look(row, reader.caller.user_id, tx)
    try:
        pieces = await Kept.of(await opened(row, tx)).pieces()
    except NoSuchFile:
        raise domain.gone() from None
    except StoreUnavailable:
        raise Busy(status=503, reason="FILES_UNAVAILABLE") from None
    return file_response(
        pieces,
        name=row.name,
        media_type=row.media_type,
        size=row.size or 0,
        shown="attachment",
    )


async def _take_in(request: Request, kept: Kept, *, said: str) -> TakenIn:
    limit = settings().max_bytes
    intake = Intake(request.stream(), said=said, limit=limit)
    try:
        await kept.put(intake)
    except TooLarge:
        raise domain.too_large(limit) from None
    except OtherThanSaid:
        raise domain.not_what_it_says() from None
    except Empty:
        raise domain.empty() from None
    except StoreUnavailable:
        raise Busy(status=503, reason="FILES_UNAVAILABLE") from None
    return intake.taken_in


def _reach_of(about: About) -> tuple[type[OrderRow | WorkOrderRow], Scope]:
    """What an attachment goes along with, and whose such a thing is."""
    if about.kind == "order":
        return OrderRow, ORDERS_SCOPE
    return WorkOrderRow, WORK_ORDERS_SCOPE


async def _reached(attachment_id: UUID, reader: RegionReader) -> AttachmentRow:
    """The attachment, where the caller sees what it goes along with, or sent it in themselves."""
    row = await reader.look_up(AttachmentRow, attachment_id)
    missing = NotFound("attachment", rule=RULE)
    if row is None or not row.is_kept:
        raise missing
    about = row.state().about
    if about is None and row.by == reader.caller.user_id:
        return row
    try:
        if about is None:
            await reader.get(OrderDraftRow, row.draft_id, scope=DRAFTS_SCOPE)
        elif about.kind == "work_order":
            await seen(about.id, reader, rule=RULE)
        else:
            await reader.get(OrderRow, about.id, scope=ORDERS_SCOPE)
    except NotFound:
        raise missing from None
    return row


async def _log_look(row: AttachmentRow, user: UserId, tx: Transaction) -> None:
    """Log who reads a file that goes along with what is a patient's (REF-19)."""
    about = row.state().about
    if about is None and row.draft_id is None:
        return
    if about is None:
        person = (await tx.get(OrderDraftRow, row.draft_id)).recipient_person
    else:
        person = (await tx.get(_reach_of(about)[0], about.id)).recipient_person
    if person is not None:
        log_accesses(tx, user, READING, [await current_reference(person, tx)])


async def _listed(about: About, tx: Transaction) -> AttachmentsView:
    rows = await all_opened(await kept_of(about, tx), tx)
    return AttachmentsView(attachments=[AttachmentView.of(row) for row in rows])


def _show(attachment_id: UUID) -> Callable[[Transaction], Awaitable[AttachmentView]]:
    async def show(tx: Transaction) -> AttachmentView:
        return AttachmentView.of(await opened(await tx.get(AttachmentRow, attachment_id), tx))

    return show
