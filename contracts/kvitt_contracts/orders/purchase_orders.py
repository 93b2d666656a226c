"""Topic `orders.purchase-orders`, one aggregate kind: the purchase order, to one supplier and of
one order (ORD-11).

A line received or reduced to nothing is closed; with no open line left, so is the purchase order.
"""

from datetime import date
from typing import Annotated

from pydantic import Field

from kvitt_contracts.day_bounds import HappenedOn, PlannedOn
from kvitt_contracts.envelope import Command, Event
from kvitt_contracts.types import (
    Item,
    LineNumber,
    Money,
    OrderId,
    OrderLineId,
    OrderNumber,
    PurchaseOrderId,
    Reference,
    ServicePointId,
    SupplierId,
    UserId,
    Word,
)


class PurchaseLine(Item):
    """A line of a purchase order. `price` for one unit, where it was agreed."""

    price: Money | None = None
    has_comment: bool = False


class PurchaseOrderCreated(Event, type="orders.purchase-order.created.v1"):
    """A purchase order is created, with its number (ORD-2, ORD-11).

    Whoever created it makes sure that the supplier gets it, unless Kvitt sends it. Billing stores
    lines and prices to match the supplier's invoice against (BIL-6).
    """

    purchase_order_id: PurchaseOrderId
    purchase_order_number: OrderNumber
    reference: Reference | None = None
    order_id: OrderId
    supplier_id: SupplierId
    service_point: ServicePointId
    created_on: date
    expected_on: date
    is_sent_by_kvitt: bool
    lines: Annotated[tuple[PurchaseLine, ...], Field(min_length=1)]
    by: UserId
    asked_by: UserId | None = None


class PurchaseOrderSent(Event, type="orders.purchase-order.sent.v1"):
    """The supplier has it: `how` is `email`, `printed`, `portal`, `phone` (ORD-11). Without `by`
    Kvitt has sent it.
    """

    purchase_order_id: PurchaseOrderId
    how: Word
    sent_on: date
    by: UserId | None = None


class PurchaseOrderReceiptDue(Event, type="orders.purchase-order.receipt-due.v1"):
    """The expected day has come and something is not received: the service point is notified
    (ORD-12).

    Emitted again 14 days later, with that `days_late`, for customer service.
    """

    purchase_order_id: PurchaseOrderId
    service_point: ServicePointId
    days_late: Annotated[int, Field(ge=0)] = 0


class PurchaseOrderReminderDue(Event, type="orders.purchase-order.reminder-due.v1"):
    """Something else was not done in time; nothing changes: `waits_for` is `sending` (two working
    days) or `settlement` of a deviation (30 days).
    """

    purchase_order_id: PurchaseOrderId
    service_point: ServicePointId
    waits_for: Word


class PurchaseOrderDelayed(Event, type="orders.purchase-order.delayed.v1"):
    """The supplier delivers these lines later than planned (ORD-4)."""

    purchase_order_id: PurchaseOrderId
    lines: Annotated[tuple[OrderLineId, ...], Field(min_length=1)]
    expected_on: date
    by: UserId | None = None
    asked_by: UserId | None = None


class PurchaseOrderLineChanged(Event, type="orders.purchase-order.line-changed.v1"):
    """A line was changed with the supplier; `quantity` 0 means that it is voided (ORD-14).

    Billing expects the line as it is now.
    """

    purchase_order_id: PurchaseOrderId
    line_id: OrderLineId
    quantity: Annotated[int, Field(strict=True, ge=0, le=10_000)]
    price: Money | None = None
    by: UserId | None = None
    asked_by: UserId | None = None


class PurchaseOrderDeviationReported(Event, type="orders.purchase-order.deviation-reported.v1"):
    """A delivery was not as ordered: `short`, `wrong_article`, `too_many`, `damaged` (INV-8)."""

    purchase_order_id: PurchaseOrderId
    line_id: OrderLineId
    kind: Word
    by: UserId


class PurchaseOrderDeviationSettled(Event, type="orders.purchase-order.deviation-settled.v1"):
    """Customer service has settled it: `credited`, `delivered_anew`, `returned`, `kept`."""

    purchase_order_id: PurchaseOrderId
    line_id: OrderLineId
    how: Word
    by: UserId
    asked_by: UserId


class PurchaseOrderLineReceived(Event, type="orders.purchase-order.line-received.v1"):
    """Inventory has booked what was received of a line, at this price for one unit (ORD-12).

    Billing clears the supplier's invoice against it (BIL-6).
    """

    purchase_order_id: PurchaseOrderId
    item: Item
    price: Money
    received_on: date


PurchaseOrderEvent = (
    PurchaseOrderCreated
    | PurchaseOrderSent
    | PurchaseOrderReceiptDue
    | PurchaseOrderReminderDue
    | PurchaseOrderDelayed
    | PurchaseOrderLineChanged
    | PurchaseOrderDeviationReported
    | PurchaseOrderDeviationSettled
    | PurchaseOrderLineReceived
)
"""Every event of a purchase order."""


# -- commands ------------------------------------------------------------------------------------


class CreatePurchaseOrder(Command, type="orders.purchase-order.create.v1"):
    """Create a purchase order of an order's direct lines of one supplier (ORD-11).

    Subject: the region's own reference of the purchase order; `order` is the order's.
    """

    order: Reference
    supplier_id: SupplierId
    lines: Annotated[tuple[LineNumber, ...], Field(min_length=1, max_length=100)]
    is_sent_by_kvitt: bool = False
    by: UserId
    asked_by: UserId | None = None


class SendPurchaseOrder(Command, type="orders.purchase-order.send.v1"):
    """Record that the supplier has got it, and how (ORD-11)."""

    how: Word
    sent_on: HappenedOn
    by: UserId


class ChangePurchaseOrderLine(Command, type="orders.purchase-order.change-line.v1"):
    """Change a line with the supplier; `quantity` 0 voids it (ORD-14, REF-12)."""

    line: LineNumber
    quantity: Annotated[int, Field(strict=True, ge=0, le=10_000)]
    price: Money | None = None
    by: UserId
    asked_by: UserId


class DelayPurchaseOrder(Command, type="orders.purchase-order.delay.v1"):
    """Customer service records that the supplier delivers later (ORD-4, REF-12)."""

    lines: Annotated[tuple[LineNumber, ...], Field(min_length=1, max_length=100)]
    expected_on: PlannedOn
    by: UserId
    asked_by: UserId


class ReportDeviation(Command, type="orders.purchase-order.report-deviation.v1"):
    """Report that a delivery was not as ordered (INV-8)."""

    line: LineNumber
    kind: Word
    by: UserId


class SettleDeviation(Command, type="orders.purchase-order.settle-deviation.v1"):
    """Customer service records how a deviation was settled (REF-12)."""

    line: LineNumber
    how: Word
    by: UserId
    asked_by: UserId
