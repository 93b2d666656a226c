"""Look-ups of stocktakings: what is to be counted, what the ledger says, what was in a store."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from kvitt_chassis.http import RegionReader
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.calendar import stockholm_day
from kvitt_contracts.types import (
    ArticleNumber,
    DeviceId,
    DeviceNumber,
    StocktakingId,
    StoreId,
    UserId,
    identify,
)
from sqlalchemy import (
    ColumnElement,
    DateTime,
    Select,
    Text,
    cast,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from inventory.articles.models import ArticleRow
from inventory.baskets.models import BasketFreedRow, BasketOrderRow, BasketRow
from inventory.devices.domain import GONE, ClaimKind
from inventory.devices.models import CustodyRow, DeviceRow
from inventory.devices.queries import is_scanned
from inventory.people.models import UserRow
from inventory.reconditionings.models import ReconditioningRow
from inventory.scanning.domain import Scanned
from inventory.stock.models import StockMoveRow
from inventory.stocktakings.domain import COUNTED_TYPES, Stocktaking
from inventory.stocktakings.models import ShelfTallyRow
from inventory.stocktakings.tallies.domain import Tally
from inventory.stores.domain import StoreKind
from inventory.stores.models import StoreRow
from inventory.stores.queries import is_store_of

_MOST_DEVICES: Final = 5_000
_CANDIDATES: Final = 20
"""As many devices as a code may mean, of which the one in the store is chosen."""


def stocktaking_id(tx: Transaction, store: StoreId) -> StocktakingId:
    """The id of a store's stocktaking."""
    return StocktakingId(identify(tx.region, "stocktaking", store))


async def is_own_store(tx: Transaction, store: StoreId, user: UserId) -> bool:
    """Whether a user may count a store: one of their units', or any for customer service."""
    by = await tx.search(UserRow, UserRow.user_id, user)
    return by is not None and await is_store_of(tx, store, by, act="inventory.stocktaking.open")


async def investigation_store(tx: Transaction) -> StoreId | None:
    """The region's store of what is missing, or None."""
    return await tx.session.scalar(
        select(StoreRow.store)
        .where(StoreRow.region == tx.region, StoreRow.kind == StoreKind.INVESTIGATION)
        .order_by(StoreRow.store)
        .limit(1)
    )


# decision 0352: what left after the shelf was counted is no difference
async def expected_at(
    tx: Transaction, store: StoreId, counted: Mapping[ArticleNumber, datetime]
) -> Mapping[ArticleNumber, int]:
    """What the ledger says stood on the shelf of each article at its instant: available and
    reserved (INV-10). The articles' balances are locked.
    """
    stood = func.sum(StockMoveRow.available + StockMoveRow.reserved)
    moved = _moves_until(tx, store, counted, stood)
    found = {number: int(units) for number, units in await tx.session.execute(moved)}
    return {number: found.get(number, 0) for number in counted}


async def devices_in_store(
    tx: Transaction, store: StoreId, number: ArticleNumber, *, since: datetime
) -> list[DeviceId]:
    """The devices of an article that are in a store and were there at an instant already, without
    those that are on their way, by a pickup too, those that were being made fit again then
    (INV-13), and those that were scrapped or went back to their supplier. The article's balance is
    locked, so that none leaves meanwhile.
    """
    is_sent = DeviceRow.claim_kind.in_((ClaimKind.DISPATCH, ClaimKind.PICKUP))
    return await _devices(tx, store, number, is_sent.is_not(True), since=since)


async def devices_in_pickups(
    tx: Transaction, store: StoreId, number: ArticleNumber, *, since: datetime
) -> list[DeviceId]:
    """The devices of an article that a pickup sends on from a store (PCK-7), and that were there at
    an instant already.
    """
    return await _devices(tx, store, number, DeviceRow.claim_kind == ClaimKind.PICKUP, since=since)


