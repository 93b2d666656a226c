"""Topic `orders.customer-orders`: direct deliveries, receipts, lines by themselves.

Reserved: an order then has lines from the central store, from own stores and direct from suppliers
side by side. A line is in one purchase order at most, is received once, and is never both voided
and received (ORD-11, ORD-12, ORD-14).
"""

from datetime import date
from typing import Annotated

from pydantic import Field

from kvitt_contracts.envelope import Event
from kvitt_contracts.types import (
    Holder,
    MarkedDevice,
    Money,
    OrderId,
    OrderLineId,
    PurchaseOrderId,
    Quantity,
    ReasonCode,
    ReceiptId,
    RefusedLine,
    StoreId,
    UserId,
    Value,
)


class OrderLinePurchased(Event, type="orders.order.line-purchased.v1"):
    """A direct line is in a purchase order; in no other from now on (ORD-11)."""

    order_id: OrderId
    line_id: OrderLineId
    purchase_order_id: PurchaseOrderId


class ReportedLine(Value):
    """What has arrived of a direct line, at the price of the delivery note (ORD-12)."""

    line_id: OrderLineId
    purchase_order_id: PurchaseOrderId
    quantity: Quantity
    price: Money
    devices: tuple[MarkedDevice, ...] = ()


class OrderReceiptReported(Event, type="orders.order.receipt-reported.v1"):
    """Somebody at the service point reports a direct delivery (ORD-12).

    Inventory registers goods and devices in the purchasing store and hands them on, all or none: it
    answers LineDelivered or LineStocked for each line, or ReceiptRefused. Until then the lines are
    *receiving*. `deliver_to`: the recipient; a store where the recipient is inactive (REF-14).
    """

    order_id: OrderId
    receipt_id: ReceiptId
    received_on: date
    deliver_to: Holder
    lines: Annotated[tuple[ReportedLine, ...], Field(min_length=1)]
    by: UserId


class OrderReceiptRefused(Event, type="orders.order.receipt-refused.v1"):
    """Inventory refused the receipt, such as for a device number in use: its lines are *purchased*
    again (ORD-12).
    """

    order_id: OrderId
    receipt_id: ReceiptId
    refused: Annotated[tuple[RefusedLine, ...], Field(min_length=1)]


class OrderLineDiverted(Event, type="orders.order.line-diverted.v1"):
    """A received line is in a store instead of with its recipient, who is inactive (REF-14).

    No fee and no charge follow; customer service is notified.
    """

    order_id: OrderId
    line_id: OrderLineId
    store: StoreId


class OrderLineVoidRequested(Event, type="orders.order.line-void-requested.v1"):
    """Customer service requests that central lines be voided (ORD-14).

    Inventory answers LinesReleased or LinesKept. While lines are *voiding* none of them is
    purchased.
    """

    order_id: OrderId
    lines: Annotated[tuple[OrderLineId, ...], Field(min_length=1)]
    by: UserId
    asked_by: UserId


class OrderLineVoided(Event, type="orders.order.line-voided.v1"):
    """The line has no effect; the others go on (ORD-14).

    Also a line that inventory declined (ORD-6). `is_supplier_told` is True where the purchase order
    had been sent and whoever voids attests that the supplier knows.
    """

    order_id: OrderId
    line_id: OrderLineId
    reason: ReasonCode
    is_supplier_told: bool
    prescriber: UserId
    by: UserId | None = None
    asked_by: UserId | None = None


class OrderLineVoidRefused(Event, type="orders.order.line-void-refused.v1"):
    """The line goes on: the warehouse had begun (ORD-14)."""

    order_id: OrderId
    line_id: OrderLineId
    reason: ReasonCode
    prescriber: UserId


class OrderDeliveryChanged(Event, type="orders.order.delivery-changed.v1"):
    """Customer service made the delivery urgent, or let it go in parts or together (REF-12)."""

    order_id: OrderId
    is_urgent: bool
    is_consolidated: bool
    by: UserId
    asked_by: UserId


class OrderLineReduced(Event, type="orders.order.line-reduced.v1"):
    """Customer service lowered a line: `quantity` is what is left of it (REF-12)."""

    order_id: OrderId
    line_id: OrderLineId
    quantity: Quantity
    by: UserId
    asked_by: UserId


class OrderLinePlanned(Event, type="orders.order.line-planned.v1"):
    """When a direct line is expected to leave its supplier (ORD-4).

    `is_changed` when an earlier date was emitted: the prescriber is notified.
    """

    order_id: OrderId
    line_id: OrderLineId
    planned_dispatch_on: date
    is_changed: bool
    prescriber: UserId


ComingOrderEvent = (
    OrderLinePurchased
    | OrderReceiptReported
    | OrderReceiptRefused
    | OrderLineDiverted
    | OrderLineVoidRequested
    | OrderLineVoided
    | OrderLineVoidRefused
    | OrderDeliveryChanged
    | OrderLineReduced
    | OrderLinePlanned
)
"""Reserved events of an order."""
