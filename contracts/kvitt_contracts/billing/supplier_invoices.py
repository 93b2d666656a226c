"""Topic `billing.supplier-invoices`, one aggregate kind: an invoice that a supplier sent (BIL-6).
Its id is made of the supplier and the supplier's own number: nothing is taken in twice.
"""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field

from kvitt_contracts.day_bounds import PlannedOn
from kvitt_contracts.envelope import Command, Event
from kvitt_contracts.types import (
    ArticleNumber,
    DeviceNumber,
    Money,
    OrderLineId,
    OrderNumber,
    Ore,
    PolicyVersion,
    Quantity,
    ReasonCode,
    ServicePointId,
    SupplierId,
    SupplierInvoiceId,
    SupplierInvoiceNumber,
    UserId,
    Value,
)


class SupplierInvoiceLine(Value):
    """What the supplier wants paid: of an article, or of something else."""

    article_number: ArticleNumber | None = None
    quantity: Quantity
    price: Money


class StatedInvoice(BaseModel):
    """What a supplier's invoice says, by whichever way it comes: a region states it, finance fills
    it in, or it is read (BIL-6).
    """

    supplier_id: SupplierId
    number: SupplierInvoiceNumber
    purchase_order_number: OrderNumber | None = None
    device_number: DeviceNumber | None = None
    is_credit: bool = False
    credits: SupplierInvoiceNumber | None = None
    net_ore: Ore
    vat_ore: Ore
    due_on: PlannedOn
    lines: Annotated[tuple[SupplierInvoiceLine, ...], Field(min_length=1, max_length=1000)]


class SupplierInvoiceReceived(Event, type="billing.supplier-invoice.received.v1"):
    """A supplier wants to be paid, or credits (`is_credit`): matching begins (BIL-6).

    `credits`: the supplier's number of the invoice that a credit note takes back from, where it
    says so. `device_number` instead of a purchase order: of a device that was bought over from
    another region, as it was numbered then (BIL-13). All amounts are positive. It is matched by the
    `policy` of the day on which it came.
    """

    supplier_invoice_id: SupplierInvoiceId
    supplier_id: SupplierId
    number: SupplierInvoiceNumber
    purchase_order_number: OrderNumber | None = None
    device_number: DeviceNumber | None = None
    is_credit: bool
    credits: SupplierInvoiceNumber | None = None
    received_on: date
    net_ore: Ore
    vat_ore: Ore
    due_on: date
    lines: Annotated[tuple[SupplierInvoiceLine, ...], Field(min_length=1)]
    policy: PolicyVersion
    by: UserId | None = None


class SupplierInvoiceHeld(Event, type="billing.supplier-invoice.held.v1"):
    """Purchase order, receipt and invoice do not agree, for these reasons (BIL-6).

    Judged anew with each receipt, void and credit.
    """

    supplier_invoice_id: SupplierInvoiceId
    reasons: Annotated[tuple[ReasonCode, ...], Field(min_length=1)]


class SupplierInvoiceReminderDue(Event, type="billing.supplier-invoice.reminder-due.v1"):
    """It is still held after the policy's days, or so many days more: the purchasing unit is
    notified; customer service where no unit is known to have purchased it (BIL-6).
    """

    supplier_invoice_id: SupplierInvoiceId
    service_point: ServicePointId | None = None


class ClearedLine(Value):
    """What of a purchased line is paid. Never more than was received."""

    line_id: OrderLineId
    quantity: Quantity
    price: Money


class SupplierInvoiceCleared(Event, type="billing.supplier-invoice.cleared.v1"):
    """The three agree: it may be paid, or of a credit note: is taken back (BIL-6, ORD-12)."""

    supplier_invoice_id: SupplierInvoiceId
    lines: tuple[ClearedLine, ...]


class SupplierInvoiceReleased(Event, type="billing.supplier-invoice.released.v1"):
    """Finance lets a held one be paid as it is (BIL-6). `lines`: what it takes of what was
    purchased, so that no other invoice is paid for the same; emitted again with them where its
    purchase becomes known after that. `reason`: why, where finance said it.
    """

    supplier_invoice_id: SupplierInvoiceId
    lines: tuple[ClearedLine, ...] = ()
    reason: ReasonCode | None = None
    by: UserId


class SupplierInvoiceRejected(Event, type="billing.supplier-invoice.rejected.v1"):
    """Finance does not pay it (BIL-6)."""

    supplier_invoice_id: SupplierInvoiceId
    reason: ReasonCode
    by: UserId


SupplierInvoiceEvent = (
    SupplierInvoiceReceived
    | SupplierInvoiceHeld
    | SupplierInvoiceReminderDue
    | SupplierInvoiceCleared
    | SupplierInvoiceReleased
    | SupplierInvoiceRejected
)
"""Every event of a supplier's invoice."""


# -- commands ------------------------------------------------------------------------------------


class ReleaseSupplierInvoice(Command, type="billing.supplier-invoice.release.v1"):
    """Let a held invoice be paid as it is. Subject: the region's own reference."""

    supplier_id: SupplierId
    number: SupplierInvoiceNumber
    reason: ReasonCode | None = None
    by: UserId


class RejectSupplierInvoice(Command, type="billing.supplier-invoice.reject.v1"):
    """Do not pay it. Subject: the region's own reference."""

    supplier_id: SupplierId
    number: SupplierInvoiceNumber
    reason: ReasonCode
    by: UserId
