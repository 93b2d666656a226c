"""Suppliers' invoices over HTTP: taken in by hand, looked up, released or rejected, and what may be
paid. No rule here.
"""

import csv
import io
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from fastapi.responses import StreamingResponse
from kvitt_chassis.filters import Eq, From, StartsWith, To
from kvitt_chassis.http import ApiRouter, Commands, ListOf, ListQuery, Page, Reader, named
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.reading import ReadTransaction
from kvitt_chassis.web.stories import Story, told
from kvitt_contracts.types import Day, OrderNumber, ServicePointId, SupplierId
from pydantic import Field
from sqlalchemy import select

from billing.supplier_invoices import domain, queries, story
from billing.supplier_invoices.commands import (
    ReceiveSupplierInvoice,
    RejectHeldInvoice,
    ReleaseHeldInvoice,
)
from billing.supplier_invoices.domain import SupplierInvoiceStatus
from billing.supplier_invoices.models import SupplierInvoiceRow
from billing.supplier_invoices.views import (
    Payable,
    RejectInvoiceBody,
    ReleaseInvoiceBody,
    SupplierInvoiceBody,
    SupplierInvoiceView,
    SupplierInvoiceWithLines,
)

router = ApiRouter(tags=["Leverantörsfakturor"])


class SupplierInvoiceQuery(ListQuery):
    """Which suppliers' invoices."""

    status: Annotated[SupplierInvoiceStatus | None, Eq(SupplierInvoiceRow.status)] = None
    supplier_id: Annotated[SupplierId | None, Eq(SupplierInvoiceRow.supplier_id)] = None
    number: Annotated[
        str | None,
        Field(min_length=1, max_length=30),
        StartsWith(SupplierInvoiceRow.number, "Fakturanumrets början"),
    ] = None
    purchase_order_number: Annotated[
        OrderNumber | None, Eq(SupplierInvoiceRow.purchase_order_number)
    ] = None
    service_point: Annotated[
        ServicePointId | None, Eq(SupplierInvoiceRow.service_point, "Enheten som köpte")
    ] = None
    is_credit: Annotated[bool | None, Eq(SupplierInvoiceRow.is_credit)] = None
    due_from: Annotated[Day | None, From(SupplierInvoiceRow.due_on, "Förfaller tidigast")] = None
    due_to: Annotated[Day | None, To(SupplierInvoiceRow.due_on, "Förfaller senast")] = None


SUPPLIER_INVOICES = ListOf(
    select(SupplierInvoiceRow),
    scope=queries.REACH,
    sorts=named(
        SupplierInvoiceRow.received_on,
        SupplierInvoiceRow.due_on,
        SupplierInvoiceRow.number,
        SupplierInvoiceRow.net_ore,
    ),
    default="-received_on",
    view=SupplierInvoiceView.of,
)


class PayableQuery(ListQuery):
    """Which invoices of those that may be paid."""

    supplier_id: Annotated[SupplierId | None, Eq(SupplierInvoiceRow.supplier_id)] = None
    due_to: Annotated[Day | None, To(SupplierInvoiceRow.due_on, "Förfaller senast")] = None


PAYABLE = ListOf(
    select(SupplierInvoiceRow),
    scope=queries.PAYABLE_REACH,
    sorts=named(SupplierInvoiceRow.due_on),
    default="due_on",
    view=Payable.of,
)


@router.get("/supplier-invoices", summary="Leverantörsfakturor")
async def list_supplier_invoices(
    reader: Reader, asked: Annotated[SupplierInvoiceQuery, Query()]
) -> Page[SupplierInvoiceView]:
    """Leverantörsfakturor för vad dina enheter har köpt, för kundtjänst alla; de senaste först
    (BIL-6).
    """
    return await SUPPLIER_INVOICES.page(asked, reader)


@router.get("/supplier-invoices:payable", summary="Leverantörsfakturor att betala")
async def list_payable(reader: Reader, asked: Annotated[PayableQuery, Query()]) -> Page[Payable]:
    """Det som stämmer eller har släppts, efter förfallodag (BIL-6). Kreditfakturor dras av."""
    status = SupplierInvoiceRow.status.in_(domain.PAYABLE)
    return await PAYABLE.page(asked, reader, status)


@router.get(
    "/supplier-invoices:export",
    summary="Leverantörsfakturor att betala som fil",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {}}}},
)
async def export_payable(reader: Reader) -> Response:
    """Allt som får betalas som CSV, efter förfallodag, för regionens ekonomisystem (BIL-6). En
    faktura står i filen en gång, med samma leverantör och nummer varje gång filen hämtas.
    """
    return StreamingResponse(
        _file(reader),
        media_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{reader.region}-att-betala.csv"',
            "Cache-Control": "no-store",
        },
    )


