"""What users do with suppliers' invoices over HTTP alone: one is named by its id."""

from typing import Annotated

from kvitt_contracts.billing import SupplierInvoiceLine
from kvitt_contracts.day_bounds import PlannedOn
from kvitt_contracts.envelope import Command
from kvitt_contracts.types import (
    DeviceNumber,
    OrderNumber,
    Ore,
    ReasonCode,
    SupplierId,
    SupplierInvoiceNumber,
    UserId,
)
from pydantic import Field


class ReceiveSupplierInvoice(Command):
    """Take in a supplier's invoice or credit note (BIL-6)."""

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
    by: UserId


class ReleaseHeldInvoice(Command):
    """Finance pays what is held as it is (BIL-6)."""

    by: UserId


class RejectHeldInvoice(Command):
    """Finance does not pay what is held (BIL-6)."""

    reason: ReasonCode
    by: UserId
