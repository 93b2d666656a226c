"""Topic `inventory.stocktakings`, one aggregate for each store: its stocktakings, one round
after the other (INV-10).
"""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field

from kvitt_contracts.envelope import Command, Event
from kvitt_contracts.types import (
    ArticleNumber,
    DeviceId,
    ServicePointId,
    StocktakingId,
    StoreId,
    UserId,
    Value,
)


class StocktakingPlanned(Event, type="inventory.stocktaking.planned.v1"):
    """A round begins: the store is to be counted, at the latest on the day (INV-10, by policy).

    `service_point` is whose store it is, where it is a unit's.
    """

    stocktaking_id: StocktakingId
    store: StoreId
    service_point: ServicePointId | None = None
    planned_on: date
    is_private_clinic: bool


class StocktakingAnnounced(Event, type="inventory.stocktaking.announced.v1"):
    """The unit is notified now, in good time, by mail where it wants that (INV-10, NTF-4)."""

    stocktaking_id: StocktakingId
    service_point: ServicePointId | None = None
    planned_on: date


class StocktakingOpened(Event, type="inventory.stocktaking.opened.v1"):
    """The list to count by is made from the ledger at `basis_at`. Business goes on."""

    stocktaking_id: StocktakingId
    basis_at: AwareDatetime
    by: UserId


class CountedArticle(Value):
    """How many of an article were found, and which marked devices. None found is 0."""

    article_number: ArticleNumber
    counted: Annotated[int, Field(strict=True, ge=0, le=100_000)]
    devices: tuple[DeviceId, ...] = ()


class StocktakingCounted(Event, type="inventory.stocktaking.counted.v1"):
    """A batch was counted at an instant: expected is the ledger's figure then (INV-10).

    An article that is counted anew replaces its earlier count.
    """

    stocktaking_id: StocktakingId
    batch: UUID
    counted_at: AwareDatetime
    lines: Annotated[tuple[CountedArticle, ...], Field(min_length=1, max_length=500)]
    by: UserId


class StockDifference(Value):
    """The ledger's figure and the counted one."""

    article_number: ArticleNumber
    expected: int
    counted: int


class StocktakingPosted(Event, type="inventory.stocktaking.posted.v1"):
    """Customer service has posted the differences; `missing` devices were not found (INV-10).

    Each missing device's own event states what becomes of it.
    """

    stocktaking_id: StocktakingId
    posted_on: date
    differences: tuple[StockDifference, ...]
    missing: Annotated[int, Field(ge=0)]
    by: UserId


class StocktakingCancelled(Event, type="inventory.stocktaking.cancelled.v1"):
    """Nothing is counted, and nothing was posted."""

    stocktaking_id: StocktakingId
    by: UserId


StocktakingEvent = (
    StocktakingPlanned
    | StocktakingAnnounced
    | StocktakingOpened
    | StocktakingCounted
    | StocktakingPosted
    | StocktakingCancelled
)
"""Every event of a stocktaking."""


# -- commands: the subject is the store, which has one stocktaking open at most -------------------


class OpenStocktaking(Command, type="inventory.stocktaking.open.v1"):
    """Begin to count a store (INV-10). The counts come as `region.shelf-count.stated.v1`."""

    store: StoreId
    by: UserId


class PostStocktaking(Command, type="inventory.stocktaking.post.v1"):
    """Customer service posts the differences (INV-10, REF-12)."""

    store: StoreId
    by: UserId


class CancelStocktaking(Command, type="inventory.stocktaking.cancel.v1"):
    """Count nothing this time."""

    store: StoreId
    by: UserId
