"""Stores, their balances and the ledger over HTTP (INV-4, INV-14). No rule here."""

from typing import Annotated

from fastapi import Query
from kvitt_chassis.filters import Eq, From, In, To
from kvitt_chassis.http import (
    ApiRouter,
    ListOf,
    ListQuery,
    Page,
    Reader,
    Scope,
    named,
)
from kvitt_contracts.inventory import LaterMoveKind, MoveKind
from kvitt_contracts.types import ArticleNumber, Day, ServicePointId, StoreId
from pydantic import Field
from sqlalchemy import select

from inventory.stock.models import StockMoveRow
from inventory.stock.views import StockMoveView
from inventory.stores.domain import StoreKind
from inventory.stores.models import StoreRow
from inventory.stores.queries import may_look_up, own_stores, stores_within
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
