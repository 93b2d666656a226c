"""Topic `inventory.reservations` (key: the order's id): what an order has in the stores."""

from datetime import date
from typing import Annotated

from pydantic import Field

from kvitt_contracts.envelope import Event
from kvitt_contracts.types import (
    ArticleNumber,
    DeviceId,
    OrderId,
    OrderLineId,
    PayerId,
    Quantity,
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
    (ORD-4). Said again, with what is still missing, when a part of it has come.
    """

    order_id: OrderId
    planned_dispatch_on: date
    missing: tuple[ArticleNumber, ...]
    lines: tuple[AllocatedLine, ...] = ()


class ReservationDeclined(Event, type="inventory.reservation.declined.v1"):
    """The order cannot be served at all: no balance in the own store (ORD-7), or the device is not
    in that store (ORD-8).
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

    Charges and fees follow from it (BIL-2, BIL-3).
    """

    order_id: OrderId
    line_id: OrderLineId
    article_number: ArticleNumber
    quantity: Quantity
    devices: tuple[DeviceId, ...] = ()
    payer_id: PayerId
    delivered_on: date


class ReservationReleased(Event, type="inventory.reservation.released.v1"):
    """What was set aside is free again: the order may be voided (ORD-14)."""

    order_id: OrderId


class ReleaseRefused(Event, type="inventory.reservation.release-refused.v1"):
    """Nothing is released: PICKING_BEGUN or DELIVERED (ORD-14)."""

    order_id: OrderId
    reason: str


ReservationEvent = (
    StockReserved
    | StockBackordered
    | ReservationDeclined
    | OrderPickingStarted
    | OrderGoodsDispatched
    | LineDelivered
    | ReservationReleased
    | ReleaseRefused
)
"""Every event of a reservation."""
