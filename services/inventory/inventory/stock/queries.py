"""Look-ups of balances, for views, and of those that are not what their moves make."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from kvitt_chassis.http import RegionReader
from kvitt_chassis.operating.checks import Snapshot
from kvitt_contracts.types import ArticleNumber, StoreId
from sqlalchemy import func, select, text

from inventory.stock.domain import Balance
from inventory.stock.models import BalanceRow, StockMoveRow

NUMBERS = ("available", "reserved", "on_order", "in_reconditioning")
"""The columns that a balance has a number in, and a move a change."""


async def available_of(
    reader: RegionReader, numbers: Sequence[ArticleNumber]
) -> Mapping[ArticleNumber, int]:
    """How many of each article are available in all stores; one without a balance is left out."""
    sums = await reader.all(
        select(BalanceRow.article_number, func.sum(BalanceRow.available))
        .where(BalanceRow.article_number.in_(numbers))
        .group_by(BalanceRow.article_number)
    )
    return {number: int(total) for number, total in sums}


# decision 0488: as it was is what was recorded by then, not what is dated by then
async def balances_at(
    reader: RegionReader, store: StoreId, numbers: Sequence[ArticleNumber], *, before: datetime
) -> Mapping[ArticleNumber, Balance]:
    """What a store had of these articles at a moment, by the moves that were recorded before it
    (INV-4). One that had not moved by then is left out.
    """
    sums = await reader.all(
        select(
            StockMoveRow.article_number,
            *(func.sum(getattr(StockMoveRow, name)).label(name) for name in NUMBERS),
        )
        .where(
            StockMoveRow.region == reader.region,
            StockMoveRow.store == store,
            StockMoveRow.article_number.in_(numbers),
            StockMoveRow.recorded_at < before,
        )
        .group_by(StockMoveRow.article_number)
    )
    return {
        number: Balance(
            article_number=number,
            store=store,
            **{name: int(total) for name, total in zip(NUMBERS, totals, strict=True)},
        )
        for number, *totals in sums
    }


async def balances_beside_moves(snapshot: Snapshot) -> list[tuple[str, str, tuple[str, ...]]]:
    """Region and id of each balance that is not the sum of its moves, with the numbers that differ;
    moves that no balance is made of are named by their article and store.
    """
    found = await snapshot.session.execute(_DIFFERING)
    return [
        (row.region, row.key, tuple(name for name in NUMBERS if getattr(row, name)))
        for row in found
    ]


_DIFFERING = text(
    """
    WITH summed AS (
        SELECT region, article_number, store, sum(available) AS available,
               sum(reserved) AS reserved, sum(on_order) AS on_order,
               sum(in_reconditioning) AS in_reconditioning
        FROM stock_moves GROUP BY region, article_number, store
    ), beside AS (
        SELECT region, coalesce(CAST(b.id AS text), article_number || ' ' || store) AS key,
               coalesce(b.available, 0) <> coalesce(s.available, 0) AS available,
               coalesce(b.reserved, 0) <> coalesce(s.reserved, 0) AS reserved,
               coalesce(b.on_order, 0) <> coalesce(s.on_order, 0) AS on_order,
               coalesce(b.in_reconditioning, 0) <> coalesce(s.in_reconditioning, 0)
                   AS in_reconditioning
        FROM balances b FULL JOIN summed s USING (region, article_number, store)
    )
    SELECT region, key, available, reserved, on_order, in_reconditioning FROM beside
    WHERE available OR reserved OR on_order OR in_reconditioning ORDER BY region, key
    """
)
