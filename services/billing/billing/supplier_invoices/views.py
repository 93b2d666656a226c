"""The views of suppliers' invoices."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from kvitt_chassis.http import Body
from kvitt_contracts.billing import ClearedLine, StatedInvoice, SupplierInvoiceLine
from kvitt_contracts.policy_parts import Seller
from kvitt_contracts.types import (
    Address,
    ArticleNumber,
    DeviceNumber,
    Endpoint,
    Known,
    Money,
    OrderLineId,
    OrderNumber,
    ReasonCode,
    RegionCode,
    ServicePointId,
    SupplierId,
    SupplierInvoiceNumber,
    UserId,
)
from pydantic import BaseModel, Field

from billing.supplier_invoices.domain import SupplierInvoiceStatus
from billing.supplier_invoices.matching.domain import Hold
from billing.supplier_invoices.models import PurchaseLineRow, SupplierInvoiceRow, TakeoverRow
from billing.supplier_invoices.reasons import REASONS


class SupplierInvoiceBody(StatedInvoice, Body):
    """En leverantörsfaktura, eller med `is_credit` en kreditfaktura. Inget belopp är negativt, och
    belopp är i öre: `net_ore` utan moms, `vat_ore` momsen.

    `number` är leverantörens fakturanummer och `due_on` förfallodagen. Utan `purchase_order_number`
    väntar fakturan; en kreditfaktura hör till fakturan som den drar av från, `credits`. Ett
    hjälpmedel som köptes från en annan region anges i stället för inköpsorder: `device_number`.
    """


class RejectInvoiceBody(Body):
    """Varför fakturan inte betalas."""

    reason: Annotated[ReasonCode, Field(description="T.ex. NOT_ORDERED, WRONG_DELIVERY, NOT_OURS")]


class ReleaseInvoiceBody(Body):
    """Varför fakturan betalas som den är."""

    reason: Annotated[
        ReasonCode | None,
        Field(description="T.ex. AGREED_WITH_SUPPLIER, RECEIVED_UNREPORTED, SMALL_DIFFERENCE"),
    ] = None


class HeldFor(BaseModel):
    """Varför en faktura väntar, och vad som kan göras."""

    code: Annotated[ReasonCode, Known(Hold)]
    says: Annotated[str, Field(description="Vad som inte stämmer")]
    way_on: Annotated[str, Field(description="Vad som kan göras")]


class SupplierInvoiceView(BaseModel):
    """En leverantörsfaktura, utan rader."""

    id: UUID
    supplier_id: SupplierId
    number: SupplierInvoiceNumber
    purchase_order_number: OrderNumber | None
    device_number: Annotated[
        DeviceNumber | None, Field(description="Hjälpmedlet som köptes från en annan region")
    ]
    service_point: Annotated[ServicePointId | None, Field(description="Enheten som köpte")]
    is_credit: bool
    credits: SupplierInvoiceNumber | None
    received_on: Annotated[date, Field(description="Dagen då den kom in")]
    due_on: date
    net_ore: int
    vat_ore: int
    gross_ore: Annotated[int, Field(description="Att betala, för en kreditfaktura att dra av")]
    status: Annotated[
        SupplierInvoiceStatus,
        Field(
            description="held: väntar, cleared: stämmer, released: släppt, rejected: betalas inte"
        ),
    ]
    held_for: Annotated[list[HeldFor], Field(description="Varför den väntar, eller väntade")]
    decided_by: Annotated[UserId | None, Field(description="Vem som släppte eller avvisade")]
    rejected_for: ReasonCode | None
    released_for: Annotated[
        ReasonCode | None, Field(description="Varför den släpptes, där det sades")
    ]

    @classmethod
    def of(cls, row: SupplierInvoiceRow) -> "SupplierInvoiceView":
        """The view of a row."""
        return cls(**_values(row))


class PurchasedLine(BaseModel):
    """En rad på inköpsordern som den är nu: beställt, mottaget och betalt."""

    line_id: OrderLineId
    article_number: ArticleNumber
    quantity: Annotated[int, Field(description="Beställt; 0 när raden är makulerad")]
    price: Annotated[Money | None, Field(description="Avtalat pris för en, efter mottagning")]
    received: Annotated[int, Field(description="Mottaget")]
    cleared: Annotated[int, Field(description="Betalt för det som stämde")]
    released: Annotated[int, Field(description="Betalt för det som ekonomi släppte")]


class SupplierInvoiceWithLines(SupplierInvoiceView):
    """En leverantörsfaktura med sina rader, vad den betalas för och inköpsorderns rader."""

    lines: list[SupplierInvoiceLine]
    matched: Annotated[list[ClearedLine], Field(description="Vad den betalas för av vilken rad")]
    purchase_lines: list[PurchasedLine]

    @classmethod
    def with_lines(
        cls, row: SupplierInvoiceRow, purchased: Iterable[PurchaseLineRow]
    ) -> "SupplierInvoiceWithLines":
        """The view of a row, with the lines of its purchase order."""
        lines = [PurchasedLine.model_validate(one, from_attributes=True) for one in purchased]
        return cls(
            **_values(row), lines=list(row.lines), matched=list(row.cleared), purchase_lines=lines
        )


class Payable(BaseModel):
    """En faktura som får betalas, eller en kreditfaktura som dras av."""

    id: UUID
    supplier_id: SupplierId
    number: SupplierInvoiceNumber
    purchase_order_number: OrderNumber | None
    is_credit: bool
    due_on: date
    net_ore: Annotated[int, Field(description="Negativt för en kreditfaktura")]
    vat_ore: int
    gross_ore: Annotated[int, Field(description="Att betala; negativt för en kreditfaktura")]
    status: SupplierInvoiceStatus

    @classmethod
    def of(cls, row: SupplierInvoiceRow) -> "Payable":
        """The view of a row."""
        sign = -1 if row.is_credit else 1
        return cls(
            id=row.id,
            supplier_id=row.supplier_id,
            number=row.number,
            purchase_order_number=row.purchase_order_number,
            is_credit=row.is_credit,
            due_on=row.due_on,
            net_ore=sign * row.net_ore,
            vat_ore=sign * row.vat_ore,
            gross_ore=sign * (row.net_ore + row.vat_ore),
            status=row.status,
        )


class InvoiceTo(BaseModel):
    """Vart en faktura ska, och vad den ska märkas med."""

    name: str
    address: Annotated[Address, Field(description="Postadress")]
    endpoint: Annotated[Endpoint, Field(description="E-fakturaadress, t.ex. GLN (0088)")]
    reference: Annotated[DeviceNumber, Field(description="Anges som ordernummer på fakturan")]


class TakeoverView(BaseModel):
    """Ett hjälpmedel som köptes från en annan region, och den säljande regionens faktura."""

    device_number: Annotated[DeviceNumber, Field(description="Individnumret när det köptes")]
    device_id: UUID | None
    article_number: ArticleNumber | None
    from_region: RegionCode | None
    service_point: ServicePointId | None
    bought_on: date | None
    value: Annotated[Money | None, Field(description="Vad det köptes för")]
    is_invoiced: Annotated[bool, Field(description="Falskt: fakturan väntas")]
    invoice_to: Annotated[
        InvoiceTo | None, Field(description="Säg detta till den säljande regionen")
    ] = None

    @classmethod
    def of(cls, row: TakeoverRow) -> "TakeoverView":
        """The view of a row, without where its invoice is to go."""
        names = cls.model_fields.keys() - {"is_invoiced", "invoice_to"}
        values = {name: getattr(row, name) for name in names}
        return cls(**values, is_invoiced=bool(row.cleared or row.released))

    def told(self, seller: Seller | None) -> "TakeoverView":
        """The view with where the invoice is to go (BIL-13): to the region as its policy names it
        as a seller, with the device's number.
        """
        if seller is None:
            return self
        to = InvoiceTo(
            name=seller.name,
            address=seller.address,
            endpoint=seller.endpoint,
            reference=self.device_number,
        )
        return self.model_copy(update={"invoice_to": to})


def _values(row: SupplierInvoiceRow) -> dict[str, Any]:
    names = SupplierInvoiceView.model_fields.keys() - {"gross_ore", "held_for"}
    known = [one for one in row.reasons if one in REASONS]
    return {name: getattr(row, name) for name in names} | {
        "gross_ore": row.net_ore + row.vat_ore,
        "held_for": [
            HeldFor(code=one, says=REASONS[one].says, way_on=REASONS[one].way_on) for one in known
        ],
    }
