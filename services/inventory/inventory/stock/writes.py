"""How balances are locked and moved: the one place that writes a move and its ledger line."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from kvitt_chassis.handlers import RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import (
    LaterMoveKind,
    MoveKind,
    SafetyLevelSet,
    StockMoved,
    StockMovedV2,
)
from kvitt_contracts.types import ArticleNumber, RegionCode, StoreId, identify

from inventory.stock import domain
from inventory.stock.models import BalanceRow, StockMoveRow
from inventory.tables import same_columns


def balance_id(region: RegionCode, store: StoreId, number: ArticleNumber) -> UUID:
    """The id of the balance of an article in a store."""
    return identify(region, "balance", f"{store}/{number}")


def balance_rows(
    store: StoreId, numbers: Iterable[ArticleNumber], tx: Transaction
) -> Iterable[RowKey]:
    """The rows that `lock_balances` locks."""
    return [(BalanceRow, balance_id(tx.region, store, number)) for number in numbers]


async def lock_balances(
    tx: Transaction, store: StoreId, numbers: Iterable[ArticleNumber]
) -> dict[ArticleNumber, domain.Balance]:
    """The balances of these articles in a store, locked in the order of their ids. One that does
    not exist yet is zero.
    """
    ids = {balance_id(tx.region, store, number): number for number in numbers}
    with tx.session.no_autoflush:  # found by its key: what is unwritten is held, not searched
        rows = {row.id: row for row in await tx.find_all(BalanceRow, ids)}
    return {
        number: rows[key].state()
        if key in rows
        else domain.Balance(article_number=number, store=store)
        for key, number in ids.items()
    }


async def move_stock(
    tx: Transaction,
    store: StoreId,
    number: ArticleNumber,
    kind: MoveKind | LaterMoveKind,
    *,
    on: date,
    available: int = 0,
    reserved: int = 0,
    on_order: int = 0,
    in_reconditioning: int = 0,
    cause_id: UUID | None = None,
) -> domain.Balance:
    """Move a balance (see domain.move) and write its ledger line. Returns the balance after it.

    A move of nothing is no move. Raises BalanceTooLow.
    """
    key = balance_id(tx.region, store, number)
    row = await tx.find(BalanceRow, key)
    before = row.state() if row else domain.Balance(article_number=number, store=store)
    if available == reserved == on_order == in_reconditioning == 0:
        return before
    moved = domain.move(
        before,
        kind,
        on=on,
        available=available,
        reserved=reserved,
        on_order=on_order,
        in_reconditioning=in_reconditioning,
    )
    if row is None:
        row = tx.start(BalanceRow, key, moved)
    else:
        tx.record(row, moved)
    tx.put(_ledger_line(tx, moved, cause_id))
    return row.state()


async def set_safety_level(tx: Transaction, level: SafetyLevelSet) -> None:
    """Let an article's balance in a store, which is locked, have another safety level (INV-9)."""
    key = balance_id(tx.region, level.store, level.article_number)
    row = await tx.find(BalanceRow, key)
    if row is None:
        tx.start(BalanceRow, key, level)
    else:
        tx.record(row, level)


def _ledger_line(
    tx: Transaction, moved: StockMoved | StockMovedV2, cause_id: UUID | None
) -> StockMoveRow:
    return StockMoveRow(
        region=tx.region,
        id=tx.mint(),
        recorded_at=tx.now,
        cause_id=cause_id,
        **same_columns(moved, StockMoveRow),
    )
