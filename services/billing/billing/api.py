"""What billing shows over HTTP: invoices as data and as PDF, charges, who paid for a device when.
Reads only.
"""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from kvitt_chassis.filters import Eq, From, To, Where
from kvitt_chassis.http import ApiRouter, ListOf, ListQuery, Page, Reader, RegionWide, named
from kvitt_contracts.billing import CHARGED
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import ArticleNumber, Day, DeviceId, Known, PayerId, Word
from pydantic import Field
from sqlalchemy import select

from billing import queries
from billing.domain import ChargeStatus
from billing.models import (
    ChargeRow,
    DeviceRow,
    DocumentRow,
    InvoiceRow,
    InvoiceRunRow,
    PayerRow,
    SetAsideRow,
)
from billing.views import (
    ChargeView,
    DevicePayers,
    InvoiceView,
    InvoiceWithLines,
    PayerView,
    RunView,
    SetAsideView,
)

router = ApiRouter(tags=["Betalning"])

Month = Annotated[str, Field(pattern=r"^\d{4}-\d{2}$")]
_MONTH = "Månad, t.ex. 2026-05"


class InvoiceQuery(ListQuery):
    """Which invoices."""

    number: Annotated[
        str | None, Field(min_length=1, max_length=20), Eq(InvoiceRow.number, "Fakturanummer")
    ] = None
    month: Annotated[Month | None, Eq(InvoiceRow.month, _MONTH)] = None
    payer_id: Annotated[
        PayerId | None, Where(lambda payer, _: InvoiceRow.payer_key == f"unit/{payer}")
    ] = None
    person: Annotated[
        UUID | None,
        Where(lambda person, _: InvoiceRow.payer_key == f"patient/{person}", "Patientens referens"),
    ] = None
    is_credit: Annotated[bool | None, Eq(InvoiceRow.is_credit)] = None


INVOICES = ListOf(
    select(InvoiceRow),
    scope=queries.INVOICES_REACH,
    sorts=named(InvoiceRow.issued_on, InvoiceRow.number, InvoiceRow.gross_ore),
    default="-number",
    view=InvoiceView.of,
)


@router.get("/invoices", summary="Fakturor och kreditnotor")
async def list_invoices(
    reader: Reader, asked: Annotated[InvoiceQuery, Query()]
) -> Page[InvoiceView]:
    """Fakturor på dina enheters betalare, för kundtjänst alla i regionen; de nyaste först."""
    return await INVOICES.page(asked, reader)


@router.get("/invoices/{invoice_id}", summary="En faktura med specifikation")
async def show_invoice(invoice_id: UUID, reader: Reader) -> InvoiceWithLines:
    """En faktura med sina rader (BIL-9)."""
    row = await reader.get(InvoiceRow, invoice_id, scope=queries.INVOICES_REACH, rule="BIL-9")
    return InvoiceWithLines.of(row)


@router.get(
    "/invoices/{invoice_id}/pdf",
    summary="En faktura som PDF",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}}},
)
async def print_invoice(invoice_id: UUID, reader: Reader) -> Response:
    """Fakturan som dokument, som den var den dag då den utfärdades (BIL-9).

    Nekas: NOT_MADE_YET (BIL-9), när dokumentet för det som nyss utfärdades håller på att göras.
    """
    row = await reader.get(InvoiceRow, invoice_id, scope=queries.INVOICES_REACH, rule="BIL-9")
    document = await reader.look_up(DocumentRow, invoice_id)
    if document is None or document.pdf is None:
        raise _not_made_yet()
    return Response(
        document.pdf,
        media_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{row.number}.pdf"'},
    )


@router.get(
    "/invoices/{invoice_id}/ubl",
    summary="En faktura som e-faktura",
    response_class=Response,
    responses={200: {"content": {"application/xml": {}}}},
)
async def show_electronic_invoice(invoice_id: UUID, reader: Reader) -> Response:
    """Fakturan som Peppol BIS Billing 3 (UBL 2.1), som den var den dag då den utfärdades (BIL-9).

    Nekas: NOT_ELECTRONIC (BIL-9), när betalaren inte tar emot e-faktura. NOT_MADE_YET (BIL-9), när
    den för det som nyss utfärdades håller på att göras.
    """
    row = await reader.get(InvoiceRow, invoice_id, scope=queries.INVOICES_REACH, rule="BIL-9")
    document = await reader.look_up(DocumentRow, invoice_id)
    if document is None or document.parties is None:
        raise Refused(
            "NOT_ELECTRONIC",
            rule="BIL-9",
            way_on="Betalaren hade ingen e-fakturaadress när den utfärdades. Hämta den som PDF.",
        )
    if document.ubl is None:
        raise _not_made_yet()
    return Response(
        document.ubl,
        media_type="application/xml",
        headers={"Content-Disposition": f'inline; filename="{row.number}.xml"'},
    )


