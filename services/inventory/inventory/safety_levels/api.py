"""Safety levels over HTTP (INV-9). No rule here."""

from typing import Annotated

from fastapi import Query
from kvitt_chassis.filters import Eq
from kvitt_chassis.http import (
    ApiRouter,
    Body,
    Commands,
    ListOf,
    ListQuery,
    Page,
    Reader,
    Scope,
    named,
)
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import ArticleNumber, StoreId, identify
from pydantic import BaseModel, Field
from sqlalchemy import and_, select

from inventory.articles.models import ArticleRow
from inventory.safety_levels.commands import Level, SetSafetyLevel
from inventory.stock.models import BalanceRow
from inventory.stock.writes import balance_id
from inventory.stores.models import StoreRow
from inventory.stores.queries import are_own_stores, own_stores
from inventory.tables import is_among

router = ApiRouter(tags=["Lägsta saldo"])

_STORES = Scope(StoreRow.region, also=are_own_stores)


class SafetyLevelBody(Body):
    """Under vilket saldo en artikel ska föreslås för påfyllnad."""

    store: Annotated[StoreId, Field(description="Enhetens eget förråd", examples=["402"])]
    article_number: Annotated[ArticleNumber, Field(description="Artikelnummer")]
    level: Annotated[Level, Field(description="Lägsta saldo; 0: föreslås aldrig")]


class SafetyLevelView(BaseModel):
    """Lägsta saldo för en artikel i ett förråd (INV-9)."""

    store: StoreId
    article_number: ArticleNumber
    name: Annotated[str, Field(description="Artikelns benämning")]
    level: Annotated[int, Field(description="Lägsta saldo; 0: föreslås aldrig")]
    available: Annotated[int, Field(description="Disponibelt saldo")]


class SafetyLevelQuery(ListQuery):
    """Which levels."""

    store: Annotated[StoreId | None, Eq(BalanceRow.store, "Förråd")] = None
    article_number: Annotated[
        ArticleNumber | None, Eq(BalanceRow.article_number, "Artikelnummer")
    ] = None


LEVELS = ListOf(
    select(BalanceRow, ArticleRow.name)
    .join(
        ArticleRow,
        and_(
            ArticleRow.region == BalanceRow.region,
            ArticleRow.article_number == BalanceRow.article_number,
        ),
    )
    .where(BalanceRow.safety_level > 0),
    scope=Scope(
        BalanceRow.region, also=lambda caller: is_among(BalanceRow.store, own_stores(caller))
    ),
    sorts=named(BalanceRow.store, BalanceRow.article_number),
    default="store",
    then=BalanceRow.article_number,
    view=lambda row: _view(row[0], row[1]),
)


@router.get("/safety-levels")
async def list_safety_levels(
    reader: Reader, asked: Annotated[SafetyLevelQuery, Query()]
) -> Page[SafetyLevelView]:
    """Lägsta saldo i de egna förråden; för kundtjänst i alla (INV-9)."""
    return await LEVELS.page(asked, reader)


@router.put("/safety-levels")
async def set_safety_level(body: SafetyLevelBody, commands: Commands) -> SafetyLevelView:
    """Sätt lägsta saldo för en artikel i ett eget förråd (INV-9). Varje natt föreslås påfyllnad av
    det som ligger under.

    Nekas: UNKNOWN_STORE, UNKNOWN_ARTICLE, NOT_AN_OWN_STORE (INV-9), SERVICE_IS_NEVER_STOCKED,
    CONTRIBUTION_IS_NEVER_STOCKED (INV-16), PURCHASING_STORE_HAS_NO_BALANCE (INV-4),
    PRIVATE_CLINIC_HOLDS_NO_STOCK (REF-7).
    """
    region, number = commands.caller.region, body.article_number
    key = balance_id(region, body.store, number)

    async def show(tx: Transaction) -> SafetyLevelView:
        article = await tx.get(ArticleRow, identify(region, "article", number))
        row = await tx.look_up(BalanceRow, key)
        if row is None:  # a level of 0 that it had before is none
            row = BalanceRow(store=body.store, article_number=number, available=0, safety_level=0)
        return _view(row, article.name)

    command = SetSafetyLevel(by=commands.caller.user_id, **dict(body))
    return await commands.run(
        command, target=key, scope=_STORES, named=body.store, rule="INV-9", show=show
    )


def _view(row: BalanceRow, name: str) -> SafetyLevelView:
    return SafetyLevelView(
        store=row.store,
        article_number=row.article_number,
        name=name,
        level=row.safety_level,
        available=row.available,
    )
