"""The ledger over HTTP (INV-4). No rule here."""

from typing import Annotated

from fastapi import Query
from kvitt_chassis.filters import Eq, From, To
from kvitt_chassis.http import ApiRouter, ListOf, ListQuery, Page, Reader, Scope, named
from kvitt_contracts.inventory import MoveKind
from kvitt_contracts.types import ArticleNumber, Day, StoreId
from sqlalchemy import select

from inventory.stock.models import StockMoveRow
from inventory.stock.views import StockMoveView

router = ApiRouter(tags=["Förråd och saldo"])


class StockMoveQuery(ListQuery):
    """Which lines of the ledger."""

    store: Annotated[StoreId | None, Eq(StockMoveRow.store, "Förråd")] = None
    article_number: Annotated[
        ArticleNumber | None, Eq(StockMoveRow.article_number, "Artikelnummer")
    ] = None
    kind: Annotated[MoveKind | None, Eq(StockMoveRow.kind, "Rörelsens slag")] = None
    from_day: Annotated[Day | None, From(StockMoveRow.moved_on, "Första dagen")] = None
    to_day: Annotated[Day | None, To(StockMoveRow.moved_on, "Sista dagen")] = None


STOCK_MOVES = ListOf(
    select(StockMoveRow),
    scope=Scope(StockMoveRow.region, StockMoveRow.store),
    sorts=named(StockMoveRow.recorded_at, StockMoveRow.moved_on),
    default="-recorded_at",
    view=StockMoveView.of,
)


@router.get("/stock-moves")
async def list_stock_moves(
    reader: Reader, asked: Annotated[StockMoveQuery, Query()]
) -> Page[StockMoveView]:
    """Lagerjournalen: varje saldo är summan av sina rörelser (INV-4)."""
    return await STOCK_MOVES.page(asked, reader)
