"""What billing shows over HTTP: invoices as data and as PDF, charges, who paid for a device when.
Reads only.
"""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response
from kvitt_chassis.http import ApiRouter, Listing, Page, Reader
from kvitt_contracts.billing import ChargeKind, InvoiceLine
from kvitt_contracts.types import ArticleNumber, DeviceId, DeviceNumber, Money, Payer, PayerId
from pydantic import BaseModel, Field
from sqlalchemy import select

from billing import pdf
from billing.models import (
    ArticleRow,
    ChargeRow,
    DeviceRow,
    InvoiceRow,
    InvoiceRunRow,
    PayerRow,
)

router = ApiRouter(tags=["Betalning"])

Month = Annotated[str, Query(pattern=r"^\d{4}-\d{2}$", description="Månad, t.ex. 2026-05")]


class InvoiceView(BaseModel):
    """En faktura eller kreditnota, utan specifikation."""

    id: UUID
    number: Annotated[str, Field(description="Fakturanummer")]
    payer: Annotated[Payer, Field(description="Betalare: en enhet eller en patient")]
    month: Annotated[str, Field(description="Månaden som fakturan avser")]
    issued_on: date
    is_credit: Annotated[bool, Field(description="Sant för en kreditnota")]
    net_ore: Annotated[int, Field(description="Belopp utan moms, i öre")]
    vat_ore: Annotated[int, Field(description="Moms, i öre")]
    gross_ore: Annotated[int, Field(description="Att betala, i öre")]

    @classmethod
    def of(cls, row: InvoiceRow) -> "InvoiceView":
        """The view of a row."""
        return cls.model_validate(row, from_attributes=True)


class InvoiceWithLines(InvoiceView):
    """En faktura med sin specifikation: en rad per debitering, eller per hjälpmedel och dagar."""

    lines: list[InvoiceLine]

    @classmethod
    def of(cls, row: InvoiceRow) -> "InvoiceWithLines":
        """The view of a row."""
        return cls.model_validate(row, from_attributes=True)


class ChargeView(BaseModel):
    """En debitering: ett köp eller en egenavgift."""

    id: UUID
    kind: ChargeKind
    payer: Payer
    order_id: UUID
    line_id: UUID
    article_number: ArticleNumber
    quantity: int
    amount: Money
    charged_on: date
    invoice_id: Annotated[UUID | None, Field(description="Fakturan som den står på, om någon")]

    @classmethod
    def of(cls, row: ChargeRow) -> "ChargeView":
        """The view of a row."""
        return cls.model_validate(row, from_attributes=True)


class PayerView(BaseModel):
    """En betalare."""

    payer_id: PayerId
    name: str

    @classmethod
    def of(cls, row: PayerRow) -> "PayerView":
        """The view of a row."""
        return cls.model_validate(row, from_attributes=True)


class PayerPeriod(BaseModel):
    """Vem som betalar ett hjälpmedel från en dag; tomt när ingen gör det (i förråd)."""

    from_day: date
    payer_id: PayerId | None


class DevicePayers(BaseModel):
    """Ett hjälpmedels betalare, dag för dag."""

    device_id: UUID
    device_number: DeviceNumber
    article_number: ArticleNumber
    periods: list[PayerPeriod]

    @classmethod
    def of(cls, row: DeviceRow) -> "DevicePayers":
        """The view of a row, oldest period first."""
        points = sorted(row.points, key=lambda point: point.effective_on)
        return cls(
            device_id=row.device_id,
            device_number=row.device_number,
            article_number=row.article_number,
            periods=[PayerPeriod(from_day=p.effective_on, payer_id=p.payer_id) for p in points],
        )


class RunView(BaseModel):
    """En månads fakturering."""

    month: str
    status: str
    through: date
    invoices: int

    @classmethod
    def of(cls, row: InvoiceRunRow) -> "RunView":
        """The view of a row."""
        return cls.model_validate(row, from_attributes=True)


