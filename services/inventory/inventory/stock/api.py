"""Stores, their balances and the ledger over HTTP (INV-4, INV-14). No rule here."""

from datetime import date
from typing import Annotated

from fastapi import Query
from kvitt_chassis.http import ApiRouter, Listing, Page, Reader
from kvitt_contracts.inventory import MoveKind
from kvitt_contracts.types import ArticleNumber, ArticleType, ServicePointId, StoreId
from pydantic import Field
from sqlalchemy import and_, select

from inventory.articles.models import ArticleRow
from inventory.stock.models import BalanceRow, StockMoveRow
from inventory.stock.views import BalanceView, FromRow, StockMoveView
from inventory.stores.domain import StoreKind
from inventory.stores.models import StoreRow

router = ApiRouter(tags=["Förråd och saldo"])

STORE_SORTS = {"store": StoreRow.store, "name": StoreRow.name, "kind": StoreRow.kind}
BALANCE_SORTS = {
    "name": ArticleRow.sort_name,
    "article_number": BalanceRow.article_number,
    "available": BalanceRow.available,
}
MOVE_SORTS = {"recorded_at": StockMoveRow.recorded_at, "moved_on": StockMoveRow.moved_on}


class StoreView(FromRow):
    """Ett förråd."""

    store: Annotated[StoreId, Field(examples=["500"])]
    name: str
    kind: Annotated[StoreKind, Field(description="Centrallager, inköp, eget, utredning")]
    service_point: Annotated[ServicePointId | None, Field(description="Tjänstestället som äger")]


@router.get("/stores")
async def list_stores(
    reader: Reader,
    listing: Listing,
    kind: Annotated[StoreKind | None, Query(description="Förrådets slag")] = None,
    service_point: Annotated[ServicePointId | None, Query(description="Tjänsteställe")] = None,
) -> Page[StoreView]:
    """Regionens förråd."""
    found = select(StoreRow)
    if kind is not None:
        found = found.where(StoreRow.kind == kind)
    if service_point is not None:
        found = found.where(StoreRow.service_point == service_point)
    return await reader.page(found, listing, view=StoreView.of, sorts=STORE_SORTS, default="store")


@router.get("/stores/{store}/balances")
async def list_balances(
    store: StoreId,
    reader: Reader,
    listing: Listing,
    query: Annotated[str | None, Query(max_length=100, description="Tom fråga visar alla")] = None,
    type: Annotated[ArticleType | None, Query(description="Artikeltyp")] = None,
    with_balance: Annotated[bool, Query(description="Bara det som har disponibelt saldo")] = False,
) -> Page[BalanceView]:
    """Ett förråds saldolista (INV-14)."""
    await reader.get(StoreRow, store, rule="INV-14")
    found = (
        select(BalanceRow, ArticleRow.name)
        .join(
            ArticleRow,
            and_(
                ArticleRow.region == BalanceRow.region,
                ArticleRow.article_number == BalanceRow.article_number,
            ),
        )
        .where(BalanceRow.store == store)
    )
    for word in (query or "").lower().split():
        found = found.where(ArticleRow.search_text.contains(word, autoescape=True))
    if type is not None:
        found = found.where(ArticleRow.type == type)
    if with_balance:
        found = found.where(BalanceRow.available > 0)
    return await reader.page(
        found,
        listing,
        view=lambda row: BalanceView.of(row[0], name=row[1]),
        sorts=BALANCE_SORTS,
        default="name",
    )


@router.get("/stock-moves")
async def list_stock_moves(
    reader: Reader,
    listing: Listing,
    store: Annotated[StoreId | None, Query(description="Förråd")] = None,
    article_number: Annotated[ArticleNumber | None, Query(description="Artikelnummer")] = None,
    kind: Annotated[MoveKind | None, Query(description="Rörelsens slag")] = None,
    from_day: Annotated[date | None, Query(description="Första dagen")] = None,
    to_day: Annotated[date | None, Query(description="Sista dagen")] = None,
) -> Page[StockMoveView]:
    """Lagerjournalen: varje saldo är summan av sina rörelser (INV-4)."""
    found = select(StockMoveRow)
    if store is not None:
        found = found.where(StockMoveRow.store == store)
    if article_number is not None:
        found = found.where(StockMoveRow.article_number == article_number)
    if kind is not None:
        found = found.where(StockMoveRow.kind == kind)
    if from_day is not None:
        found = found.where(StockMoveRow.moved_on >= from_day)
    if to_day is not None:
        found = found.where(StockMoveRow.moved_on <= to_day)
    return await reader.page(
        found, listing, view=StockMoveView.of, sorts=MOVE_SORTS, default="-recorded_at"
    )
