"""Topic `orders.customer-orders`, one aggregate kind: the order, withdrawals included."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from kvitt_contracts.envelope import Event
from kvitt_contracts.types import (
    ArticleNumber,
    ArticleType,
    CustomerId,
    DeviceNumber,
    Money,
    OrderId,
    OrderLineId,
    OrderNumber,
    PayerId,
    PolicyVersion,
    Quantity,
    Recipient,
    Reference,
    ServicePointId,
    StoreId,
    UserId,
    Value,
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


OrderEvent = (
    OrderPlaced
    | OrderPlanned
    | OrderPickingBegun
    | OrderLineDelivered
    | OrderDelivered
    | OrderDeclined
    | OrderVoidRequested
    | OrderVoided
    | OrderVoidRefused
)
"""Every event of an order or a withdrawal."""
