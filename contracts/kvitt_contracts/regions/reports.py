"""What a region's feed tells of its things, so that it can rebuild them: each message says the
whole of one thing as it is now, and the last one of a thing is what holds.
"""

from datetime import date
from operator import not_
from typing import Annotated

from pydantic import AwareDatetime, Field

from kvitt_contracts.billing.invoices import InvoiceLineV2
from kvitt_contracts.billing.ledger import Month
from kvitt_contracts.envelope import Event
from kvitt_contracts.inventory.stocktakings import StockDifference
from kvitt_contracts.types import (
    ArticleNumber,
    CustomerId,
    DeviceId,
    DeviceNumber,
    Flag,
    LineNumber,
    Money,
    NamedRecipient,
    OrderLineId,
    OrderNumber,
    Ore,
    PayerId,
    ReasonCode,
    Reference,
    RefusedDevice,
    RefusedLine,
    ServicePointId,
    StoreId,
    SupplierId,
    Thing,
    UserId,
    Value,
    Word,
)

Pieces = Annotated[int, Field(ge=0)]


class Reported(Event):
    status: Word
    occurred_at: AwareDatetime
    business_day: Annotated[date, Field(description="the Stockholm day that it counts for")]


class DeviceReported(Reported, type="region.device.reported.v1"):
    """On the region's feed: a device was registered, got another number, or is `lost`, `scrapped`,
    `sold`, `investigated`, `returned_to_supplier` or `in_use` again.

    The key is the device's id, which stays: what else is told of the device names it by that.
    `before` is the number that it had, in the message that tells of the new one.
    """

    device_number: DeviceNumber
    before: DeviceNumber | None = None
    article_number: ArticleNumber


class CustodyReported(Reported, type="region.custody.reported.v1"):
    """On the region's feed: from the business day on, until the next day that something is told of,
    the device has this holder, payer and prescriber.

    What is told last of a day counts; days before others are told of late. `status` is
    `with_recipient` or `in_store`; in a store nobody pays. The key is the device's id.
    `causes`: what changed it, each by its noun and its id. `number`: the region's own number of the
    change. `device_number` is not given where Kvitt's feed is younger than the device.
    """

    device_number: DeviceNumber | None = None
    article_number: ArticleNumber
    recipient: NamedRecipient | None = None
    store: StoreId | None = None
    payer_id: PayerId | None = None
    customer_id: CustomerId | None = None
    prescriber: UserId | None = None
    causes: Annotated[tuple[Thing, ...], Field(exclude_if=not_)] = ()
    number: Annotated[int, Field(ge=1)] | None = None


class OrderLineReported(Reported, type="region.order-line.reported.v1"):
    """On the region's feed: a line of an order, a withdrawal, a replenishment or a basket loan, as
    it is now.

    `status`: `ordered`, `part_delivered`, `delivered`, `diverted` (into a store instead of to an
    inactive recipient), `voided`; of a basket's also `put_back`, `lost`, `not_due`. `delivered`
    pieces are with the recipient, or of a replenishment in `to_store`; so many of them have
    `returned`. `devices`: the delivered ones, by their ids. Where its order is `voided` or
    `declined` nothing of the line is expected. The key is the line's id.
    """

    order: Reference
    order_number: OrderNumber
    number: Annotated[int, Field(ge=1)]
    article_number: ArticleNumber
    quantity: Annotated[int, Field(ge=1)]
    payer_id: PayerId | None = None
    supply: Word | None = None
    store: StoreId | None = None
    to_store: StoreId | None = None
    supplier_id: SupplierId | None = None
    instead_of: ArticleNumber | None = None
    device_number: DeviceNumber | None = None
    planned_on: date | None = None
    delivered: Pieces = 0
    returned: Pieces = 0
    delivered_on: date | None = None
    devices: Annotated[tuple[DeviceId, ...], Field(exclude_if=not_)] = ()
    reason: ReasonCode | None = None


class StockReported(Reported, type="region.stock.reported.v1"):
    """On the region's feed: what a store has of an article after a move; `status` is its kind.

    `on_order` is what orders wait for, `incoming` what is purchased and not received.
    """

    store: StoreId
    article_number: ArticleNumber
    available: int
    reserved: int
    on_order: int
    in_transit: int = 0
    in_reconditioning: int = 0
    incoming: int = 0


class ReportedReceiptLine(Value):
    """What somebody reports to have received of a line."""

    line_id: OrderLineId
    quantity: Annotated[int, Field(ge=1)]
    price: Money


class ReceiptReported(Reported, type="region.receipt.reported.v1"):
    """On the region's feed: somebody has reported a direct delivery, which is `reported`, or
    `refused` with what is wrong. What is booked of it its lines tell. The key is the receipt's id.
    """

    order: Reference
    order_number: OrderNumber
    lines: tuple[ReportedReceiptLine, ...]
    refused: Annotated[tuple[RefusedLine, ...], Field(exclude_if=not_)] = ()
    by: UserId


