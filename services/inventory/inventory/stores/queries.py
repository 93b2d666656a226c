"""Look-ups of stores that other nouns use: whether goods may be put into one, and whose it is."""

from collections.abc import Iterable, Sequence
from typing import Any

from kvitt_chassis.access import Caller
from kvitt_chassis.handlers import RowKey
from kvitt_chassis.http import RegionReader
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import ArticleNumber, CustomerId, PayerId, ServicePointId, StoreId
from sqlalchemy import ColumnElement, Select, and_, exists, not_, or_, select

from inventory.people.models import UserRow
from inventory.people.queries import may_draw_from
from inventory.stock.models import BalanceRow
from inventory.stock.queries import NUMBERS
from inventory.stores import domain
from inventory.stores.models import CustomerRow, StoreRow


def rows_of_store(store: StoreId, tx: Transaction) -> Iterable[RowKey]:
    """The rows that `check_store_holds_stock` reads, as far as they are known by now."""
    yield StoreRow, store
    row = tx.fetched(StoreRow, store)
    if row is not None and row.service_point is not None:
        yield CustomerRow, row.service_point


async def check_store_holds_stock(tx: Transaction, store: StoreId) -> None:
    """Check that goods may be put into a store (INV-4, REF-7).

    Raises StoreRefused. A store that nobody has stated: the message waits.
    """
    domain.check_holds_stock(
        await _store(tx, await tx.get(StoreRow, store)),
        private_clinics_hold_stock=tx.policy.private_clinics_hold_stock,
    )


async def may_store_hold_stock(tx: Transaction, store: StoreId) -> bool:
    """Whether goods may be put into a store (INV-4, REF-7). True of one that nobody has stated:
    nothing is known against it, and an effect that was planned into it holds up no day.
    """
    row = await tx.look_up(StoreRow, store)
    return row is None or domain.may_hold_stock(
        await _store(tx, row), private_clinics_hold_stock=tx.policy.private_clinics_hold_stock
    )


def are_own_stores(caller: Caller) -> ColumnElement[bool]:
    """A store is one of the caller's units': it is stated of a service point of theirs, or is the
    own store that one of these draws from (REF-3, REF-18), and the caller is connected to it
    (REF-11).
    """
    points = sorted(caller.service_points)
    drawn_from = select(CustomerRow.store).where(CustomerRow.customer_id.in_(points))
    of_units = or_(
        StoreRow.service_point.in_(points),
        and_(StoreRow.kind == domain.StoreKind.OWN, StoreRow.store.in_(drawn_from)),
    )
    return and_(of_units, may_draw_from(caller, StoreRow.store))


def rows_of_own_store(store: StoreId, by: UserRow | None) -> Iterable[RowKey]:
    """The rows that `is_store_of` reads, as far as they are known by now."""
    yield StoreRow, store
    for point in by.service_points if by else ():
        yield CustomerRow, point


async def is_store_of(tx: Transaction, store: StoreId, by: UserRow, *, act: str) -> bool:
    """Whether a user may act upon what is in a store: it is one of their units' (see
    `are_own_stores`), or they reach all of the region by the act that they do (REF-18).
    """
    if by.may_for_all(act):
        return True
    is_connected = by.stores is None or store in by.stores
    row = await tx.look_up(StoreRow, store)
    if row is None or not is_connected:
        return False
    units = await tx.look_up_all(CustomerRow, by.service_points)
    is_drawn_from = any(unit.store == store for unit in units)
    return row.service_point in by.service_points or (
        row.kind is domain.StoreKind.OWN and is_drawn_from
    )


async def is_own_store_of(tx: Transaction, store: StoreId, point: ServicePointId) -> bool:
    """Whether a store is a service point's own: stated of it, or the one that it draws from."""
    row = await tx.look_up(StoreRow, store)
    if row is None or row.kind is not domain.StoreKind.OWN:
        return False
    unit = await tx.look_up(CustomerRow, CustomerId(point))
    return row.service_point == point or (unit is not None and unit.store == store)


async def points_of_store(tx: Transaction, store: StoreRow) -> tuple[ServicePointId, ...]:
    """The service points whose store it is: the one that it is stated of, or those that draw from
    it, in the order of their codes.
    """
    if store.service_point is not None:
        return (store.service_point,)
    query = (
        select(CustomerRow.customer_id)
        .where(CustomerRow.region == tx.region, CustomerRow.store == store.store)
        .order_by(CustomerRow.customer_id)
    )
    with tx.session.no_autoflush:
        found = (await tx.session.scalars(query)).all()
    return tuple(ServicePointId(one) for one in found)


def own_stores(caller: Caller) -> Select[StoreId]:
    """Selects the stores of the caller's units."""
    return select(StoreRow.store).where(are_own_stores(caller))


def payers_of(points: Iterable[Any]) -> Select[PayerId | None]:
    """Selects the payers of these service points, given as values or columns (REF-4)."""
    return select(CustomerRow.payer_id).where(CustomerRow.customer_id.in_(list(points)))


async def stores_within(reader: RegionReader) -> Sequence[StoreId] | None:
    """The stores of the caller's units; None for who reaches the whole region."""
    if reader.grant.is_region_wide:
        return None
    return await reader.all(own_stores(reader.caller).order_by(StoreRow.store))


# decision 0282: what the central store has, everybody may look up
def may_look_up(caller: Caller) -> ColumnElement[bool]:
    """A store is of the caller's units, or one that every unit orders from."""
    return or_(StoreRow.kind.in_(domain.FOR_EVERYBODY), are_own_stores(caller))


def stores_to_look_up(caller: Caller) -> Select[StoreId]:
    """Selects the stores that the caller may look up."""
    return select(StoreRow.store).where(may_look_up(caller))


async def _store(tx: Transaction, row: StoreRow) -> domain.Store:
    owner = None
    if row.service_point is not None:
        owner = await tx.look_up(CustomerRow, CustomerId(row.service_point))
    of_private_clinic = owner is not None and owner.private_clinic
    return domain.Store(kind=row.kind, of_private_clinic=of_private_clinic)


async def balances_of(
    reader: RegionReader, numbers: Sequence[ArticleNumber]
) -> Sequence[BalanceRow]:
    """These articles' balances, by store."""
    return await reader.all(
        select(BalanceRow)
        .where(BalanceRow.article_number.in_(numbers), is_shown())
        .order_by(BalanceRow.store)
    )


def is_shown() -> ColumnElement[bool]:
    """A balance is shown: all but an empty one of a purchasing store, which has none (INV-4)."""
    has = [getattr(BalanceRow, name) != 0 for name in NUMBERS]
    of_purchasing_store = exists().where(
        StoreRow.region == BalanceRow.region,
        StoreRow.store == BalanceRow.store,
        StoreRow.kind == domain.StoreKind.PURCHASING,
    )
    return or_(*has, not_(of_purchasing_store))
