"""Handlers of pickups: claim their devices, and let go of those that are taken back."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import ClaimGranted, MoveKind
from kvitt_contracts.orders import PickupRefused, PickupRequested, PickupVoidRequested
from kvitt_contracts.types import ArticleNumber, DeviceId, Holder, PickupId, StoreId

from inventory.articles.queries import get_article
from inventory.claiming import domain as claiming
from inventory.claiming.domain import Asked
from inventory.devices.domain import Claim, ClaimKind
from inventory.devices.models import DeviceRow
from inventory.people.queries import current_holder, rows_of_holder
from inventory.pickups import domain
from inventory.pickups.models import PickupClaimRow
from inventory.reservations.backorders import lock_waiting, serve_backorders
from inventory.stock.writes import balance_rows, lock_balances, move_stock
from inventory.stores.queries import is_own_store_of

messages = Handlers()


def _read_to_answer(event: PickupRequested, tx: Transaction) -> Iterable[RowKey]:
    yield from rows_of_holder(event.recipient, tx)
    for line in event.lines:
        yield DeviceRow, line.device_id
        row = tx.fetched(DeviceRow, line.device_id)
        if row is not None:
            yield from rows_of_holder(row.custody.holder, tx)


def _locked_to_answer(event: PickupRequested, tx: Transaction) -> Iterable[RowKey]:
    for line in event.lines:
        yield from _its_balance(tx.fetched(DeviceRow, line.device_id), tx)
        yield DeviceRow, line.device_id
    yield PickupClaimRow, event.pickup_id


@messages.on(PickupRequested, loads=_locked_to_answer, reads=_read_to_answer)
async def answer_pickup(event: PickupRequested, tx: Transaction) -> None:
    """BMB-12: claim every device of the pickup, or none.

    Answers ClaimGranted, or ClaimRefused with each hindered device's reason. A device that is not
    known yet: the event waits.
    """
    available = await _lock_stores_of([line.device_id for line in event.lines], tx)
    rows = await tx.lock_all(DeviceRow, [line.device_id for line in event.lines])
    if await tx.find(PickupClaimRow, event.pickup_id) is not None:
        return
    at = await current_holder(tx, event.recipient)
    asked = [await _asked(row, event, at, tx) for row in rows]
    answer = claiming.answer(domain.claimant(event.pickup_id), asked, available=available)
    tx.record_at(PickupClaimRow, event.pickup_id, answer)
    if isinstance(answer, ClaimGranted):
        for row in rows:
            row.claim = Claim(kind=ClaimKind.PICKUP, by=event.pickup_id)
            await _set_aside(row, MoveKind.RESERVED, 1, event.pickup_id, tx)


async def _asked(row: DeviceRow, event: PickupRequested, at: Holder, tx: Transaction) -> Asked:
    is_there = await current_holder(tx, row.custody.holder) == at
    store = row.state().store
    if store is not None:
        is_there = domain.is_sent_back(
            row.state(),
            await get_article(tx, row.article_number),
            to=event.recipient,
            is_own_store=await is_own_store_of(tx, store, event.service_point),
        )
    return Asked(
        device_id=DeviceId(row.id),
        is_there=is_there,
        stands_in=(store, row.article_number) if store is not None else None,
        claim=row.claim,
    )


def _its_balance(row: DeviceRow | None, tx: Transaction) -> Iterable[RowKey]:
    """The balance of a device that is in a store."""
    store = row.state().store if row is not None else None
    return balance_rows(store, [row.article_number], tx) if row is not None and store else ()


async def _lock_stores_of(
    devices: Iterable[DeviceId], tx: Transaction
) -> dict[tuple[StoreId, ArticleNumber], int]:
    """Lock the balances of those of these devices that are in a store: what is available there."""
    wanted: defaultdict[StoreId, set[ArticleNumber]] = defaultdict(set)
    for row in await tx.look_up_all(DeviceRow, list(devices)):
        store = row.state().store
        if store is not None:
            wanted[store].add(row.article_number)
    available = {}
    for store in sorted(wanted):
        for number, balance in (await lock_balances(tx, store, wanted[store])).items():
            available[store, number] = balance.available
    return available


async def _set_aside(
    row: DeviceRow, kind: MoveKind, quantity: int, pickup: PickupId, tx: Transaction
) -> None:
    """What a pickup claims in a store is promised to nobody else, until it is let go."""
    store = row.state().store
    if store is not None:
        await move_stock(
            tx,
            store,
            row.article_number,
            kind,
            on=tx.today,
            available=-quantity,
            reserved=quantity,
            cause_id=pickup,
        )


TakenBack = PickupVoidRequested | PickupRefused


def _locked_to_release(event: TakenBack, tx: Transaction) -> Iterable[RowKey]:
    claim = tx.fetched(PickupClaimRow, event.pickup_id)
    for device_id in claim.devices if claim is not None else ():
        yield from _its_balance(tx.fetched(DeviceRow, device_id), tx)
        yield DeviceRow, device_id
    yield PickupClaimRow, event.pickup_id


def _read_to_release(event: TakenBack, tx: Transaction) -> Iterable[RowKey]:
    yield PickupClaimRow, event.pickup_id
    claim = tx.fetched(PickupClaimRow, event.pickup_id)
    for device_id in claim.devices if claim is not None else ():
        yield DeviceRow, device_id


@messages.on(PickupVoidRequested, PickupRefused, loads=_locked_to_release, reads=_read_to_release)
async def let_go(event: TakenBack, tx: Transaction) -> None:
    """PCK-3: what the unit takes back is free again, as far as it has not come back meanwhile.

    A pickup that orders refused for want of an answer lets go of what it got too late.
    """
    read = await tx.look_up(PickupClaimRow, event.pickup_id)
    if read is None:
        return
    wanted = event.devices if isinstance(event, PickupVoidRequested) else read.devices
    named = [one for one in read.devices if one in wanted]
    await _lock_stores_of(named, tx)
    rows = await tx.lock_all(DeviceRow, named)
    claim = await tx.lock(PickupClaimRow, event.pickup_id)
    mine = Claim(kind=ClaimKind.PICKUP, by=event.pickup_id)
    who = domain.claimant(PickupId(claim.id))
    released = claiming.release(who, claim.state(), devices=wanted)
    tx.record(claim, *released)
    free = [row for row in rows if row.claim == mine]
    stored = [(store, row.article_number) for row in free if (store := row.state().store)]
    await lock_waiting(tx, Counter(stored))
    for row in free:
        row.claim = None
        await _set_aside(row, MoveKind.RELEASED, -1, event.pickup_id, tx)
    for store, number in stored:
        await serve_backorders(tx, store, number)
