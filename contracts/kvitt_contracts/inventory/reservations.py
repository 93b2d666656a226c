"""Topic `inventory.reservations` (key: the order's id): what an order has in the stores."""

from datetime import date
from typing import Annotated

from pydantic import Field

from kvitt_contracts.envelope import Event
from kvitt_contracts.types import (
    ActId,
    ArticleNumber,
    Charging,
    DeviceId,
    Money,
    OrderId,
    OrderLineId,
    PayerId,
    PickupId,
    Quantity,
    ReasonCode,
    ReceiptId,
    RefusedLine,
    ReturnId,
    StoreId,
    Value,
)


class AllocatedLine(Value):
    """What an order line has in the store: set aside, and still missing."""

    line_id: OrderLineId
    article_number: ArticleNumber
    reserved: Annotated[int, Field(ge=0)]
    missing: Annotated[int, Field(ge=0)]


class SentLine(Value):
    """What was sent of an order line."""

    line_id: OrderLineId
    quantity: Quantity
    devices: tuple[DeviceId, ...] = ()


class StockReserved(Event, type="inventory.reservation.reserved.v1"):
    """Everything that the order wants is set aside; it is expected to leave on the day (ORD-4)."""

    order_id: OrderId
    planned_dispatch_on: date
    lines: tuple[AllocatedLine, ...] = ()


class StockBackordered(Event, type="inventory.reservation.backordered.v1"):
    """Something is missing; with the supplier's lead time the order is expected to leave on the day
    (ORD-4). Emitted again, with what is still missing, when a part of it has come.
    """

    order_id: OrderId
    planned_dispatch_on: date
    missing: tuple[ArticleNumber, ...]
    lines: tuple[AllocatedLine, ...] = ()


class ReservationDeclined(Event, type="inventory.reservation.declined.v1"):
    """The order cannot be served at all: no balance in the own store (ORD-7), the device is not in
    that store (ORD-8), or what is missing is purchased no more (ORD-6).
    """

    order_id: OrderId
    reason: str
    rule: str


class OrderPickingStarted(Event, type="inventory.reservation.picking-begun.v1"):
    """The warehouse has begun with the order (ORD-14)."""

    order_id: OrderId


class OrderGoodsDispatched(Event, type="inventory.reservation.dispatched.v1"):
    """Goods of the order have left the store; they count as received on `arrives_on` (ORD-13)."""

    order_id: OrderId
    dispatched_on: date
    arrives_on: date
    lines: tuple[SentLine, ...] = ()


class LineDelivered(Event, type="inventory.reservation.line-delivered.v1"):
    """Some or all of an order line has reached the recipient.

    Charges and fees follow from it (BIL-2, BIL-3). `unit_price` is what a direct delivery cost, for
    a purchased article without a price of its own. `more_lines`: so many lines of the same arrival
    follow, an event each. `charging`: sold with this delivery, or rented from it on (BIL-1, BIL-2);
    the article's of today where it is not given.
    """

    order_id: OrderId
    line_id: OrderLineId
    article_number: ArticleNumber
    quantity: Quantity
    devices: tuple[DeviceId, ...] = ()
    payer_id: PayerId
    delivered_on: date
    unit_price: Money | None = None
    more_lines: Annotated[int, Field(ge=0)] = 0
    charging: Charging | None = None


class LineStocked(Event, type="inventory.reservation.line-stocked.v1"):
    """A line is in a store instead of with a recipient: a replenishment, or a direct delivery whose
    recipient is inactive (ORD-9, REF-14). It charges nobody.

    `more_lines`: so many lines of the same arrival follow, an event each.
    """

    order_id: OrderId
    line_id: OrderLineId
    article_number: ArticleNumber
    quantity: Quantity
    devices: tuple[DeviceId, ...] = ()
    store: StoreId
    stocked_on: date
    more_lines: Annotated[int, Field(ge=0)] = 0


class ReservationReleased(Event, type="inventory.reservation.released.v1"):
    """What was set aside is free again: the order may be voided (ORD-14)."""

    order_id: OrderId


