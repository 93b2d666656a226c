"""Topic `orders.customer-orders`, one aggregate kind: the order; a withdrawal and a
replenishment are orders too.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from kvitt_contracts.copying import same_fields
from kvitt_contracts.envelope import Event
from kvitt_contracts.types import (
    ArticleNumber,
    ArticleType,
    CustomerId,
    DeviceNumber,
    GroupName,
    Holder,
    Known,
    MarkedDevice,
    Money,
    OrderId,
    OrderLineId,
    OrderNumber,
    PayerId,
    PolicyVersion,
    ProposalId,
    PurchaseOrderId,
    Quantity,
    ReasonCode,
    ReceiptId,
    Recipient,
    Reference,
    RefusedLine,
    ServicePointId,
    StoreId,
    SupplierId,
    UserId,
    Value,
    Word,
    WorkOrderId,
)


class Supply(StrEnum):
    """Where a line comes from: the device service's central store, or one's own store (a
    withdrawal, ORD-7).
    """

    CENTRAL = "central"
    OWN_STORE = "own_store"


class AddressKind(StrEnum):
    """The kind of address that an order goes to (ORD-3). The address itself is stored by orders
    alone.
    """

    UNIT = "unit"
    RECIPIENT = "recipient"
    ONE_OFF = "one_off"


class PlacedLine(Value):
    """A line as placed.

    `payer_id` is decided (REF-4); `fee` is the patient fee for one unit, pinned here (ORD-18);
    `application` the approved application of an article outside the assortment (ACT-5).
    """

    line_id: OrderLineId
    number: Annotated[int, Field(ge=1)]
    article_number: ArticleNumber
    article_type: ArticleType
    marked: bool
    quantity: Quantity
    payer_id: PayerId
    device_number: DeviceNumber | None = None
    fee: Money | None = None
    application: WorkOrderId | None = None


class OrderPlaced(Event, type="orders.order.placed.v1"):
    """An order is registered.

    Inventory answers with StockReserved, StockBackordered, StockWithdrawn or ReservationDeclined.
    """

    order_id: OrderId
    order_number: OrderNumber
    reference: Reference | None = None
    recipient: Recipient
    prescriber: UserId
    requester: UserId
    service_point: ServicePointId
    customer_id: CustomerId
    supply: Supply
    store: StoreId
    address_kind: AddressKind
    consolidated: bool = True
    placed_on: date
    policy: PolicyVersion
    lines: Annotated[tuple[PlacedLine, ...], Field(min_length=1)]


class LineSupply(StrEnum):
    """Where a line comes from: the central store, one's own store (ORD-7), direct from a supplier
    (ORD-1, ORD-21).
    """

    CENTRAL = "central"
    OWN_STORE = "own_store"
    DIRECT = "direct"


class SuppliedLine(PlacedLine):
    """A line as placed, with its own supply.

    `store`: the store that it leaves, for a direct line the purchasing store; `instead_of`: the
    article that a phase-out equivalent was taken for (ORD-6). `fee_group` and `fee_timing` name the
    fee rule by which `fee` was pinned (ORD-18): `immediate`, or `delayed` by 90 days (BIL-3).
    """

    supply: LineSupply
    store: StoreId
    supplier_id: SupplierId | None = None
    instead_of: ArticleNumber | None = None
    fee_group: GroupName | None = None
    fee_timing: Word | None = None


class Cover(Value):
    """Who pays for a recipient of another region (`home_region`, BIL-5) or of none (`state`,
    BIL-11): `payer_id` of the register, by the policy.
    """

    kind: Annotated[Word, Known("home_region", "state")]
    payer_id: PayerId


class OrderPlacedV2(Event, type="orders.order.placed.v2"):
    """An order is registered; each line states its supply and the timing of its fee (ORD-1, ORD-7,
    ORD-18).

    Emitted where `.v1` cannot say it: a line's fee is delayed (BIL-3), or it comes direct from a
    supplier (ORD-21), alone or beside central ones; a withdrawal's lines never mix. Inventory
    answers for the central lines, and not at all where there are none. Where it has a `cover`,
    whose payer is each line's, billing opens a home-region case (BIL-5, BIL-11).
    """

    order_id: OrderId
    order_number: OrderNumber
    reference: Reference | None = None
    recipient: Recipient
    prescriber: UserId
    requester: UserId
    service_point: ServicePointId
    customer_id: CustomerId
    address_kind: AddressKind
    consolidated: bool = True
    placed_on: date
    policy: PolicyVersion
    cover: Cover | None = None
    lines: Annotated[tuple[SuppliedLine, ...], Field(min_length=1)]


class ReplenishmentPlaced(Event, type="orders.order.replenishment-placed.v1"):
    """A unit orders to its own store (ORD-9).

    Inventory answers as for an order, and stocks what arrives in `to_store` by LineStocked; nobody
    is charged, and a line's `payer_id` is the unit's own. Until direct lines come, all are central.
    `proposal_id`: the refill proposal that it follows, which is ordered by it (INV-9).
    """

    order_id: OrderId
    order_number: OrderNumber
    reference: Reference | None = None
    requester: UserId
    service_point: ServicePointId
    customer_id: CustomerId
    to_store: StoreId
    placed_on: date
    proposal_id: ProposalId | None = None
    policy: PolicyVersion
    lines: Annotated[tuple[SuppliedLine, ...], Field(min_length=1)]


class OrderPlanned(Event, type="orders.order.planned.v1"):
    """When the order is expected to leave the central store (ORD-4).

    `changed` when an earlier date was emitted.
    """

    order_id: OrderId
    planned_dispatch_on: date
    changed: bool


class OrderPickingBegun(Event, type="orders.order.picking-begun.v1"):
    """The warehouse has begun: the order can no longer be voided (ORD-14)."""

    order_id: OrderId


class OrderLineDelivered(Event, type="orders.order.line-delivered.v1"):
    """Some or all of a line has been delivered (ORD-15: the order is in part delivered until
    OrderDelivered). `more_lines`: so many lines of the same arrival follow, an event each.
    """

    order_id: OrderId
    line_id: OrderLineId
    quantity: Quantity
    delivered_on: date
    more_lines: Annotated[int, Field(ge=0)] = 0


class OrderDelivered(Event, type="orders.order.delivered.v1"):
    """Every line is delivered in full."""

    order_id: OrderId
    prescriber: UserId
    delivered_on: date


class OrderDeclined(Event, type="orders.order.declined.v1"):
    """Inventory could not serve a withdrawal, a marked device or what is purchased no more: the
    order has no effect (ORD-6 to ORD-8).
    """

    order_id: OrderId
    prescriber: UserId
    reason: str
    rule: str


class OrderVoidRequested(Event, type="orders.order.void-requested.v1"):
    """Somebody requests that the whole order be voided (ORD-14).

    Inventory answers ReservationReleased or ReleaseRefused.
    """

    order_id: OrderId


class OrderVoided(Event, type="orders.order.voided.v1"):
    """The order has no effect; its record stays (ORD-14)."""

    order_id: OrderId
    prescriber: UserId


class OrderVoidRefused(Event, type="orders.order.void-refused.v1"):
    """The order goes on: the warehouse had begun (ORD-14)."""

    order_id: OrderId
    prescriber: UserId
    reason: str


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
    again (ORD-12). `by` reported it, and is told.
    """

    order_id: OrderId
    receipt_id: ReceiptId
    refused: Annotated[tuple[RefusedLine, ...], Field(min_length=1)]
    by: UserId