@router.get("/supplier-invoices/{supplier_invoice_id}", summary="En leverantörsfaktura")
async def show_supplier_invoice(
    supplier_invoice_id: UUID, reader: Reader, tx: ReadTransaction
) -> SupplierInvoiceWithLines:
    """En leverantörsfaktura med rader, vad de stämdes av mot, och varför den väntar (BIL-6)."""
    row = await reader.get(
        SupplierInvoiceRow, supplier_invoice_id, scope=queries.REACH, rule="BIL-6"
    )
    purchased = await queries.lines_matched(tx, row)
    return SupplierInvoiceWithLines.with_lines(row, purchased)


@router.get("/supplier-invoices/{supplier_invoice_id}/story", summary="Vad som har hänt")
async def tell_supplier_invoice(supplier_invoice_id: UUID, reader: Reader) -> Story:
    """Varför en leverantörsfaktura är som den är, och vad som kommer (REF-6)."""
    row = await reader.get(
        SupplierInvoiceRow, supplier_invoice_id, scope=queries.REACH, rule="BIL-6"
    )
    due = await reader.due(*story.TIMERS, of=[supplier_invoice_id])
    return Story(
        items=told(await reader.log_of(row), by=story.tell), next=list(story.what_comes(due))
    )


@router.post("/supplier-invoices", status_code=201, summary="Registrera en leverantörsfaktura")
async def receive_supplier_invoice(
    body: SupplierInvoiceBody, commands: Commands
) -> SupplierInvoiceWithLines:
    """Registrera en leverantörsfaktura eller kreditfaktura: den stäms av mot inköpsorder och
    mottagning direkt (BIL-6). Samma nummer igen med samma innehåll ändrar ingenting.

    Nekas: UNKNOWN_SUPPLIER, DUPLICATE_NUMBER, NEGATIVE_PRICE, SUMS_DIFFER (BIL-6),
    DAY_TOO_FAR_AHEAD, DAY_TOO_LONG_AGO (DAY-2).
    """
    key = domain.invoice_id(commands.caller.region, body.supplier_id, body.number)
    values = {name: getattr(body, name) for name in SupplierInvoiceBody.model_fields}
    command = ReceiveSupplierInvoice(**values, by=commands.caller.user_id)
    return await commands.run(command, target=key, rule="BIL-6", show=show_with_lines(key))


@router.post("/supplier-invoices/{supplier_invoice_id}:release", summary="Släpp till betalning")
async def release_supplier_invoice(
    supplier_invoice_id: UUID, commands: Commands, body: ReleaseInvoiceBody | None = None
) -> SupplierInvoiceWithLines:
    """Betala en faktura som väntar som den är; vem som släppte den, och varför, står kvar (BIL-6).
    Det som den är på betalas inte på någon annan faktura.

    Nekas: UNKNOWN_SUPPLIER_INVOICE, NOT_HELD (BIL-6).
    """
    return await commands.run(
        ReleaseHeldInvoice(reason=body.reason if body else None, by=commands.caller.user_id),
        target=supplier_invoice_id,
        scope=queries.REACH,
        rule="BIL-6",
        show=show_with_lines(supplier_invoice_id),
    )


@router.post("/supplier-invoices/{supplier_invoice_id}:reject", summary="Avvisa en faktura")
async def reject_supplier_invoice(
    supplier_invoice_id: UUID, body: RejectInvoiceBody, commands: Commands
) -> SupplierInvoiceWithLines:
    """Betala inte en faktura som väntar; vem som avvisade den, och varför, står kvar (BIL-6).

    Nekas: UNKNOWN_SUPPLIER_INVOICE, NOT_HELD (BIL-6).
    """
    return await commands.run(
        RejectHeldInvoice(reason=body.reason, by=commands.caller.user_id),
        target=supplier_invoice_id,
        scope=queries.REACH,
        rule="BIL-6",
        show=show_with_lines(supplier_invoice_id),
    )


def show_with_lines(
    key: UUID,
) -> Callable[[Transaction], Awaitable[SupplierInvoiceWithLines]]:
    """How a command answers with the invoice that it was about."""

    async def show(tx: Transaction) -> SupplierInvoiceWithLines:
        row = await tx.get(SupplierInvoiceRow, key, rule="BIL-6")
        purchased = await queries.lines_matched(tx, row)
        return SupplierInvoiceWithLines.with_lines(row, purchased)

    return show


async def _file(reader: Reader) -> AsyncIterator[bytes]:
    columns = [name for name in Payable.model_fields if name != "status"]
    yield _row(columns)
    async for row in queries.payable(reader):
        shown = Payable.of(row)
        yield _row(getattr(shown, name) for name in columns)


def _row(values: Iterable[object]) -> bytes:
    written = io.StringIO()
    csv.writer(written, delimiter=";").writerow("" if one is None else str(one) for one in values)
    return written.getvalue().encode()