@router.get("/invoices", summary="Fakturor och kreditnotor")
async def list_invoices(
    reader: Reader,
    listing: Listing,
    month: Month | None = None,
    payer_id: PayerId | None = None,
    person: Annotated[UUID | None, Query(description="Patientens referens")] = None,
    is_credit: bool | None = None,
) -> Page[InvoiceView]:
    """Invoices of the region; newest first."""
    query = select(InvoiceRow)
    if month is not None:
        query = query.where(InvoiceRow.month == month)
    if payer_id is not None:
        query = query.where(InvoiceRow.payer_key == f"unit/{payer_id}")
    if person is not None:
        query = query.where(InvoiceRow.payer_key == f"patient/{person}")
    if is_credit is not None:
        query = query.where(InvoiceRow.is_credit.is_(is_credit))
    sorts = {
        "issued_on": InvoiceRow.issued_on,
        "number": InvoiceRow.number,
        "gross_ore": InvoiceRow.gross_ore,
    }
    return await reader.page(query, listing, view=InvoiceView.of, sorts=sorts, default="-number")


@router.get("/invoices/{invoice_id}", summary="En faktura med specifikation")
async def show_invoice(invoice_id: UUID, reader: Reader) -> InvoiceWithLines:
    """One invoice with its lines (BIL-9)."""
    return InvoiceWithLines.of(await reader.get(InvoiceRow, invoice_id, rule="BIL-9"))


@router.get(
    "/invoices/{invoice_id}/pdf",
    summary="En faktura som PDF",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}}},
)
async def print_invoice(invoice_id: UUID, reader: Reader) -> Response:
    """The invoice as a document (BIL-9)."""
    row = await reader.get(InvoiceRow, invoice_id, rule="BIL-9")
    names = await _article_names(reader, row.lines)
    payer = await reader.look_up(PayerRow, row.payer.payer_id) if row.payer.kind == "unit" else None
    document = pdf.invoice(row.state(), articles=names, payer_name=payer.name if payer else None)
    return Response(
        document,
        media_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{row.number}.pdf"'},
    )


@router.get("/charges", summary="Debiteringar")
async def list_charges(
    reader: Reader,
    listing: Listing,
    kind: ChargeKind | None = None,
    order_id: UUID | None = None,
    payer_id: PayerId | None = None,
) -> Page[ChargeView]:
    """Sales and fees; newest first."""
    query = select(ChargeRow)
    if kind is not None:
        query = query.where(ChargeRow.kind == kind)
    if order_id is not None:
        query = query.where(ChargeRow.order_id == order_id)
    if payer_id is not None:
        query = query.where(ChargeRow.payer_key == f"unit/{payer_id}")
    sorts = {"charged_on": ChargeRow.charged_on}
    return await reader.page(query, listing, view=ChargeView.of, sorts=sorts, default="-charged_on")


@router.get("/devices/{device_id}/payers", summary="Vem som betalar ett hjälpmedel, och när")
async def show_payers(device_id: UUID, reader: Reader) -> DevicePayers:
    """Who pays for a device from which day (BIL-1)."""
    return DevicePayers.of(await reader.get(DeviceRow, DeviceId(device_id), rule="BIL-1"))


@router.get("/devices", summary="Hjälpmedel som har varit utlånade, med betalare")
async def list_device_payers(
    reader: Reader, listing: Listing, article_number: ArticleNumber | None = None
) -> Page[DevicePayers]:
    """Devices with who pays for them from which day (BIL-1)."""
    query = select(DeviceRow)
    if article_number is not None:
        query = query.where(DeviceRow.article_number == article_number)
    sorts = {"article_number": DeviceRow.article_number, "device_id": DeviceRow.device_id}
    return await reader.page(
        query, listing, view=DevicePayers.of, sorts=sorts, default="article_number"
    )


@router.get("/payers", summary="Betalare")
async def list_payers(reader: Reader, listing: Listing) -> Page[PayerView]:
    """The region's payers."""
    sorts = {"payer_id": PayerRow.payer_id, "name": PayerRow.name}
    return await reader.page(
        select(PayerRow), listing, view=PayerView.of, sorts=sorts, default="payer_id"
    )


@router.get("/invoice-runs", summary="Månadernas faktureringar")
async def list_runs(reader: Reader, listing: Listing) -> Page[RunView]:
    """The months that have been invoiced; newest first."""
    sorts = {"month": InvoiceRunRow.month}
    return await reader.page(
        select(InvoiceRunRow), listing, view=RunView.of, sorts=sorts, default="-month"
    )


async def _article_names(reader: Reader, lines: tuple[InvoiceLine, ...]) -> dict[Any, str]:
    numbers = {line.article_number for line in lines}
    query = select(ArticleRow).where(ArticleRow.article_number.in_(sorted(numbers)))
    return {row.article_number: row.name for row in await reader.all(query)}
