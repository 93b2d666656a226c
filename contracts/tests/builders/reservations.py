"""What inventory says of an order's goods: reserved, on backorder, dispatched, delivered."""

from typing import Any
from uuid import uuid5

from kvitt_contracts.inventory import (
    LineDelivered,
    LineReturned,
    LineStocked,
    OrderGoodsDispatched,
    OrderPickingStarted,
    ReleaseRefused,
    ReservationDeclined,
    ReservationReleased,
    StockBackordered,
    StockReserved,
)
from kvitt_contracts.types import OrderId

from contracts.tests.builders.shapes import build
from contracts.tests.builders.story import (
    CUSHION,
    OWN,
    PAYER,
    device_id,
    line_id,
    order_id,
)

# -- the catalogue -------------------------------------------------------------------------------


def a_stock_reserved(
    order: str | OrderId = "O-1",
    *,
    article: str = CUSHION,
    quantity: int = 1,
    on: str = "2026-03-04",
) -> StockReserved:
    """Everything that an order of one line wants is set aside."""
    values = {
        "order_id": order_id(order),
        "planned_dispatch_on": on,
        "lines": (_allocated(order, article, reserved=quantity, missing=0),),
    }
    return build(StockReserved, values, {})


def a_stock_backordered(
    order: str | OrderId = "O-1",
    *,
    article: str = CUSHION,
    missing: int = 1,
    on: str = "2026-03-09",
) -> StockBackordered:
    """An order of one line has to wait for goods."""
    values = {
        "order_id": order_id(order),
        "planned_dispatch_on": on,
        "missing": (article,),
        "lines": (_allocated(order, article, reserved=0, missing=missing),),
    }
    return build(StockBackordered, values, {})


def a_reservation_declined(
    order: str | OrderId = "O-1", *, reason: str = "NO_BALANCE", rule: str = "ORD-7"
) -> ReservationDeclined:
    """A withdrawal cannot be served."""
    values = {"order_id": order_id(order), "reason": reason, "rule": rule}
    return build(ReservationDeclined, values, {})


def an_order_picking_started(order: str | OrderId = "O-1") -> OrderPickingStarted:
    """The warehouse has begun with the order."""
    return build(OrderPickingStarted, {"order_id": order_id(order)}, {})


def an_order_goods_dispatched(
    order: str | OrderId = "O-1", *, quantity: int = 1, **changes: Any
) -> OrderGoodsDispatched:
    """Unmarked goods of the order's first line have left the store."""
    values = {
        "order_id": order_id(order),
        "dispatched_on": "2026-03-04",
        "arrives_on": "2026-03-05",
        "lines": ({"line_id": line_id(order), "quantity": quantity},),
    }
    return build(OrderGoodsDispatched, values, changes)


def a_line_delivered(
    order: str | OrderId = "O-1",
    *,
    line: int = 1,
    article: str = CUSHION,
    quantity: int = 1,
    on: str = "2026-03-05",
    payer: str = PAYER,
    devices: tuple[str, ...] = (),
    charging: str | None = None,
    unit_price: int | None = None,
) -> LineDelivered:
    """A line of the order has reached its recipient: devices to rent, or what is sold; direct from
    its supplier where it cost `unit_price` öre.
    """
    values = {
        "order_id": order_id(order),
        "line_id": line_id(order, line),
        "article_number": article,
        "quantity": quantity,
        "devices": tuple(device_id(number) for number in devices),
        "payer_id": payer,
        "delivered_on": on,
        "charging": charging or ("rent" if devices else "sale"),
    }
    if unit_price is not None:
        values["unit_price"] = {"net_ore": unit_price, "vat_percent": 25}
    return build(LineDelivered, values, {})


def a_line_returned(
    order: str | OrderId = "O-1", *, line: int = 1, quantity: int = 1, on: str = "2026-03-25"
) -> LineReturned:
    """Some of an unmarked line is in the unit's own store again."""
    values = {
        "order_id": order_id(order),
        "line_id": line_id(order, line),
        "quantity": quantity,
        "store": OWN,
        "is_scrapped": False,
        "returned_on": on,
        "return_id": uuid5(order_id(order), f"returned {on}"),
    }
    return build(LineReturned, values, {})


def a_reservation_released(order: str | OrderId = "O-1") -> ReservationReleased:
    """What was set aside is free again."""
    return build(ReservationReleased, {"order_id": order_id(order)}, {})


def a_release_refused(
    order: str | OrderId = "O-1", *, reason: str = "PICKING_BEGUN"
) -> ReleaseRefused:
    """The order cannot be voided any more."""
    values = {"order_id": order_id(order), "reason": reason}
    return build(ReleaseRefused, values, {})


def _allocated(
    order: str | OrderId, article: str, *, reserved: int, missing: int
) -> dict[str, Any]:
    return {
        "line_id": line_id(order),
        "article_number": article,
        "reserved": reserved,
        "missing": missing,
    }


def a_line_stocked(
    order: str | OrderId = "R-1",
    *,
    number: int = 1,
    article: str = CUSHION,
    quantity: int = 1,
    devices: tuple[str, ...] = (),
    on: str = "2026-03-04",
    more_lines: int = 0,
) -> LineStocked:
    """Some of a replenishment is in the store that it fills up."""
    values = {
        "order_id": order_id(order),
        "line_id": line_id(order, number),
        "article_number": article,
        "quantity": quantity,
        "devices": tuple(device_id(one) for one in devices),
        "store": OWN,
        "stocked_on": on,
        "more_lines": more_lines,
    }
    return build(LineStocked, values, {})
