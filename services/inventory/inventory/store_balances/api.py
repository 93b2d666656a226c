"""A store's balances over HTTP, and its balance report (INV-11, INV-14). No rule here."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated

from fastapi import Query, Response
from kvitt_chassis.filters import Eq, ForTheView, Where
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
from kvitt_chassis.web.reading import ReadTransaction
from kvitt_contracts.calendar import start_of_day, stockholm_day
from kvitt_contracts.types import ArticleType, Day, StoreId
from pydantic import Field
from sqlalchemy import ColumnElement, and_, select, true

from inventory.articles.domain import words_of
from inventory.articles.models import ArticleRow
from inventory.articles.queries import has_words
from inventory.reservations.queries import incoming_shown
from inventory.stock.models import BalanceRow
from inventory.stock.queries import balances_at
from inventory.stocktakings.models import ShelfCountRow
from inventory.store_balances import documents
from inventory.store_balances.domain import check_day
from inventory.store_balances.views import StoreBalanceView
from inventory.stores.api import SCOPE
from inventory.stores.models import StoreRow
from inventory.stores.queries import is_shown, stores_to_look_up
from inventory.tables import is_among

router = ApiRouter(tags=["Förråd och saldo"])


def _has_words(query: str, _: RegionReader) -> ColumnElement[bool]:
    return and_(true(), *has_words(words_of(query)))


class BalanceQuery(ListQuery):
    """Which of a store's balances."""

    query: Annotated[
        str | None, Where(_has_words, "Tom fråga visar alla"), Field(max_length=100)
    ] = None
    type: Annotated[ArticleType | None, Eq(ArticleRow.type, "Artikeltyp")] = None
    with_balance: Annotated[
        bool, Where(lambda _, __: BalanceRow.available > 0, "Bara det som har disponibelt saldo")
    ] = False
    on: Annotated[
        Day | None,
        ForTheView("Saldot vid slutet av den dagen, som det var då; utan den saldot nu"),
    ] = None


BALANCES = ListOf(
    select(BalanceRow, ArticleRow.name, ArticleRow.marked, ShelfCountRow.counted_on)
    .join(
        ArticleRow,
        and_(
            ArticleRow.region == BalanceRow.region,
            ArticleRow.article_number == BalanceRow.article_number,
        ),
    )
    .outerjoin(
        ShelfCountRow,
        and_(
            ShelfCountRow.region == BalanceRow.region,
            ShelfCountRow.balance_id == BalanceRow.id,
        ),
    )
    .where(is_shown()),
    scope=Scope(
        BalanceRow.region,
        also=lambda caller: is_among(BalanceRow.store, stores_to_look_up(caller)),
    ),
    sorts=named(BalanceRow.article_number, BalanceRow.available, name=ArticleRow.sort_name),
    default="name",
    view=lambda row: StoreBalanceView.shown(row[0], name=row[1], marked=row[2], counted_on=row[3]),
)


@router.get("/stores/{store}/balances")
async def list_balances(
    store: StoreId, reader: Reader, asked: Annotated[BalanceQuery, Query()]
) -> Page[StoreBalanceView]:
    """Ett förråds saldolista (INV-14), med vad som är på väg dit genom lagerpåfyllnader. Med `on`
    svarar lagerjournalen: saldot vid slutet av den dagen, av det som hade bokförts då (INV-4).

    Nekas: UNKNOWN_STORE (INV-14), DAY_IN_THE_FUTURE (DAY-1), NOT_BY_BALANCE (INV-4).
    """
    await reader.get(StoreRow, store, scope=SCOPE, rule="INV-14")
    if asked.on is not None:
        today = stockholm_day(await reader.now())
        check_day(asked.on, today=today, sort=asked.sort, with_balance=asked.with_balance)
    found = await BALANCES.page(asked, reader, BalanceRow.store == store)
    if asked.on is not None:
        items = await _at_the_end_of(asked.on, found.items, store, reader)
        return found.model_copy(update={"items": items})
    coming = await incoming_shown(reader, store)
    items = [one.with_incoming(coming.get(one.article_number, 0)) for one in found.items]
    return found.model_copy(update={"items": items})


async def _at_the_end_of(
    on: date, shown: Sequence[StoreBalanceView], store: StoreId, reader: RegionReader
) -> list[StoreBalanceView]:
    numbers = [one.article_number for one in shown]
    before = start_of_day(on + timedelta(days=1))
    was = await balances_at(reader, store, numbers, before=before)
    return [one.at_the_end_of(on, was.get(one.article_number)) for one in shown]


@router.get(
    "/stores/{store}/balance-report",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}}},
)
async def print_balances(store: StoreId, reader: Reader, tx: ReadTransaction) -> Response:
    """Ett förråds saldorapport som PDF (INV-11): allt som förrådet har, har reserverat eller väntar
    på, i bokstavsordning.

    Nekas: UNKNOWN_STORE, TOO_MANY_ROWS (INV-11).
    """
    row = await reader.get(StoreRow, store, scope=SCOPE, rule="INV-11")
    query = BALANCES.rows.where(
        BALANCES.scope.within(reader.grant), BalanceRow.store == store
    ).order_by(ArticleRow.sort_name, BalanceRow.article_number)
    balances = [BALANCES.view(found) for found in await reader.all(query.limit(documents.MOST + 1))]
    coming = await incoming_shown(reader, store)
    content = await documents.print_report(
        row,
        [one.with_incoming(coming.get(one.article_number, 0)) for one in balances],
        on=tx.today,
    )
    return Response(
        content,
        media_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="saldo-{store}.pdf"'},
    )