# decision 0423: what is lent is out of its store until its last day
async def devices_in_baskets(
    tx: Transaction, store: StoreId, number: ArticleNumber, *, since: datetime
) -> frozenset[DeviceId]:
    """The devices of an article that were out in a basket when the shelf was counted: those that
    are lent, until the last day of their loan, and those that have been put back since (ORD-10).
    """
    lent = DeviceRow.claim_kind == ClaimKind.BASKET
    in_time = _baskets_in_time(tx, store, since).scalar_subquery()
    out = await _devices(tx, store, number, lent & DeviceRow.claimed_by.in_(in_time), since=since)
    freed_since = select(BasketFreedRow).where(
        BasketFreedRow.region == tx.region,
        BasketFreedRow.store == store,
        BasketFreedRow.freed_at > since,
    )
    freed = {row.line_id: row.order_id for row in await tx.session.scalars(freed_since)}
    back = select(BasketRow).where(BasketRow.region == tx.region, BasketRow.id.in_(freed.values()))
    put_back = [
        device
        for row in await tx.session.scalars(back)
        for line in row.lines
        if line.line_id in freed
        for device in line.devices
    ]
    return frozenset([*out, *put_back])


async def lent_at(
    tx: Transaction, store: StoreId, counted: Mapping[ArticleNumber, datetime]
) -> Mapping[ArticleNumber, int]:
    """How many unmarked units of each article were out in baskets at its instant, until the last
    day of their loan (ORD-10).
    """
    found: dict[ArticleNumber, int] = dict.fromkeys(counted, 0)
    lent = func.sum(StockMoveRow.reserved)
    by_day: dict[date, dict[ArticleNumber, datetime]] = defaultdict(dict)
    for number, at in counted.items():
        by_day[stockholm_day(at)][number] = at
    for of_day in by_day.values():
        in_time = StockMoveRow.cause_id.in_(_baskets_in_time(tx, store, max(of_day.values())))
        moved = _moves_until(tx, store, of_day, lent).where(in_time)
        found |= {number: int(units) for number, units in await tx.session.execute(moved)}
    return found


def _moves_until(
    tx: Transaction,
    store: StoreId,
    counted: Mapping[ArticleNumber, datetime],
    units: ColumnElement[Any],
) -> Select[Any]:
    """Some units of the store's moves of each article up to its instant."""
    wanted = (
        func.unnest(
            cast(list(counted), ARRAY(Text)), cast(list(counted.values()), ARRAY(DateTime(True)))
        )
        .table_valued("number", "at", name="counted")
        .render_derived()
    )
    return (
        select(StockMoveRow.article_number, units)
        .join(wanted, StockMoveRow.article_number == wanted.c.number)
        .where(
            StockMoveRow.region == tx.region,
            StockMoveRow.store == store,
            StockMoveRow.recorded_at <= wanted.c.at,
        )
        .group_by(StockMoveRow.article_number)
    )


def _baskets_in_time(tx: Transaction, store: StoreId, at: datetime) -> Select[Any]:
    return select(BasketOrderRow.order_id).where(
        BasketOrderRow.region == tx.region,
        BasketOrderRow.store == store,
        BasketOrderRow.due_on >= stockholm_day(at),
    )


async def _devices(
    tx: Transaction,
    store: StoreId,
    number: ArticleNumber,
    which: ColumnElement[bool],
    *,
    since: datetime,
) -> list[DeviceId]:
    came_at = (
        select(func.max(CustodyRow.recorded_at))
        .where(CustodyRow.region == DeviceRow.region, CustodyRow.device_id == DeviceRow.id)
        .scalar_subquery()
    )
    query = select(DeviceRow.id).where(
        DeviceRow.region == tx.region,
        DeviceRow.holder_kind == "store",
        DeviceRow.holder_key == store,
        DeviceRow.article_number == number,
        which,
        DeviceRow.status.not_in(GONE),
        came_at <= since,
        DeviceRow.id.not_in(_made_fit_at(tx, store, since)),
    )
    return [DeviceId(key) for key in await tx.session.scalars(query.order_by(DeviceRow.id))]


