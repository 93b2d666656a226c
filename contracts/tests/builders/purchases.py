"""Suppliers, what is ordered direct from them, and the purchase orders that it is bought by."""

from typing import Any

from kvitt_contracts.inventory import ArticleListed
from kvitt_contracts.orders import (
    OrderDeliveryChanged,
    OrderLinePlanned,
    OrderLineReduced,
    OrderLineVoided,
    OrderPlacedV2,
    PurchaseOrderCreated,
    PurchaseOrderDeviationReported,
    PurchaseOrderReceiptDue,
    PurchaseOrderReminderDue,
    SuppliedLine,
    SupplierRegistered,
)
from kvitt_contracts.policy import Policies
from kvitt_contracts.regions import SupplierDelayStated, SupplierStated

from contracts.tests.builders.areas import with_policy
from contracts.tests.builders.inventory import an_article_listed
from contracts.tests.builders.orders import a_line, an_order_placed
from contracts.tests.builders.shapes import build
from contracts.tests.builders.story import (
    CENTRAL,
    PURCHASING,
    SENDER,
    SENDING,
    SERVICE,
    line_id,
    order_id,
    purchase_order_id,
)

SUPPLIER, OTHER_SUPPLIER = "nordhjalp", "stegvis"
"""Two suppliers that are made up."""

WALKER, RAMP = "31001", "31002"
"""Two articles that the central store does not keep, the first one marked."""


def with_purchasing_store(delivered: Policies, *, region: str = "ac", **changes: Any) -> Policies:
    """These policies, of which one region has a purchasing store."""
    stores = {"central": CENTRAL, "purchasing": PURCHASING}
    return with_policy(delivered, region=region, **{"stores": stores, **changes})


def a_supplier_stated(supplier: str = SUPPLIER, **changes: Any) -> SupplierStated:
    """A supplier with how it is reached."""
    values = {
        "version": 1,
        "supplier_id": supplier,
        "name": "Nordhjälp AB",
        "organisation_number": "559999-0008",
        "order_email": "order@nordhjalp.example",
        "phone": "090-10 20 30",
        "address": {"street": "Industrigatan 4", "postal_code": "90330", "city": "Umeå"},
    }
    return build(SupplierStated, values, changes)


def a_supplier_delay_stated(
    number: str = "26100001", *, version: int = 1, lines: tuple[int, ...] = ()
) -> SupplierDelayStated:
    """A supplier delivers on 16 March, all of it unless told."""
    values = {
        "version": version,
        "purchase_order_number": number,
        "lines": lines,
        "expected_on": "2026-03-16",
    }
    return build(SupplierDelayStated, values, {})


def a_supplier_registered(supplier: str = SUPPLIER, **changes: Any) -> SupplierRegistered:
    """A supplier that orders can be sent to by mail."""
    values = {
        "supplier_id": supplier,
        "name": "Nordhjälp AB",
        "organisation_number": "559999-0008",
        "is_active": True,
        "has_order_address": True,
    }
    return build(SupplierRegistered, values, changes)


def a_direct_article(
    number: str = WALKER, *, marked: bool = True, supplier: str = SUPPLIER, **changes: Any
) -> ArticleListed:
    """An article that the central store does not keep, of a supplier."""
    direct = {"is_kept_in_central": False, "supplier_id": supplier}
    return an_article_listed(number, marked=marked, **{**direct, **changes})


def a_direct_line(
    article: str = WALKER,
    quantity: int = 1,
    *,
    supplier: str = SUPPLIER,
    order: str = "O-1",
    number: int = 1,
) -> SuppliedLine:
    """A line that comes direct from a supplier."""
    placed = a_line(article, quantity, order=order, number=number, marked=article == WALKER)
    direct = {"supply": "direct", "store": PURCHASING, "supplier_id": supplier}
    return build(SuppliedLine, {**dict(placed), **direct}, {})


def a_central_line(*, order: str = "O-1", number: int = 2, **changes: Any) -> SuppliedLine:
    """A line that the central store serves, beside a direct one."""
    placed = a_line(order=order, number=number, **changes)
    return build(SuppliedLine, {**dict(placed), "supply": "central", "store": CENTRAL}, {})