def _not_made_yet() -> Refused:
    return Refused(
        "NOT_MADE_YET",
        rule="BIL-9",
        way_on="Dokumentet görs just nu. Hämta det igen om en stund.",
    )


class ChargeQuery(ListQuery):
    """Which charges."""

    kind: Annotated[Word | None, Known(*CHARGED), Eq(ChargeRow.kind)] = None
    status: Annotated[
        ChargeStatus | None, Eq(ChargeRow.status, "deferred: väntar, raised, cancelled: utgår")
    ] = None
    order_id: Annotated[UUID | None, Eq(ChargeRow.order_id)] = None
    device_id: Annotated[
        UUID | None, Eq(ChargeRow.device_id, "Hjälpmedlet vars avgift väntar eller har väntat")
    ] = None
    due_from: Annotated[Day | None, From(ChargeRow.due_on, "Väntar till dagen eller senare")] = None
    due_to: Annotated[Day | None, To(ChargeRow.due_on, "Väntar högst till dagen")] = None
    payer_id: Annotated[
        PayerId | None, Where(lambda payer, _: ChargeRow.payer_key == f"unit/{payer}")
    ] = None


CHARGES = ListOf(
    select(ChargeRow),
    scope=queries.CHARGES_REACH,
    sorts=named(ChargeRow.charged_on),
    default="-charged_on",
    view=ChargeView.of,
)


@router.get("/charges", summary="Debiteringar")
async def list_charges(reader: Reader, asked: Annotated[ChargeQuery, Query()]) -> Page[ChargeView]:
    """Köp, avgifter och tjänster på dina enheters betalare, för kundtjänst alla; nyast först."""
    return await CHARGES.page(asked, reader)


@router.get("/devices/{device_id}/payers", summary="Vem som betalar ett hjälpmedel, och när")
async def show_payers(device_id: UUID, reader: Reader) -> DevicePayers:
    """Vem som betalar ett hjälpmedel från vilken dag (BIL-1); kundtjänst ser alla dagar."""
    key = DeviceId(device_id)
    row = await reader.get(DeviceRow, key, scope=queries.DEVICES_REACH, rule="BIL-1")
    return DevicePayers.of(row).of_these(await queries.payers_of(reader))


class DeviceQuery(ListQuery):
    """Which devices."""

    article_number: Annotated[ArticleNumber | None, Eq(DeviceRow.article_number)] = None


DEVICES = ListOf(
    select(DeviceRow),
    scope=queries.DEVICES_REACH,
    sorts=named(DeviceRow.article_number, DeviceRow.device_id),
    default="article_number",
    view=DevicePayers.of,
)
PAYERS = ListOf(
    select(PayerRow),
    scope=queries.PAYERS_REACH,
    sorts=named(PayerRow.payer_id, PayerRow.name),
    default="payer_id",
    view=PayerView.of,
)
RUNS = ListOf(
    select(InvoiceRunRow),
    scope=RegionWide(InvoiceRunRow.region, because="a run is for every payer"),
    sorts=named(InvoiceRunRow.month),
    default="-month",
    view=RunView.of,
)


@router.get("/devices", summary="Hjälpmedel som har varit utlånade, med betalare")
async def list_device_payers(
    reader: Reader, asked: Annotated[DeviceQuery, Query()]
) -> Page[DevicePayers]:
    """Hjälpmedel som dina enheters betalare betalar eller har betalat, från vilken dag (BIL-1); för
    kundtjänst alla.
    """
    page = await DEVICES.page(asked, reader)
    payers = await queries.payers_of(reader)
    return page.model_copy(update={"items": [one.of_these(payers) for one in page.items]})


@router.get("/payers", summary="Betalare")
async def list_payers(reader: Reader, asked: Annotated[ListQuery, Query()]) -> Page[PayerView]:
    """Dina enheters betalare; för kundtjänst alla."""
    return await PAYERS.page(asked, reader)


@router.get("/invoice-runs", summary="Månadernas faktureringar")
async def list_runs(reader: Reader, asked: Annotated[ListQuery, Query()]) -> Page[RunView]:
    """Månaderna som har fakturerats; de nyaste först."""
    return await RUNS.page(asked, reader)


class SetAsideQuery(ListQuery):
    """Which devices and payers that were set aside."""

    month: Annotated[Month | None, Eq(SetAsideRow.month, _MONTH)] = None


SET_ASIDE = ListOf(
    select(SetAsideRow),
    scope=RegionWide(SetAsideRow.region, because="who operates a run looks at all of it"),
    sorts=named(SetAsideRow.set_aside_at),
    default="-set_aside_at",
    view=SetAsideView.of,
)


@router.get("/set-aside", summary="Vad en månads fakturering inte klarade")
async def list_set_aside(
    reader: Reader, asked: Annotated[SetAsideQuery, Query()]
) -> Page[SetAsideView]:
    """Hjälpmedel och betalare som en månads fakturering inte klarade, och varför; de nyaste först
    (BIL-9).
    """
    return await SET_ASIDE.page(asked, reader)