# decision 0486: what is being made fit again is in the workshop, and not on the shelf
def _made_fit_at(tx: Transaction, store: StoreId, at: datetime) -> Select[DeviceId | None]:
    return select(ReconditioningRow.device_id).where(
        ReconditioningRow.region == tx.region,
        ReconditioningRow.store == store,
        ReconditioningRow.device_id.is_not(None),
        ReconditioningRow.opened_at <= at,
        or_(ReconditioningRow.ended_at.is_(None), ReconditioningRow.ended_at > at),
    )


async def stores_of_devices(
    tx: Transaction, devices: Sequence[DeviceId], *, at: datetime
) -> Mapping[UUID, StoreId | None]:
    """In which store each device was at an instant, by what was known then; None: on loan."""
    store: ColumnElement[StoreId | None] = literal_column("custody #>> '{holder,store}'").label(
        "store"
    )
    query = (
        select(CustodyRow.device_id, store)
        .where(
            CustodyRow.region == tx.region,
            CustodyRow.device_id.in_(devices),
            CustodyRow.recorded_at <= at,
        )
        .order_by(CustodyRow.device_id, CustodyRow.number)
    )
    found = await tx.session.execute(query)
    return {row.device_id: row.store for row in found}


async def articles_to_count(
    reader: RegionReader, store: StoreId, *, since: date | None
) -> Sequence[ArticleRow]:
    """The articles to count in a store: main devices, accessories and spare parts that it has, or
    that have moved since the last round was posted (INV-10).
    """
    has = func.sum(StockMoveRow.available + StockMoveRow.reserved) != 0
    moved = (
        select(StockMoveRow.article_number)
        .where(StockMoveRow.region == reader.region, StockMoveRow.store == store)
        .group_by(StockMoveRow.article_number)
        .having(has | (func.max(StockMoveRow.moved_on) > (since or date.min)))
    )
    return await reader.all(
        select(ArticleRow)
        .where(
            ArticleRow.article_number.in_(moved),
            ArticleRow.type.in_(sorted(COUNTED_TYPES)),
            ArticleRow.is_contribution.is_(False),
        )
        .order_by(ArticleRow.article_number)
    )


async def tallies_of(tx: Transaction, taking: Stocktaking) -> list[Tally]:
    """What each has counted of unmarked articles in a store's present round (INV-10)."""
    query = select(ShelfTallyRow).where(
        ShelfTallyRow.region == tx.region,
        ShelfTallyRow.store == taking.store,
        ShelfTallyRow.basis_at == taking.basis_at,
    )
    return [
        Tally(
            **{
                name: getattr(row, name)
                for name in ("article_number", "by", "counted", "counted_at")
            }
        )
        for row in await tx.session.scalars(query)
    ]


async def devices_scanned(tx: Transaction, scanned: Scanned) -> list[tuple[DeviceRow, ArticleRow]]:
    """The devices that a code may mean, each with its article: those of the code's own article
    first, since many makers count from one (INV-5).
    """
    gtin = scanned.gtin
    first = [] if gtin is None else [ArticleRow.gtin.is_distinct_from(gtin)]
    query = (
        select(DeviceRow, ArticleRow)
        .join(
            ArticleRow,
            (ArticleRow.region == DeviceRow.region)
            & (ArticleRow.article_number == DeviceRow.article_number),
        )
        .where(DeviceRow.region == tx.region, is_scanned(scanned, tx.region))
        .order_by(*first, DeviceRow.device_number)
        .limit(_CANDIDATES)
    )
    return [(device, article) for device, article in await tx.session.execute(query)]


async def devices_to_find(
    reader: RegionReader, store: StoreId
) -> Sequence[tuple[ArticleNumber, DeviceNumber]]:
    """The devices that stand in a store by the ledger, by their articles (INV-10)."""
    rows = await reader.all(
        select(DeviceRow)
        .where(
            DeviceRow.holder_kind == "store",
            DeviceRow.holder_key == store,
            DeviceRow.status.not_in(GONE),
            DeviceRow.claim_kind.is_distinct_from(ClaimKind.DISPATCH),
        )
        .order_by(DeviceRow.device_number)
        .limit(_MOST_DEVICES)
    )
    return [(row.article_number, row.device_number) for row in rows]
