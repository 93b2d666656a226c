"""Goods that come, are counted and are sent."""

from typing import Annotated

from pydantic import AfterValidator, Field

from kvitt_contracts.day_bounds import HappenedAt, HappenedOn, PlannedOn
from kvitt_contracts.envelope import Fact
from kvitt_contracts.regions.fields import Version
from kvitt_contracts.types import (
    ArticleNumber,
    DeviceNumber,
    LineNumber,
    MarkedDevice,
    OrderNumber,
    Quantity,
    Reference,
    StoreId,
    UserId,
    Value,
)


class GoodsReceived(Fact, type="region.goods.received.v1"):
    """Goods have come into a store.

    Marked articles name each device (INV-5). Subject: the delivery's reference.
    `version` counts statements of the delivery of one article into one store.
    """

    version_of = ("store", "article_number")

    version: Version
    store: StoreId
    article_number: ArticleNumber
    quantity: Quantity
    devices: tuple[MarkedDevice, ...] = ()
    received_on: HappenedOn


class BalanceStated(Fact, type="region.balance.stated.v1"):
    """Old stock of an unmarked article at the cut-over day. Subject: a reference of its own.

    `version` counts statements of the stock of one article in one store on one day.
    """

    version_of = ("store", "article_number", "stated_on")

    version: Version
    store: StoreId
    article_number: ArticleNumber
    quantity: Quantity
    stated_on: HappenedOn


class PickingBegun(Fact, type="region.picking.begun.v1"):
    """The warehouse has begun with an order (ends the right to void, ORD-14).

    Subject: the region's order reference.
    `version` counts statements of the order.
    """

    version_of = ()

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
    `version` counts statements of what left on one day; several on a day take a version each.
    """

    version_of = ("dispatched_on",)

    version: Version
    order: Reference
    dispatched_on: HappenedOn
    arrives_on: PlannedOn
    lines: Annotated[tuple[DispatchedLine, ...], Field(min_length=1)]


class SupplierDelayStated(Fact, type="region.supplier-delay.stated.v1"):
    """A supplier delivers a purchase order later than planned (ORD-4); without `lines` all of it.

    Subject: the purchase-order number.
    `version` counts statements of the purchase order.
    """

    version_of = ()

    version: Version
    purchase_order_number: OrderNumber
    lines: Annotated[tuple[LineNumber, ...], Field(max_length=100)] = ()
    expected_on: PlannedOn


class ReturnedGoodsStated(Fact, type="region.returned-goods.stated.v1"):
    """Some of an unmarked line has come back into a store, or was scrapped there (INV-7).

    Subject: the return's reference. `pickup`: the region's reference of the pickup that fetched it.
    `by`: who has taken it back. `version` counts statements of the return of one line.
    """

    version_of = ("order", "line")

    version: Version
    order: Reference
    line: LineNumber
    quantity: Quantity
    store: StoreId
    is_scrapped: bool = False
    returned_on: HappenedOn
    pickup: Reference | None = None
    by: UserId


class CountedShelf(Value):
    """How many of an article are on the shelf, and which marked devices. None is 0."""

    article_number: ArticleNumber
    counted: Annotated[int, Field(strict=True, ge=0, le=100_000)]
    devices: tuple[DeviceNumber, ...] = ()


_MOST_DEVICES = 5000
"""As many as one event holds."""


def _fits(lines: tuple[CountedShelf, ...]) -> tuple[CountedShelf, ...]:
    if sum(len(line.devices) for line in lines) > _MOST_DEVICES:
        raise ValueError(f"INV-10: en räkning har högst {_MOST_DEVICES} individer; dela upp den")
    return lines


CountedLines = Annotated[
    tuple[CountedShelf, ...], Field(min_length=1, max_length=500), AfterValidator(_fits)
]
"""The lines of one batch, with at most 5000 devices together."""


class ShelfCountStated(Fact, type="region.shelf-count.stated.v1"):
    """A batch of a store's stocktaking, counted at an instant (INV-10).

    Subject: the batch's reference. An article that is counted anew replaces its earlier count.
    `version` counts statements of the batch in one store.
    """

    version_of = ("store",)

    version: Version
    store: StoreId
    counted_at: HappenedAt
    lines: CountedLines
    by: UserId
