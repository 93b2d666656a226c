"""The handler of what a region states has become of a device."""

from collections.abc import Iterable
from datetime import date

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.lock_order import RowTaken
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import LaterMoveKind, MoveKind
from kvitt_contracts.regions import DeviceCondition, DeviceConditionStated
from kvitt_contracts.types import DeviceId, StoreId

from inventory.conditions import domain
from inventory.devices.domain import ClaimKind
from inventory.devices.models import DeviceRow
from inventory.devices.queries import custody_history, get_device_numbered, new_device_id
from inventory.devices.records.domain import DamageKind
from inventory.devices.writes import change_custody
from inventory.holds.writes import break_claim, lock_claiming
from inventory.reservations.queries import device_sent_on
from inventory.stock.domain import BalanceTooLow
from inventory.stock.writes import balance_id, lock_balances, move_stock
from inventory.stocktakings.domain import check_found_in
from inventory.stocktakings.queries import investigation_store
from inventory.stocktakings.writes import find_again, miss
from inventory.stores.domain import StoreKind
from inventory.stores.models import StoreRow
from inventory.stores.queries import check_store_holds_stock, rows_of_store

messages = Handlers()


def _read(fact: DeviceConditionStated, tx: Transaction) -> Iterable[RowKey]:
    yield DeviceRow, new_device_id(tx, fact.device_number)
    if fact.store is not None:
        yield from rows_of_store(fact.store, tx)


@messages.on(DeviceConditionStated, reads=_read)
async def state_condition(fact: DeviceConditionStated, tx: Transaction) -> None:
    """INV-15, INV-7: what has become of a device, whatever it was claimed for (PHY-1).

    A device or a store that is not known yet: the fact waits. Refused: STORE_MISSING,
    STORE_NOT_ASKED_FOR (INV-15), DEVICE_GONE, NOT_IN_STORE (INV-7), ALREADY_MISSING,
    NO_INVESTIGATION_STORE, NOT_INVESTIGATED, FOUND_IN_NO_STORE (INV-10), MOVED_SINCE (PHY-1),
    RESERVED_FOR_ORDERS (ORD-4), PURCHASING_STORE_HAS_NO_BALANCE (INV-4),
    PRIVATE_CLINIC_HOLDS_NO_STOCK (REF-7).
    """
    domain.check_store(fact)
    known = await get_device_numbered(tx, fact.device_number)
    match fact.condition:
        case DeviceCondition.DAMAGED:
            row = await tx.lock(DeviceRow, known.id)
            tx.record(row, *domain.damage(await _now(row, tx), on=fact.since_on, by=fact.by))
        case DeviceCondition.STOLEN | DeviceCondition.LOST:
            await _lose(fact, known, tx)
        case DeviceCondition.FOUND:
            await _find(fact, known, tx)
        case DeviceCondition.SCRAPPED:
            await _scrap(fact, known, tx)


async def _lose(fact: DeviceConditionStated, known: DeviceRow, tx: Transaction) -> None:
    away = await investigation_store(tx)
    if away is None:
        raise domain.refuse_without_investigation_store()
    stood_in = known.state().store
    # the investigation store last, as where something is missed
    row = await _lock(known, [one for one in (stood_in, away) if one is not None], tx)
    now = await _now(row, tx)
    kind = DamageKind(fact.condition)
    missing = domain.lose(now, kind=kind, on=fact.since_on, away=away, by=fact.by)
    if missing is None:
        return
    await lock_claiming(tx, [row])
    left = None if now.is_on_its_way else stood_in
    try:
        # claimed by itself: no stocktaking has missed it
        await miss(tx, row, by=row.id, store=left, away=away, on=fact.since_on)
    except BalanceTooLow as error:
        raise domain.refuse_promised() from error
    tx.record(row, missing.recorded, missing.lost)
    for changed in missing.changes:  # last, since it locks the region's count
        await change_custody(tx, row, changed)


async def _find(fact: DeviceConditionStated, known: DeviceRow, tx: Transaction) -> None:
    assert fact.store is not None  # see domain.check_store
    into = await tx.get(StoreRow, fact.store)
    away = await investigation_store(tx)
    now = await _now(known, tx)
    if domain.is_found_already(now, store=fact.store, on=fact.since_on, away=away):
        return
    check_found_in(into.kind)
    domain.check_found(now, on=fact.since_on)
    await check_store_holds_stock(tx, fact.store)
    await find_again(tx, known, store=fact.store, on=fact.since_on)


async def _scrap(fact: DeviceConditionStated, known: DeviceRow, tx: Transaction) -> None:
    stood_in = known.state().store
    place = fact.store or stood_in
    stores = {one for one in (stood_in, place) if one is not None}
    order = sorted(stores, key=lambda one: str(balance_id(tx.region, one, known.article_number)))
    row = await _lock(known, order, tx)
    is_central = place is not None and await _is_central(place, tx)
    now = await _now(row, tx)
    done = domain.scrap(now, store=fact.store, is_central=is_central, on=fact.since_on)
    if done is None or place is None:
        return
    if done.changes:
        await check_store_holds_stock(tx, place)
    await lock_claiming(tx, [row])
    await break_claim(tx, row, reason="SCRAPPED")
    try:
        await _take_out(done, row, place, tx, on=fact.since_on)
    except BalanceTooLow as error:
        raise domain.refuse_promised() from error
    tx.record(row, done.scrapped)
    for changed in done.changes:  # last, since it locks the region's count
        await change_custody(tx, row, changed)


async def _take_out(
    done: domain.Scrapped, row: DeviceRow, place: StoreId, tx: Transaction, *, on: date
) -> None:
    """Move what was scrapped out of the balances: what came there first is told of both ways."""
    number = row.article_number
    gone = LaterMoveKind.SCRAPPED
    if not done.changes:
        was_free = not (done.was_held or done.was_made_fit)
        await move_stock(
            tx,
            place,
            number,
            gone,
            on=on,
            available=-int(was_free),
            reserved=-int(done.was_held),
            in_reconditioning=-int(done.was_made_fit),
            cause_id=row.id,
        )
        return
    came = MoveKind.RETURNED
    if done.left is not None:  # the pickup had set it aside there
        await move_stock(tx, done.left, number, came, on=on, reserved=-1, cause_id=row.id)
    await move_stock(tx, place, number, came, on=on, available=1, cause_id=row.id)
    await move_stock(tx, place, number, gone, on=on, available=-1, cause_id=row.id)


async def _lock(known: DeviceRow, stores: Iterable[StoreId], tx: Transaction) -> DeviceRow:
    """Lock the balances of a device in these stores, and the device. Raises RowTaken where it has
    changed store meanwhile: the fact is tried again with where it is now.
    """
    stood_in = known.state().store
    for store in stores:
        await lock_balances(tx, store, [known.article_number])
    row = await tx.lock(DeviceRow, known.id)
    if row.state().store != stood_in:
        raise RowTaken
    return row


async def _is_central(store: StoreId, tx: Transaction) -> bool:
    return (await tx.get(StoreRow, store)).kind is StoreKind.CENTRAL


async def _now(row: DeviceRow, tx: Transaction) -> domain.Now:
    claim, sent_on = row.claim, None
    if claim is not None and claim.kind is ClaimKind.DISPATCH:
        sent_on = await device_sent_on(tx, claim.by, DeviceId(row.id))
    return domain.Now(
        device_id=DeviceId(row.id),
        device=row.state(),
        claim=claim,
        history=await custody_history(tx, row),
        sent_on=sent_on,
    )