class OrderLineDiverted(Event, type="orders.order.line-diverted.v1"):
    """A received line is in a store instead of with its recipient, who is inactive (REF-14).

    No fee and no charge follow; customer service is notified. Nothing more of the line is expected:
    where it was the last, nothing of the order.
    """

    order_id: OrderId
    line_id: OrderLineId
    store: StoreId


class OrderLinePurchased(Event, type="orders.order.line-purchased.v1"):
    """A direct line is in a purchase order; in no other from now on (ORD-11)."""

    order_id: OrderId
    line_id: OrderLineId
    purchase_order_id: PurchaseOrderId


class OrderLineVoided(Event, type="orders.order.line-voided.v1"):
    """The line has no effect; the others go on (ORD-14).

    `is_supplier_told` is True where a purchase order stood for it and whoever voids attests that
    the supplier knows.
    """

    order_id: OrderId
    line_id: OrderLineId
    reason: ReasonCode
    is_supplier_told: bool
    prescriber: UserId
    by: UserId | None = None
    asked_by: UserId | None = None


class OrderLineReduced(Event, type="orders.order.line-reduced.v1"):
    """Customer service lowered a line: `quantity` is what is left of it (REF-12)."""

    order_id: OrderId
    line_id: OrderLineId
    quantity: Quantity
    by: UserId
    asked_by: UserId


class OrderDeliveryChanged(Event, type="orders.order.delivery-changed.v1"):
    """Customer service made the delivery urgent, or let it go in parts or together (REF-12): what
    it is from now on.
    """

    order_id: OrderId
    is_urgent: bool
    is_consolidated: bool
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


OrderEvent = (
    OrderPlaced
    | OrderPlacedV2
    | ReplenishmentPlaced
    | OrderPlanned
    | OrderLinePurchased
    | OrderLinePlanned
    | OrderLineVoided
    | OrderLineReduced
    | OrderDeliveryChanged
    | OrderPickingBegun
    | OrderLineDelivered
    | OrderDelivered
    | OrderDeclined
    | OrderVoidRequested
    | OrderVoided
    | OrderVoidRefused
    | OrderReceiptReported
    | OrderReceiptRefused
    | OrderLineDiverted
)
"""Every event of an order, a withdrawal or a replenishment."""


def in_first_version(placed: OrderPlaced | OrderPlacedV2) -> OrderPlaced:
    """An order as the first version says it: for readers of its supply, store and lines, to whom a
    fee's timing says nothing.

    Raises ValueError where its lines have several supplies or stores, or one is direct: the first
    version cannot say that.
    """
    if isinstance(placed, OrderPlaced):
        return placed
    sources = {(line.supply, line.store) for line in placed.lines}
    if len(sources) != 1:
        raise ValueError(f"order {placed.order_id} has lines from {len(sources)} sources")
    ((supply, store),) = sources
    lines = tuple(PlacedLine(**same_fields(line, PlacedLine)) for line in placed.lines)
    said = same_fields(placed, OrderPlaced) | {"lines": lines}
    return OrderPlaced(**said, supply=Supply(supply), store=store)


def direct_lines(placed: OrderPlaced | OrderPlacedV2) -> tuple[SuppliedLine, ...]:
    """The lines that come direct from suppliers: no store reserves anything for them (ORD-21)."""
    if isinstance(placed, OrderPlaced):
        return ()
    return tuple(line for line in placed.lines if line.supply is LineSupply.DIRECT)


def served_by_store(placed: OrderPlaced | OrderPlacedV2) -> OrderPlaced | None:
    """What a store serves of an order, as the first version says it; None where every line comes
    direct from a supplier.

    Raises ValueError where the rest has several supplies or stores.
    """
    if isinstance(placed, OrderPlaced):
        return placed
    served = tuple(line for line in placed.lines if line.supply is not LineSupply.DIRECT)
    return in_first_version(placed.model_copy(update={"lines": served})) if served else None
