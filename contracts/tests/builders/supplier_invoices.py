"""What billing matches: purchase orders as orders says them, invoices as regions state them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from kvitt_contracts.billing import SupplierInvoiceLine, SupplierInvoiceReminderDue
from kvitt_contracts.orders import (
    PurchaseLine,
    PurchaseOrderCreated,
    PurchaseOrderDeviationSettled,
    PurchaseOrderLineChanged,
    PurchaseOrderLineReceived,
    SupplierRegistered,
)
from kvitt_contracts.regions import SupplierInvoiceStated
from kvitt_contracts.types import Money, VatPercent, identify

from contracts.tests.builders import purchases
from contracts.tests.builders.shapes import build
from contracts.tests.builders.story import (
    DAY,
    ROLLATOR,
    SENDER,
    SENDING,
    SERVICE,
    line_id,
    purchase_order_id,
)

SUPPLIER, OTHER_SUPPLIER = "L1042", "L2077"
"""Two suppliers, with made-up names and valid organisation numbers that nobody has."""

PURCHASE_ORDER = "26100007"
COST = 100_000
"""What one of a line costs, in öre without VAT."""


def a_supplier_registered(supplier: str = SUPPLIER, **changes: Any) -> SupplierRegistered:
    """A supplier that is active."""
    numbered = "556000-1042" if supplier == SUPPLIER else "556000-2074"
    name = f"Testhjälpmedel {supplier} AB"
    return purchases.a_supplier_registered(
        supplier, **{"name": name, "organisation_number": numbered, **changes}
    )


def a_purchase_line(
    quantity: int = 1,
    *,
    order: str = "O-1",
    number: int = 1,
    article: str = ROLLATOR,
    net_ore: int | None = COST,
) -> PurchaseLine:
    """A line of a purchase order, at an agreed price unless told None."""
    return PurchaseLine.model_validate(
        {
            "line_id": line_id(order, number),
            "article_number": article,
            "quantity": quantity,
            "price": None if net_ore is None else Money(net_ore=net_ore),
        }
    )


def a_purchase_order_created(
    *lines: PurchaseLine, number: str = PURCHASE_ORDER, order: str = "O-1", **changes: Any
) -> PurchaseOrderCreated:
    """A unit has purchased of a supplier."""
    values = {
        "purchase_order_number": number,
        "supplier_id": SUPPLIER,
        "lines": lines or (a_purchase_line(order=order),),
    }
    return purchases.a_purchase_order_created(number, order=order, **{**values, **changes})


def a_purchase_line_changed(
    quantity: int,
    *,
    purchase_order: str = PURCHASE_ORDER,
    order: str = "O-1",
    number: int = 1,
    net_ore: int | None = None,
) -> PurchaseOrderLineChanged:
    """A line has changed with the supplier; 0: it is voided."""
    values = {
        "purchase_order_id": purchase_order_id(purchase_order),
        "line_id": line_id(order, number),
        "quantity": quantity,
        "price": None if net_ore is None else Money(net_ore=net_ore),
        "by": SERVICE,
        "asked_by": SENDER,
    }
    return build(PurchaseOrderLineChanged, values, {})


def a_purchase_line_received(
    quantity: int = 1,
    *,
    purchase_order: str = PURCHASE_ORDER,
    order: str = "O-1",
    number: int = 1,
    article: str = ROLLATOR,
    net_ore: int = COST,
    on: date = DAY,
) -> PurchaseOrderLineReceived:
    """So many of a line have been received, at this price for one."""
    item = {
        "line_id": line_id(order, number),
        "article_number": article,
        "quantity": quantity,
    }
    values = {
        "purchase_order_id": purchase_order_id(purchase_order),
        "item": item,
        "price": Money(net_ore=net_ore),
        "received_on": on,
    }
    return build(PurchaseOrderLineReceived, values, {})


def a_deviation_settled(
    how: str = "kept",
    *,
    purchase_order: str = PURCHASE_ORDER,
    order: str = "O-1",
    asked_by: str = SENDER,
) -> PurchaseOrderDeviationSettled:
    """Customer service has settled it."""
    values = {
        "purchase_order_id": purchase_order_id(purchase_order),
        "line_id": line_id(order),
        "how": how,
        "by": SERVICE,
        "asked_by": asked_by,
    }
    return build(PurchaseOrderDeviationSettled, values, {})


def an_invoice_line(
    quantity: int = 1, *, article: str | None = ROLLATOR, net_ore: int = COST, vat_percent: int = 25
) -> SupplierInvoiceLine:
    """What a supplier wants to have paid."""
    price = {"net_ore": net_ore, "vat_percent": vat_percent}
    line = {"article_number": article, "quantity": quantity, "price": price}
    return build(SupplierInvoiceLine, line, {})


def a_supplier_invoice_stated(
    number: str = "F-1",
    *,
    lines: Sequence[SupplierInvoiceLine] | None = None,
    purchase_order: str | None = PURCHASE_ORDER,
    **changes: Any,
) -> SupplierInvoiceStated:
    """A supplier's invoice whose sums add up; with `is_credit` a credit note."""
    stated = list(lines) if lines is not None else [an_invoice_line()]
    values = {
        "version": 1,
        "supplier_id": SUPPLIER,
        "number": number,
        "purchase_order_number": purchase_order,
        **_sums_of(stated),
        "due_on": date(2026, 4, 12),
        "lines": stated,
    }
    return build(SupplierInvoiceStated, values, changes)


def _sums_of(lines: Sequence[SupplierInvoiceLine]) -> dict[str, int]:
    """What the lines of an invoice come to: VAT is rounded once for each rate."""
    by_rate: dict[VatPercent, int] = {}
    for one in lines:
        rate = one.price.vat_percent
        by_rate[rate] = by_rate.get(rate, 0) + one.quantity * one.price.net_ore
    vat = [Money(net_ore=net, vat_percent=rate).vat_ore for rate, net in by_rate.items()]
    return {"net_ore": sum(by_rate.values()), "vat_ore": sum(vat)}


def a_supplier_invoice_reminder(service_point: str | None = SENDING) -> SupplierInvoiceReminderDue:
    """An invoice is still held; None: no unit is known to have purchased."""
    values = {
        "supplier_invoice_id": identify("ac", "supplier-invoice", f"{SUPPLIER}/F-1"),
        "service_point": service_point,
    }
    return build(SupplierInvoiceReminderDue, values, {})
