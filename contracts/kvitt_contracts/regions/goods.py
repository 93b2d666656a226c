"""Goods that come, are counted and are sent."""

from typing import Annotated

from pydantic import Field

from kvitt_contracts.envelope import Fact
from kvitt_contracts.regions.fields import Version
from kvitt_contracts.types import (
    TEXT,
    ArticleNumber,
    Day,
    DeviceNumber,
    Quantity,
    Reference,
    StoreId,
    Value,
)


class MarkedDevice(Value):
    """One marked device in a delivery."""

    device_number: DeviceNumber
    serial_number: Annotated[str, Field(max_length=40, pattern=TEXT)] | None = None


class GoodsReceived(Fact, type="region.goods.received.v1"):
    """Goods have come into a store.

    Marked articles name each device (INV-5). Subject: the delivery's reference.
    """

    version: Version
    store: StoreId
    article_number: ArticleNumber
    quantity: Quantity
    devices: tuple[MarkedDevice, ...] = ()
    received_on: Day


class BalanceStated(Fact, type="region.balance.stated.v1"):
    """Old stock of an unmarked article at the cut-over day. Subject: a reference of its own."""

    version: Version
    store: StoreId
    article_number: ArticleNumber
    quantity: Quantity
    stated_on: Day


class PickingBegun(Fact, type="region.picking.begun.v1"):
    """The warehouse has begun with an order (ends the right to void, ORD-14).

    Subject: the region's order reference.
    """

    version: Version
    order: Reference


class DispatchedLine(Value):
    """What was sent of one line; marked articles name the devices."""

    line: Annotated[int, Field(strict=True, ge=1, le=1000)]
    quantity: Quantity
    devices: tuple[DeviceNumber, ...] = ()


class GoodsDispatched(Fact, type="region.goods.dispatched.v1"):
    """Goods have left the central store; they count as received on arrival (ORD-13).

    Subject: the region's order reference.
    """

    version: Version
    order: Reference
    dispatched_on: Day
    arrives_on: Day
    lines: Annotated[tuple[DispatchedLine, ...], Field(min_length=1)]