class ReportedPurchaseLine(Value):
    """A line of a purchase order as it is now: 0 pieces where it is voided."""

    line_id: OrderLineId
    article_number: ArticleNumber
    quantity: Pieces
    received: Pieces = 0
    price: Money | None = None
    expected_on: date


class PurchaseOrderReported(Reported, type="region.purchase-order.reported.v1"):
    """On the region's feed: a purchase order as it is now, `created`, `sent` or `closed`: closed
    when each line is received or voided.
    """

    purchase_order: Reference
    purchase_order_number: OrderNumber
    order: Reference
    supplier_id: SupplierId
    service_point: ServicePointId
    sent_on: date | None = None
    how: Word | None = None
    lines: tuple[ReportedPurchaseLine, ...]


class BasketReported(Reported, type="region.basket.reported.v1"):
    """On the region's feed: a basket loan is `requested`, `open`, `declined`, `overdue` or
    `closed`. Its lines have messages of their own, as an order's have.
    """

    order: Reference
    order_number: OrderNumber
    prescriber: UserId
    service_point: ServicePointId
    store: StoreId
    due_on: date
    open_lines: Annotated[int, Field(ge=0)]
    reason: ReasonCode | None = None


class ReportedPickupLine(Value):
    """A line of a pickup, and how it ended: `fetched`, `voided`, `lost`, `scrapped`."""

    number: LineNumber
    device_id: DeviceId
    outcome: Word | None = None


class PickupReportedToRegion(Reported, type="region.pickup.reported.v1"):
    """On the region's feed: a pickup as it is now, `requested`, `registered`, `refused`, `closed`
    or `voided` (where every line was).
    """

    pickup: Reference
    pickup_number: OrderNumber
    recipient: NamedRecipient
    service_point: ServicePointId
    ordered_by: Word
    cause: Word
    earliest_on: date | None = None
    latest_on: date | None = None
    is_urgent: Flag = False
    is_overdue: Flag = False
    lines: tuple[ReportedPickupLine, ...]
    refused: Annotated[tuple[RefusedDevice, ...], Field(exclude_if=not_)] = ()


class WorkOrderReported(Reported, type="region.work-order.reported.v1"):
    """On the region's feed: a work order as it is now, `assigned`, `planned`, `started`, `finished`
    or `voided`; an application is one too.
    """

    work_order: Reference
    work_order_number: OrderNumber
    kind: Word
    recipient: NamedRecipient
    service_point: ServicePointId
    requester: UserId
    payer_id: PayerId
    device_id: DeviceId | None = None
    service_article: ArticleNumber | None = None
    planned_on: date | None = None
    technician: UserId | None = None
    outcome: Word | None = None
    article_number: ArticleNumber | None = None
    quantity: Annotated[int, Field(ge=1)] | None = None
    reason: ReasonCode | None = None


class StocktakingReported(Reported, type="region.stocktaking.reported.v1"):
    """On the region's feed: a stocktaking is `planned`, `announced`, `opened`, `posted` or
    `cancelled`; posted with what differed, and how many marked devices were `missing`.
    """

    store: StoreId
    planned_on: date
    missing: Annotated[int, Field(ge=0)] = 0
    differences: Annotated[tuple[StockDifference, ...], Field(exclude_if=not_)] = ()


class ChargeReported(Reported, type="region.charge.reported.v1"):
    """On the region's feed: a charge is `deferred`, `paused`, `raised` or `cancelled`.

    A patient's is reported without the patient: `payer_id` is a unit's. `order`, where an order's
    line is charged for, is what the region calls the order.
    """

    kind: Word
    payer_id: PayerId | None = None
    order: Reference | None = None
    causes: Annotated[tuple[Thing, ...], Field(exclude_if=not_)] = ()
    article_number: ArticleNumber | None = None
    quantity: Annotated[int, Field(ge=1)]
    amount: Money
    due_on: date | None = None
    reason: ReasonCode | None = None


class InvoiceReported(Reported, type="region.invoice.reported.v1"):
    """On the region's feed: an invoice, or a credit note, was `issued`, to a patient where there is
    no `payer_id`. `vat_ore` is the document's, rounded once for each rate.
    """

    number: str
    payer_id: PayerId | None = None
    month: Month
    is_credit: bool
    net_ore: Ore
    vat_ore: Ore
    due_on: date | None = None
    lines: tuple[InvoiceLineV2, ...]


ThingReported = (
    DeviceReported
    | CustodyReported
    | OrderLineReported
    | StockReported
    | ReceiptReported
    | PurchaseOrderReported
    | BasketReported
    | PickupReportedToRegion
    | WorkOrderReported
    | StocktakingReported
    | ChargeReported
    | InvoiceReported
)
"""What a region can rebuild its things from."""
