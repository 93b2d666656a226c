"""Handlers of transfers: claim their devices, hand them over on the effective day, free them."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from kvitt_chassis.handlers import Handlers, RowKey, Timer
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.bmb import (
    TransferAccepted,
    TransferCancelled,
    TransferExecutedAutomatically,
    TransferLinesRejected,
    TransferLocked,
    TransferRefused,
    TransferRejected,
    TransferRequested,
    TransferUnlocked,
    TransferVoided,
    TransferWithdrawn,
)
from kvitt_contracts.calendar import start_of_day
from kvitt_contracts.inventory import HoldGranted, MoveKind
from kvitt_contracts.types import ArticleNumber, DeviceId, Holder, StoreHolder, StoreId, TransferId

from inventory.articles.queries import get_article
from inventory.devices.domain import Claim, ClaimKind
from inventory.devices.models import DeviceRow
from inventory.holds import domain
from inventory.holds.handover import (
    TakesEffect,
    free_devices,
    free_rejected,
    hand_over_devices,
    locked_to_end,
    read_to_end,
    read_to_take_effect,
)
from inventory.holds.models import HoldRow, TransferEffectRow
from inventory.metrics import HOLDS_ANSWERED, count
from inventory.people.queries import current_holder, rows_of_holder
from inventory.stock.writes import balance_rows, lock_balances, move_stock
from inventory.stores.domain import StoreKind
from inventory.stores.models import StoreRow
from inventory.tables import same_columns

messages = Handlers()

Ended = (
    TransferRejected
    | TransferWithdrawn
    | TransferVoided
    | TransferCancelled
    | TransferUnlocked
    | TransferRefused
)


def _read_to_answer(event: TransferRequested, tx: Transaction) -> Iterable[RowKey]:
    yield HoldRow, event.transfer_id
    for device_id in event.devices:
        yield DeviceRow, device_id
        row = tx.fetched(DeviceRow, device_id)
        if row is not None:
            yield from rows_of_holder(row.custody.holder, tx)
    if event.current_recipient is not None:
        yield from rows_of_holder(event.current_recipient, tx)
    if event.new_store is not None:
        yield StoreRow, event.new_store


def _locked_to_answer(event: TransferRequested, tx: Transaction) -> Iterable[RowKey]:
    for device_id in event.devices:
        row = tx.fetched(DeviceRow, device_id)
        if row is not None:
            store = _leaves(event, row)
            if store is not None:
                yield from balance_rows(store, [row.article_number], tx)
            yield DeviceRow, device_id


@messages.on(TransferRequested, loads=_locked_to_answer, reads=_read_to_answer)
async def answer_request(event: TransferRequested, tx: Transaction) -> None:
    """BMB-12: claim every device of the transfer, or none.

    Answers HoldGranted, or HoldRefused with each hindered device's reason. A device that is not
    known yet: the event waits.
    """
    # Not locked: nobody else answers this transfer meanwhile, since its messages come in order.
    if await tx.look_up(HoldRow, event.transfer_id) is not None:
        return
    available = await _lock_stores_of(tx, event)
    asked = [await _asked(tx, event, device_id) for device_id in sorted(event.devices, key=str)]
    answer = domain.answer(
        event.transfer_id, asked, at=await _stated_place(event, tx), available=available
    )
    hold = tx.start(HoldRow, event.transfer_id, answer)
    count(tx, HOLDS_ANSWERED, hold.status)
    if isinstance(answer, HoldGranted):
        await _claim(tx, answer)


def _read_to_plan(event: TakesEffect, tx: Transaction) -> Iterable[RowKey]:
    if event.effective_on <= tx.today:
        yield from read_to_take_effect(event, tx)
    elif event.new_store is not None:
        yield StoreRow, event.new_store


def _locked_to_plan(event: TakesEffect, tx: Transaction) -> Iterable[RowKey]:
    if event.effective_on <= tx.today:
        yield from locked_to_end(event.transfer_id, tx, enters=event.new_store)


@messages.on(
    TransferAccepted,
    TransferExecutedAutomatically,
    of=HoldRow,
    loads=_locked_to_plan,
    reads=_read_to_plan,
)
async def plan_effect(hold: HoldRow, event: TakesEffect, tx: Transaction) -> None:
    """BMB-4, BMB-7: custody changes on the effective day; at once when that day has come.

    A new store that nobody has stated: the event waits.
    """
    if hold.status is not domain.Status.GRANTED:
        return
    if event.new_store is not None:
        await tx.get(StoreRow, event.new_store)
    effect = TransferEffectRow(region=tx.region, **same_columns(event, TransferEffectRow))
    tx.put(effect)
    if event.effective_on <= tx.today:
        await hand_over_devices(tx, hold, effect)
    else:
        tx.schedule(TRANSFER_TAKES_EFFECT, key=hold.id, due=start_of_day(event.effective_on))


def _read_to_take_effect(transfer_id: UUID, tx: Transaction) -> Iterable[RowKey]:
    yield TransferEffectRow, transfer_id
    effect = tx.fetched(TransferEffectRow, transfer_id)
    if effect is not None:
        yield from read_to_take_effect(effect, tx)


def _locked_to_take_effect(transfer_id: UUID, tx: Transaction) -> Iterable[RowKey]:
    effect = tx.fetched(TransferEffectRow, transfer_id)
    return locked_to_end(transfer_id, tx, enters=effect.new_store if effect else None)


TRANSFER_TAKES_EFFECT = Timer(
    "transfer_takes_effect", HoldRow, loads=_locked_to_take_effect, reads=_read_to_take_effect
)


@messages.timer(TRANSFER_TAKES_EFFECT)
async def take_effect(hold: HoldRow, due: datetime, tx: Transaction) -> None:
    """BMB-4: the effective day has begun."""
    effect = await tx.get(TransferEffectRow, hold.id)
    await hand_over_devices(tx, hold, effect)


OfHold = Ended | TransferLinesRejected | TransferLocked


def _read_of_hold(event: OfHold, tx: Transaction) -> Iterable[RowKey]:
    return read_to_end(event.transfer_id, tx)


def _locked_of_hold(event: OfHold, tx: Transaction) -> Iterable[RowKey]:
    return locked_to_end(event.transfer_id, tx)


@messages.on(
    TransferRejected,
    TransferWithdrawn,
    TransferVoided,
    TransferCancelled,
    TransferUnlocked,
    TransferRefused,
    loads=_locked_of_hold,
    reads=_read_of_hold,
)
async def free(event: Ended, tx: Transaction) -> None:
    """BMB-5, BMB-6, BMB-7: the transfer has ended without effect. A cancelled draft had no hold.

    A refused one has a hold where bmb gave up waiting for an answer that came too late.
    """
    hold = await tx.find(HoldRow, event.transfer_id)
    if hold is not None:
        await free_devices(tx, hold)


@messages.on(TransferLinesRejected, of=HoldRow, loads=_locked_of_hold, reads=_read_of_hold)
async def free_rejected_devices(
    hold: HoldRow, event: TransferLinesRejected, tx: Transaction
) -> None:
    """BMB-5: the receiver has rejected some of the devices; they are free, the others stay held."""
    await free_rejected(tx, hold, event.devices)


@messages.on(TransferLocked, of=HoldRow, loads=_locked_of_hold, reads=_read_of_hold)
async def lock_devices(hold: HoldRow, event: TransferLocked, tx: Transaction) -> None:
    """BMB-7: the claim stays, and from now on customer service must lift it."""
    for row in await tx.lock_all(DeviceRow, hold.devices):
        row.claim = Claim(kind=ClaimKind.LOCK, by=hold.id)


def _leaves(event: TransferRequested, device: DeviceRow) -> StoreId | None:
    """The store that a device would leave, by the transfer: a device that is elsewhere by the time
    it is locked is refused.
    """
    if event.current_recipient is not None:
        return None
    return event.current_store or device.state().store


async def _lock_stores_of(
    tx: Transaction, event: TransferRequested
) -> dict[tuple[StoreId, ArticleNumber], int]:
    """Lock the balances of the stores that the devices would leave: balances before devices."""
    wanted: dict[StoreId, set[ArticleNumber]] = {}
    for row in await tx.look_up_all(DeviceRow, event.devices):
        store = _leaves(event, row)
        if store is not None:
            wanted.setdefault(store, set()).add(row.article_number)
    available = {}
    for store in sorted(wanted):
        for number, balance in (await lock_balances(tx, store, wanted[store])).items():
            available[store, number] = balance.available
    return available


async def _asked(tx: Transaction, event: TransferRequested, device_id: DeviceId) -> domain.Asked:
    row = await tx.find(DeviceRow, device_id)
    if row is None:
        return domain.Asked(device_id=device_id)
    return domain.Asked(
        device_id=device_id,
        device=row.state(),
        holder=await current_holder(tx, row.custody.holder),
        claim=row.claim,
        may_not_stay=await _may_not_stay(tx, row, event.new_store),
    )


# decision 0382: a unit takes it into its own store neither by a return nor by a transfer
async def _may_not_stay(tx: Transaction, row: DeviceRow, new_store: StoreId | None) -> bool:
    store = await tx.look_up(StoreRow, new_store) if new_store is not None else None
    if store is None or store.kind is StoreKind.CENTRAL:
        return False
    return (await get_article(tx, row.article_number)).return_at_once


async def _stated_place(event: TransferRequested, tx: Transaction) -> Holder | None:
    if event.current_recipient is not None:
        return await current_holder(tx, event.current_recipient)
    return None if event.current_store is None else StoreHolder(store=event.current_store)


async def _claim(tx: Transaction, granted: HoldGranted) -> None:
    transfer_id = TransferId(granted.transfer_id)
    for device_id in granted.devices:
        row = await tx.lock(DeviceRow, device_id)
        row.claim = Claim(kind=ClaimKind.TRANSFER, by=transfer_id)
        store = row.state().store
        if store is not None:
            await move_stock(
                tx,
                store,
                row.article_number,
                MoveKind.RESERVED,
                on=tx.today,
                available=-1,
                reserved=1,
                cause_id=transfer_id,
            )
