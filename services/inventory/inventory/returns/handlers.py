"""Handlers of devices that have come back."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.calendar import start_of_day
from kvitt_contracts.inventory import MoveKind
from kvitt_contracts.regions import DeviceReturned
from kvitt_contracts.types import DeviceId, OrderId, StoreId

from inventory.articles.queries import get_article
from inventory.baskets.models import BasketOrderRow, BasketRow
from inventory.baskets.writes import note_freed
from inventory.devices.domain import Change, ClaimKind, store_of
from inventory.devices.models import DeviceRow
from inventory.devices.queries import custody_history, get_device_numbered, new_device_id
from inventory.devices.writes import RETURN_AWAITED, change_custody
from inventory.holds.writes import break_claim, rows_of_claim
from inventory.reconditionings.writes import (
    is_made_fit_in,
    open_work,
    redate_work,
    take_in,
)
from inventory.region_sales.domain import unsell
from inventory.reservations.backorders import serve_backorders
from inventory.reservations.queries import device_sent_on
from inventory.returns import domain
from inventory.stock.writes import balance_id, balance_rows, lock_balances, move_stock
from inventory.stores.domain import StoreKind
from inventory.stores.models import StoreRow
from inventory.stores.queries import check_store_holds_stock, points_of_store, rows_of_store

messages = Handlers()


def _read_to_take_back(fact: DeviceReturned, tx: Transaction) -> Iterable[RowKey]:
    yield DeviceRow, new_device_id(tx, fact.device_number)
    yield from rows_of_store(fact.store, tx)
    known = tx.fetched(DeviceRow, new_device_id(tx, fact.device_number))
    if known is not None and known.claim_kind is ClaimKind.BASKET:
        yield BasketOrderRow, known.claimed_by


def _locked_to_take_back(fact: DeviceReturned, tx: Transaction) -> Iterable[RowKey]:
    known = tx.fetched(DeviceRow, new_device_id(tx, fact.device_number))
    if known is None or known.device_number != fact.device_number:
        return
    for store in _stores(fact, known, tx):
        yield from balance_rows(store, [known.article_number], tx)
    yield DeviceRow, known.id
    yield from rows_of_claim(known.claim)


@messages.on(DeviceReturned, loads=_locked_to_take_back, reads=_read_to_take_back)
async def take_back(fact: DeviceReturned, tx: Transaction) -> None:
    """INV-7: the device is in the store again, whatever it was claimed for; lent in a basket it is
    put back (ORD-10); sold after that day it is not (BIL-7). INV-13: by policy it is made fit
    again before it is available.

    Told again: nothing, or a corrected day (PHY-1). A store or a device that is not known yet: the
    fact waits. Refused: NOT_ON_LOAN (INV-7), RETURNED_BEFORE_LOAN (DAY-5),
    RETURNED_BEFORE_DISPATCH, RETURNED_AFTER_SCRAPPING, RETURNED_AFTER_SALE,
    RETURNED_AFTER_RECONDITIONING (PHY-1),
    PURCHASING_STORE_HAS_NO_BALANCE (INV-4), PRIVATE_CLINIC_HOLDS_NO_STOCK (REF-7).
    """
    known = await get_device_numbered(tx, fact.device_number)
    for store in _stores(fact, known, tx):
        await lock_balances(tx, store, [known.article_number])
    row = await tx.lock(DeviceRow, known.id)
    if await _is_lent_there(row, fact, tx):
        await _put_back(row, fact, tx)
        return
    history = await custody_history(tx, row)
    taken = domain.take_back(
        DeviceId(row.id),
        row.state(),
        store=fact.store,
        on=fact.returned_on,
        on_the_way=await _on_the_way(row, tx),
        is_sent_back=row.claim_kind is ClaimKind.PICKUP and await _is_central(fact.store, tx),
        own_stores=await _own_stores(fact.store, history, tx),
        history=history,
    )
    if taken is None:
        return
    await check_store_holds_stock(tx, fact.store)
    if taken.instead_of is None:
        await break_claim(tx, row, reason="RETURNED")
    if taken.sent_from is not None:  # the pickup had set it aside there
        await _move(taken.sent_from, row, tx, reserved=-1, on=fact.returned_on)
    if taken.instead_of is None:
        await _take_in(row, fact, tx)
    else:
        await _correct(row, fact, taken.instead_of, tx)
    if taken.was_sold:
        tx.record(row, unsell(DeviceId(row.id), on=fact.returned_on))
    for changed in taken.changes:  # last, since it locks the region's count
        await change_custody(tx, row, changed)


async def _take_in(row: DeviceRow, fact: DeviceReturned, tx: Transaction) -> None:
    """INV-13: by policy it is made fit again in the central store; else it is available at once."""
    store, number, on = fact.store, row.article_number, fact.returned_on
    is_made_fit = await is_made_fit_in(tx, store)
    await take_in(tx, store, number, quantity=1, on=on, is_made_fit=is_made_fit, cause_id=row.id)
    if is_made_fit:
        open_work(tx, store, number, on=on, device=row)


async def _correct(row: DeviceRow, fact: DeviceReturned, instead_of: date, tx: Transaction) -> None:
    """PHY-1: the ledger's day follows the return's, and so does the work that it opened."""
    on, store = fact.returned_on, fact.store
    if await redate_work(tx, row, instead_of=instead_of, store=store, on=on):
        await _move(store, row, tx, in_reconditioning=1, on=on)
        await _move(store, row, tx, in_reconditioning=-1, on=instead_of)
        return
    await _move(store, row, tx, available=1, on=on)
    await _move(store, row, tx, available=-1, on=instead_of)


async def _is_lent_there(row: DeviceRow, fact: DeviceReturned, tx: Transaction) -> bool:
    """Whether a basket has lent the device out of this store, by the day of its return."""
    claim = row.claim
    if claim is None or claim.kind is not ClaimKind.BASKET or row.state().store != fact.store:
        return False
    order = await tx.get(BasketOrderRow, claim.by)
    return order.lent_on <= fact.returned_on


async def _put_back(row: DeviceRow, fact: DeviceReturned, tx: Transaction) -> None:
    """ORD-10: what was lent in a basket is in its store again; it never had another holder."""
    basket = row.claim.by if row.claim else None
    order, known = await tx.get(BasketOrderRow, basket), await tx.lock(BasketRow, basket)
    for line in known.state().open_lines:
        if row.id in line.devices:
            note_freed(tx, order, line.line_id)
    await break_claim(tx, row, reason="RETURNED")
    await move_stock(
        tx,
        fact.store,
        row.article_number,
        MoveKind.RELEASED,
        on=fact.returned_on,
        available=1,
        reserved=-1,
        cause_id=basket,
    )
    await serve_backorders(tx, fact.store, row.article_number)


async def _on_the_way(row: DeviceRow, tx: Transaction) -> domain.OnTheWay | None:
    claim = row.claim
    if claim is None or claim.kind is not ClaimKind.DISPATCH:
        return None
    sent_on = await device_sent_on(tx, claim.by, DeviceId(row.id))
    return domain.OnTheWay(order_id=OrderId(claim.by), sent_on=sent_on)


def _stores(fact: DeviceReturned, known: DeviceRow, tx: Transaction) -> list[StoreId]:
    """The stores whose balance a return moves, in the order of the balances' ids."""
    stores = {fact.store}
    left = known.state().store
    if left is not None and known.claim_kind is ClaimKind.PICKUP:
        stores.add(left)
    return sorted(stores, key=lambda one: str(balance_id(tx.region, one, known.article_number)))