class ReleaseRefused(Event, type="inventory.reservation.release-refused.v1"):
    """Nothing is released: PICKING_BEGUN or DELIVERED (ORD-14)."""

    order_id: OrderId
    reason: str


class LineReturned(Event, type="inventory.reservation.line-returned.v1"):
    """Some of an unmarked line has come back, into `store`, or was scrapped (INV-7).

    Never more than was delivered. A return's lines and custody changes share `return_id`;
    `pickup_id` where a pickup fetched it.
    """

    order_id: OrderId
    line_id: OrderLineId
    quantity: Quantity
    store: StoreId | None = None
    is_scrapped: bool
    returned_on: date
    return_id: ReturnId
    pickup_id: PickupId | None = None


# -- basket loans --------------------------------------------------------------------------------


class ReservedBasketLine(Value):
    """What is reserved of a basket's line."""

    line_id: OrderLineId
    devices: tuple[DeviceId, ...] = ()


class BasketReserved(Event, type="inventory.reservation.basket-reserved.v1"):
    """Everything in the basket is reserved on the prescriber, its devices claimed (ORD-10).

    A basket that cannot be is answered ReservationDeclined; what it delivers LineDelivered, what of
    that comes back LineReturned. What is freed of one that orders has declined meanwhile,
    ReservationReleased.
    """

    order_id: OrderId
    lines: Annotated[tuple[ReservedBasketLine, ...], Field(min_length=1)]


class BasketActRefused(Event, type="inventory.reservation.basket-act-refused.v1"):
    """Nothing of an act took effect: a line of it has ended, or is not the basket's (ORD-10)."""

    order_id: OrderId
    act_id: ActId
    reason: ReasonCode


class BasketLinePutBack(Event, type="inventory.reservation.basket-line-put-back.v1"):
    """A lent line is in the store again, by an act or by a return (ORD-10)."""

    order_id: OrderId
    line_id: OrderLineId
    act_id: ActId | None = None


class BasketLineBroken(Event, type="inventory.reservation.basket-line-broken.v1"):
    """A physical fact took a lent device out of the basket: LOST, DISPATCHED (ORD-10)."""

    order_id: OrderId
    line_id: OrderLineId
    reason: ReasonCode


BasketEvent = (
    BasketReserved
    | ReservationDeclined
    | LineDelivered
    | BasketLinePutBack
    | BasketLineBroken
    | BasketActRefused
    | ReservationReleased
    | LineReturned
)
"""Every event of what a basket loan has in its store."""


class ReceiptRefused(Event, type="inventory.reservation.receipt-refused.v1"):
    """Nothing of a reported receipt is booked, such as for a device number in use (ORD-12)."""

    order_id: OrderId
    receipt_id: ReceiptId
    refused: Annotated[tuple[RefusedLine, ...], Field(min_length=1)]


ReservationEvent = (
    StockReserved
    | StockBackordered
    | ReservationDeclined
    | OrderPickingStarted
    | OrderGoodsDispatched
    | LineDelivered
    | ReservationReleased
    | ReleaseRefused
    | LineReturned
    | LineStocked
    | ReceiptRefused
)
"""Every event of a reservation."""


# -- reserved ------------------------------------------------------------------------------------


class LinesReleased(Event, type="inventory.reservation.lines-released.v1"):
    """What was set aside for these lines is free: they may be voided (ORD-14)."""

    order_id: OrderId
    lines: Annotated[tuple[OrderLineId, ...], Field(min_length=1)]


class LinesKept(Event, type="inventory.reservation.lines-kept.v1"):
    """Nothing of these lines is released: PICKING_BEGUN or DELIVERED (ORD-14)."""

    order_id: OrderId
    lines: Annotated[tuple[OrderLineId, ...], Field(min_length=1)]
    reason: ReasonCode


class LineDeclined(Event, type="inventory.reservation.line-declined.v1"):
    """One line cannot be served and is never waited for: the balance of a phase-out article is gone
    (ORD-6). The other lines go on.
    """

    order_id: OrderId
    line_id: OrderLineId
    reason: ReasonCode


ComingReservationEvent = LinesReleased | LinesKept | LineDeclined
"""Reserved events of a reservation."""
