"""Stores, their balances and the ledger over HTTP (INV-4, INV-14). No rule here."""

from typing import Annotated

from fastapi import Query
from kvitt_chassis.filters import Eq, From, In, To, Where
from kvitt_chassis.http import (
    ApiRouter,
    ListOf,
    ListQuery,
    Page,
    Reader,
    RegionReader,
    Scope,
    named,
)
from kvitt_contracts.inventory import LaterMoveKind, MoveKind
from kvitt_contracts.types import ArticleNumber, ArticleType, Day, ServicePointId, StoreId
from pydantic import Field
from sqlalchemy import ColumnElement, and_, select, true

from inventory.articles.models import ArticleRow
from inventory.stock.models import BalanceRow, StockMoveRow
from inventory.stock.views import BalanceView, StockMoveView
from inventory.stores.domain import StoreKind
from inventory.stores.models import StoreRow
from inventory.stores.queries import may_look_up, own_stores, stores_to_look_up, stores_within
from inventory.tables import is_among
from inventory.views import FromRow

router = ApiRouter(tags=["Förråd och saldo"])


class StoreView(FromRow):
    """Ett förråd."""

    store: Annotated[StoreId, Field(examples=["500"])]
    name: str
    kind: Annotated[StoreKind, Field(description="Centrallager, inköp, eget, utredning")]
    service_point: Annotated[ServicePointId | None, Field(description="Tjänstestället som äger")]


class StoreQuery(ListQuery):
    """Which stores."""

    store: Annotated[list[StoreId] | None, In(StoreRow.store, "Ett eller flera")] = None
    kind: Annotated[StoreKind | None, Eq(StoreRow.kind, "Förrådets slag")] = None
    service_point: Annotated[ServicePointId | None, Eq(StoreRow.service_point, "Tjänsteställe")] = (
        None
    )


SCOPE = Scope(StoreRow.region, also=may_look_up)

STORES = ListOf(
    select(StoreRow),
    scope=SCOPE,
    sorts=named(StoreRow.store, StoreRow.name, StoreRow.kind),
    default="store",
    view=StoreView.of,
)


@router.get("/stores")
async def list_stores(reader: Reader, asked: Annotated[StoreQuery, Query()]) -> Page[StoreView]:
    """De egna förråden som användaren är ansluten till (REF-11), och de som alla beställer ur; för
    kundtjänst alla.
    """
    return await STORES.page(asked, reader)


def _has_words(query: str, _: RegionReader) -> ColumnElement[bool]:
    words = query.lower().split()
    return and_(true(), *(ArticleRow.search_text.contains(w, autoescape=True) for w in words))


class BalanceQuery(ListQuery):
    """Which of a store's balances."""

    query: Annotated[
        str | None, Where(_has_words, "Tom fråga visar alla"), Field(max_length=100)
    ] = None
    type: Annotated[ArticleType | None, Eq(ArticleRow.type, "Artikeltyp")] = None
    with_balance: Annotated[
        bool, Where(lambda _, __: BalanceRow.available > 0, "Bara det som har disponibelt saldo")
    ] = False


BALANCES = ListOf(
    select(BalanceRow, ArticleRow.name, ArticleRow.marked).join(
        ArticleRow,
        and_(
            ArticleRow.region == BalanceRow.region,
            ArticleRow.article_number == BalanceRow.article_number,
        ),
    ),
    scope=Scope(
        BalanceRow.region,
        also=lambda caller: is_among(BalanceRow.store, stores_to_look_up(caller)),
    ),
    sorts=named(BalanceRow.article_number, BalanceRow.available, name=ArticleRow.sort_name),
    default="name",
    view=lambda row: BalanceView.of(row[0], name=row[1], marked=row[2]),
)


@router.get("/stores/{store}/balances")
async def list_balances(
    store: StoreId, reader: Reader, asked: Annotated[BalanceQuery, Query()]
) -> Page[BalanceView]:
    """Ett förråds saldolista (INV-14)."""
    await reader.get(StoreRow, store, scope=SCOPE, rule="INV-14")
    return await BALANCES.page(asked, reader, BalanceRow.store == store)


class StockMoveQuery(ListQuery):
    """Which lines of the ledger."""

    store: Annotated[StoreId | None, Eq(StockMoveRow.store, "Förråd")] = None
    article_number: Annotated[
        ArticleNumber | None, Eq(StockMoveRow.article_number, "Artikelnummer")
    ] = None
    kind: Annotated[MoveKind | LaterMoveKind | None, Eq(StockMoveRow.kind, "Rörelsens slag")] = None
    from_day: Annotated[Day | None, From(StockMoveRow.moved_on, "Första dagen")] = None
    to_day: Annotated[Day | None, To(StockMoveRow.moved_on, "Sista dagen")] = None


STOCK_MOVES = ListOf(
    select(StockMoveRow),
    scope=Scope(
        StockMoveRow.region, also=lambda caller: is_among(StockMoveRow.store, own_stores(caller))
    ),
    sorts=named(StockMoveRow.recorded_at, StockMoveRow.moved_on),
    default="-recorded_at",
    view=StockMoveView.of,
)


@router.get("/stock-moves")
async def list_stock_moves(
    reader: Reader, asked: Annotated[StockMoveQuery, Query()]
) -> Page[StockMoveView]:
    """Lagerjournalen: varje saldo är summan av sina rörelser (INV-4). Den visas för de egna
    förråden, och för kundtjänst för alla.
    """
    # named one by one, the stores tell the database how few of the region's moves are wanted
    mine = await stores_within(reader)
    named_stores = [] if mine is None else [StockMoveRow.store.in_(mine)]
    return await STOCK_MOVES.page(asked, reader, *named_stores)
