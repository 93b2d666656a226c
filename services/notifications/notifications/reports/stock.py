"""Reports of what stores have, and of their stocktakings (INV-4, INV-10)."""

from collections.abc import Iterable
from uuid import UUID

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import (
    StockMoved,
    StockMovedV2,
    StocktakingAnnounced,
    StocktakingCancelled,
    StocktakingOpened,
    StocktakingPlanned,
    StocktakingPosted,
)
from kvitt_contracts.regions import StockReported, StocktakingReported
from kvitt_contracts.types import Word

from notifications.feed.models import ReportRow
from notifications.feed.writes import last_said, report, say_again, when

messages = Handlers()

PLACES = ("available", "reserved", "on_order", "in_transit", "in_reconditioning", "incoming")
"""Where goods of a balance can be."""


def _balance(_: StockMoved | StockMovedV2, tx: Transaction) -> Iterable[RowKey]:
    return [(ReportRow, UUID(tx.subject))]


# decision 0543: the ledger says changes, and the feed what there is then
@messages.on(StockMoved, StockMovedV2, loads=_balance)
async def on_stock_moved(event: StockMoved | StockMovedV2, tx: Transaction) -> None:
    """What there is after a move: every move of the balance has been added."""
    balance_id = UUID(tx.subject)
    last = await last_said(tx, StockReported, balance_id)
    there = {name: getattr(last, name, 0) + getattr(event, name, 0) for name in PLACES}
    reported = StockReported(
        status=Word(event.kind),
        occurred_at=when(tx),
        business_day=event.moved_on,
        store=event.store,
        article_number=event.article_number,
        **there,
    )
    await report(tx, balance_id, reported)


def _report_of(
    event: StocktakingPlanned
    | StocktakingAnnounced
    | StocktakingOpened
    | StocktakingPosted
    | StocktakingCancelled,
    _: Transaction,
) -> Iterable[RowKey]:
    return [(ReportRow, event.stocktaking_id)]


@messages.on(StocktakingPlanned, loads=_report_of)
async def on_stocktaking_planned(event: StocktakingPlanned, tx: Transaction) -> None:
    """A store is to be counted, at the latest on the day."""
    planned = StocktakingReported(
        status=Word("planned"),
        occurred_at=when(tx),
        business_day=event.planned_on,
        store=event.store,
        planned_on=event.planned_on,
    )
    await report(tx, event.stocktaking_id, planned)


@messages.on(StocktakingAnnounced, loads=_report_of)
async def on_stocktaking_announced(event: StocktakingAnnounced, tx: Transaction) -> None:
    """The unit is told, in good time."""
    await say_again(tx, StocktakingReported, event.stocktaking_id, status=Word("announced"))


@messages.on(StocktakingOpened, loads=_report_of)
async def on_stocktaking_opened(event: StocktakingOpened, tx: Transaction) -> None:
    """The list to count by is made."""
    await say_again(tx, StocktakingReported, event.stocktaking_id, status=Word("opened"))


@messages.on(StocktakingPosted, loads=_report_of)
async def on_stocktaking_posted(event: StocktakingPosted, tx: Transaction) -> None:
    """The differences are posted."""
    posted = {
        "status": Word("posted"),
        "business_day": event.posted_on,
        "missing": event.missing,
        "differences": event.differences,
    }
    await say_again(tx, StocktakingReported, event.stocktaking_id, **posted)


@messages.on(StocktakingCancelled, loads=_report_of)
async def on_stocktaking_cancelled(event: StocktakingCancelled, tx: Transaction) -> None:
    """Nothing is counted."""
    await say_again(tx, StocktakingReported, event.stocktaking_id, status=Word("cancelled"))