async def _is_central(store: StoreId, tx: Transaction) -> bool:
    found = await tx.look_up(StoreRow, store)
    return found is not None and found.kind is StoreKind.CENTRAL


async def _own_stores(store: StoreId, history: Sequence[Change], tx: Transaction) -> set[StoreId]:
    """The units' own stores among those that have had a device, if this is the central store."""
    had = {store_of(change.custody) for change in history} - {None, store}
    if not had or not await _is_central(store, tx):
        return set()
    return {one.store for one in await tx.look_up_all(StoreRow, had) if one.kind is StoreKind.OWN}


async def _move(
    store: StoreId,
    row: DeviceRow,
    tx: Transaction,
    *,
    on: date,
    available: int = 0,
    reserved: int = 0,
    in_reconditioning: int = 0,
) -> None:
    await move_stock(
        tx,
        store,
        row.article_number,
        MoveKind.RETURNED,
        on=on,
        available=available,
        reserved=reserved,
        in_reconditioning=in_reconditioning,
        cause_id=row.id,
    )


@messages.timer(RETURN_AWAITED)
async def remind(row: DeviceRow, due: datetime, tx: Transaction) -> None:
    """PCK-7: whoever keeps what is to be returned at once is reminded, and again each such time
    until it has gone.
    """
    device = row.state()
    store = await tx.look_up(StoreRow, device.store) if device.store is not None else None
    article = await get_article(tx, row.article_number)
    is_own_store = store is not None and store.kind is StoreKind.OWN
    if store is None or not domain.is_kept(device, article, is_own_store=is_own_store):
        return
    awaited = domain.await_return(
        DeviceId(row.id),
        device,
        claim=row.claim,
        service_points=await points_of_store(tx, store),
        history=await custody_history(tx, row),
    )
    tx.record(row, *awaited)
    day = tx.today + timedelta(days=tx.policy.pickup.return_at_once_days)
    tx.schedule(RETURN_AWAITED, key=row.id, due=start_of_day(day))