def a_direct_order(
    *lines: SuppliedLine, reference: str | None = "O-1", **changes: Any
) -> OrderPlacedV2:
    """An order of which a line comes direct from a supplier."""
    placed = an_order_placed(reference=reference)
    values = {
        **{name: getattr(placed, name) for name in OrderPlacedV2.model_fields if name != "cover"},
        "consolidated": False,
        "lines": lines or (a_direct_line(order=reference or "O-1"),),
    }
    return build(OrderPlacedV2, values, changes)


def a_purchase_order_created(
    reference: str = "I-1", *, order: str = "O-1", **changes: Any
) -> PurchaseOrderCreated:
    """A purchase order of the order's first line."""
    line = {"line_id": line_id(order), "article_number": WALKER, "quantity": 1}
    values = {
        "purchase_order_id": purchase_order_id(reference),
        "purchase_order_number": "26100001",
        "reference": reference,
        "order_id": order_id(order),
        "supplier_id": SUPPLIER,
        "service_point": SENDING,
        "created_on": "2026-03-02",
        "expected_on": "2026-03-09",
        "is_sent_by_kvitt": False,
        "lines": (line,),
        "by": SENDER,
    }
    return build(PurchaseOrderCreated, values, changes)


def a_receipt_due(days_late: int = 0) -> PurchaseOrderReceiptDue:
    """Something is expected today, or was so many days ago."""
    values = {
        "purchase_order_id": purchase_order_id(),
        "service_point": SENDING,
        "days_late": days_late,
    }
    return build(PurchaseOrderReceiptDue, values, {})


def a_purchase_reminder_due(waits_for: str = "sending") -> PurchaseOrderReminderDue:
    """Something else was not done in time."""
    values = {
        "purchase_order_id": purchase_order_id(),
        "service_point": SENDING,
        "waits_for": waits_for,
    }
    return build(PurchaseOrderReminderDue, values, {})


def a_deviation_reported(
    kind: str = "damaged", *, purchase_order: str = "I-1", order: str = "O-1"
) -> PurchaseOrderDeviationReported:
    """A line's delivery was not as ordered."""
    values = {
        "purchase_order_id": purchase_order_id(purchase_order),
        "line_id": line_id(order),
        "kind": kind,
        "by": SENDER,
    }
    return build(PurchaseOrderDeviationReported, values, {})


def an_order_line_planned(*, is_changed: bool = False) -> OrderLinePlanned:
    """When a direct line is expected to leave its supplier."""
    values = {
        "order_id": order_id(),
        "line_id": line_id(),
        "planned_dispatch_on": "2026-03-16",
        "is_changed": is_changed,
        "prescriber": SENDER,
    }
    return build(OrderLinePlanned, values, {})


def an_order_line_voided(*, number: int = 1, **changes: Any) -> OrderLineVoided:
    """A direct line has no effect; customer service has voided it for the prescriber."""
    values = {
        "order_id": order_id(),
        "line_id": line_id(number=number),
        "reason": "CANNOT_DELIVER",
        "is_supplier_told": True,
        "prescriber": SENDER,
        "by": SERVICE,
        "asked_by": SENDER,
    }
    return build(OrderLineVoided, values, changes)


def an_order_delivery_changed(**changes: Any) -> OrderDeliveryChanged:
    """Customer service has made an order urgent, and lets it go in parts."""
    values = {
        "order_id": order_id(),
        "is_urgent": True,
        "is_consolidated": False,
        "by": SERVICE,
        "asked_by": SENDER,
    }
    return build(OrderDeliveryChanged, values, changes)


def an_order_line_reduced(quantity: int = 1, *, number: int = 1) -> OrderLineReduced:
    """Customer service has lowered a line."""
    values = {
        "order_id": order_id(),
        "line_id": line_id(number=number),
        "quantity": quantity,
        "by": SERVICE,
        "asked_by": SENDER,
    }
    return build(OrderLineReduced, values, {})
