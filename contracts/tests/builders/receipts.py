"""Direct deliveries: orders of them, their receipts, and what the stores answer."""

from typing import Any

from kvitt_contracts.inventory import LineStocked, ReceiptRefused
from kvitt_contracts.orders import (
    OrderLineDiverted,
    OrderPlacedV2,
    OrderReceiptRefused,
    OrderReceiptReported,
    ReportedLine,
    SuppliedLine,
)
from kvitt_contracts.types import Holder

from contracts.tests.builders.orders import a_line, an_order_with_a_delayed_fee
from contracts.tests.builders.purchases import SUPPLIER
from contracts.tests.builders.shapes import build
from contracts.tests.builders.story import (
    CUSHION,
    OWN,
    PURCHASING,
    ROLLATOR,
    SENDER,
    a_patient,
    device_id,
    line_id,
    order_id,
    purchase_order_id,
    receipt_id,
)

PRICE = {"net_ore": 129_000, "vat_percent": 25}
"""The price of a delivery note: 1 290 kr."""


def a_direct_line(
    article: str = CUSHION,
    quantity: int = 1,
    *,
    order: str = "O-1",
    number: int = 1,
    **changes: Any,
) -> SuppliedLine:
    """A line of an order that comes direct from a supplier; a rollator is marked."""
    placed = a_line(article, quantity, order=order, number=number, marked=article == ROLLATOR)
    values = {
        **dict(placed),
        "supply": "direct",
        "store": PURCHASING,
        "supplier_id": SUPPLIER,
    }
    return build(SuppliedLine, values, changes)


def a_direct_order_placed(
    *lines: SuppliedLine, reference: str = "O-1", **changes: Any
) -> OrderPlacedV2:
    """An order that comes direct from a supplier."""
    placed = lines or (a_direct_line(order=reference),)
    return an_order_with_a_delayed_fee(*placed, reference=reference, **changes)


def a_reported_line(
    *devices: str, line: int = 1, quantity: int | None = None, order: str = "O-1", **changes: Any
) -> ReportedLine:
    """What has arrived of a line; each device with a serial number of its own."""
    values = {
        "line_id": line_id(order, line),
        "purchase_order_id": purchase_order_id(),
        "quantity": quantity or len(devices) or 1,
        "price": PRICE,
        "devices": tuple(
            {"device_number": number, "serial_number": f"SN-{number}"} for number in devices
        ),
    }
    return build(ReportedLine, values, changes)


def a_receipt_reported(
    *lines: ReportedLine,
    order: str = "O-1",
    receipt: str = "K-1",
    deliver_to: Holder | None = None,
    on: str = "2026-03-12",
    **changes: Any,
) -> OrderReceiptReported:
    """A direct delivery is reported by its prescriber, for the patient."""
    values = {
        "order_id": order_id(order),
        "receipt_id": receipt_id(receipt, order=order),
        "received_on": on,
        "deliver_to": deliver_to or a_patient(),
        "lines": lines or (a_reported_line(order=order),),
        "by": SENDER,
    }
    return build(OrderReceiptReported, values, changes)


def an_order_receipt_refused(
    order: str = "O-1", *, receipt: str = "K-1", reason: str = "DEVICE_NUMBER_TAKEN", line: int = 1
) -> OrderReceiptRefused:
    """Orders has heard that nothing of a receipt is booked."""
    refused = a_receipt_refused(order, receipt, reason=reason, line=line)
    return build(OrderReceiptRefused, dict(refused) | {"by": SENDER}, {})


def a_receipt_refused(
    order: str = "O-1",
    receipt: str = "K-1",
    *,
    reason: str = "DEVICE_NUMBER_TAKEN",
    line: int = 1,
) -> ReceiptRefused:
    """Nothing of a receipt is booked."""
    values = {
        "order_id": order_id(order),
        "receipt_id": receipt_id(receipt, order=order),
        "refused": ({"line_id": line_id(order, line), "reason": reason},),
    }
    return build(ReceiptRefused, values, {})


def a_line_stocked(
    order: str = "O-1",
    *devices: str,
    line: int = 1,
    article: str | None = None,
    quantity: int = 1,
    on: str = "2026-03-12",
    store: str = OWN,
) -> LineStocked:
    """A line is in a store instead of with its recipient."""
    values = {
        "order_id": order_id(order),
        "line_id": line_id(order, line),
        "article_number": article or (ROLLATOR if devices else CUSHION),
        "quantity": len(devices) or quantity,
        "devices": tuple(device_id(number) for number in devices),
        "store": store,
        "stocked_on": on,
    }
    return build(LineStocked, values, {})


def an_order_line_diverted(
    order: str = "O-1", *, line: int = 1, store: str = OWN
) -> OrderLineDiverted:
    """Orders has heard that a line is in a store."""
    values = {"order_id": order_id(order), "line_id": line_id(order, line), "store": store}
    return build(OrderLineDiverted, values, {})
