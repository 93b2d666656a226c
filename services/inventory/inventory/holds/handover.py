"""What the end of a transfer does to its devices: custody handed over, or the claim lifted."""

from collections import Counter
from collections.abc import Iterable, Sequence
from uuid import UUID

from kvitt_chassis.handlers import RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.bmb import TransferAccepted, TransferExecutedAutomatically
from kvitt_contracts.inventory import CustodyCause, CustodyChanged, HoldEvent, MoveKind
from kvitt_contracts.types import DeviceId, Holder, StoreHolder, StoreId, TransferId

from inventory.articles.models import ArticleRow
from inventory.articles.queries import article_id
from inventory.devices import domain as devices
from inventory.devices.models import DeviceRow
from inventory.devices.writes import change_custody
from inventory.holds import domain
from inventory.holds.models import HoldRow, TransferEffectRow
from inventory.people.queries import (
    current_holder,
    may_receive,
    rows_of_holder,
    rows_of_new_recipient,
)
from inventory.reservations.backorders import lock_waiting, serve_backorders
from inventory.stock.writes import balance_rows, move_stock
from inventory.stores.queries import may_store_hold_stock, rows_of_store

TakesEffect = TransferAccepted | TransferExecutedAutomatically


def read_to_end(transfer_id: UUID, tx: Transaction) -> Iterable[RowKey]:
    """Names the rows to read before `locked_to_end` can name those to lock."""
    yield HoldRow, transfer_id
    for device in _held(transfer_id, tx):
        yield from rows_of_holder(device.custody.holder, tx)
        if device.state().store is not None:  # a loan begins
            yield ArticleRow, article_id(tx, device.article_number)
    hold = tx.fetched(HoldRow, transfer_id)
    for device_id in hold.devices if hold else ():
        yield DeviceRow, device_id


def read_to_take_effect(
    effect: TakesEffect | TransferEffectRow, tx: Transaction
) -> Iterable[RowKey]:
    """Names the rows to read before a transfer takes effect: those of its end, and of whom and what
    it gives the devices to.
    """
    yield from read_to_end(effect.transfer_id, tx)
    if effect.new_recipient is not None:
        yield from rows_of_new_recipient(effect.new_recipient, tx)
    if effect.new_store is not None:
        yield from rows_of_store(effect.new_store, tx)


def locked_to_end(
    transfer_id: UUID, tx: Transaction, *, enters: StoreId | None = None
) -> Iterable[RowKey]:
    """Names the rows to lock: the hold, its devices, the balances of their stores and of `enters`.

    What was read of them before they are locked is still true then: a device that leaves its store
    leaves its hold first.
    """
    for device in _held(transfer_id, tx):
        for store in (device.state().store, enters):
            if store is not None:
                yield from balance_rows(store, [device.article_number], tx)
        yield DeviceRow, device.id
    yield HoldRow, transfer_id


async def hand_over_devices(tx: Transaction, hold: HoldRow, effect: TransferEffectRow) -> None:
    """Change the custody of every device that is still in a hold, then end the hold.

    Where the new recipient has become inactive (REF-14), or the new store may hold no stock (INV-4,
    REF-7), nothing changes and every device leaves the hold. All rows are locked (see
    `locked_to_end`).
    """
    hindrance = await _hindrance(tx, effect)
    if hindrance is not None:
        called_off = domain.call_off(TransferId(hold.id), hold.state(), reason=hindrance)
        await _free(tx, hold, called_off)
        return
    ended = domain.end(TransferId(hold.id), hold.state())
    changes = []
    for row in await tx.lock_all(DeviceRow, hold.devices):
        before = row.state()
        changed = devices.change_custody(
            DeviceId(row.id),
            before,
            holder=await _new_holder(tx, before, effect),
            payer_id=effect.payer_id,
            customer_id=effect.customer_id,
            prescriber=effect.new_prescriber or before.custody.prescriber,
            since=effect.effective_on,
            cause=CustodyCause(transfer_id=effect.transfer_id),
        )
        row.claim = None
        changes.append((row, changed))
    entered = [(devices.store_of(changed.custody), row.article_number) for row, changed in changes]
    await lock_waiting(tx, Counter((store, number) for store, number in entered if store))
    for _, changed in changes:
        await _move(tx, changed)
    for row, changed in changes:  # last, since it locks the region's count
        await change_custody(tx, row, changed)
    tx.record(hold, *ended)


async def free_devices(tx: Transaction, hold: HoldRow) -> None:
    """Lift the claim of a hold on its devices; what their stores had reserved is available again.

    All rows are locked (see `locked_to_end`).
    """
    await _free(tx, hold, domain.end(TransferId(hold.id), hold.state()))


async def free_rejected(tx: Transaction, hold: HoldRow, rejected: Sequence[DeviceId]) -> None:
    """Lift the claim of a hold on those of its devices that were rejected (BMB-5); the others stay
    held. All rows are locked (see `locked_to_end`).
    """
    await _free(tx, hold, domain.reduce(TransferId(hold.id), hold.state(), rejected=rejected))


async def _free(tx: Transaction, hold: HoldRow, left: Sequence[HoldEvent]) -> None:
    """Record what ends or reduces a hold, and free the devices that are no longer in it."""
    held = hold.devices
    tx.record(hold, *left)
    rows = await tx.lock_all(DeviceRow, [one for one in held if one not in hold.devices])
    stored = [(store, row.article_number) for row in rows if (store := row.state().store)]
    await lock_waiting(tx, Counter(stored))
    for row in rows:
        row.claim = None
        store = row.state().store
        if store is not None:
            await move_stock(
                tx,
                store,
                row.article_number,
                MoveKind.RELEASED,
                on=tx.today,
                available=1,
                reserved=-1,
                cause_id=hold.id,
            )
            await serve_backorders(tx, store, row.article_number)


def _held(transfer_id: UUID, tx: Transaction) -> Iterable[DeviceRow]:
    """The devices of a hold, as far as they are known by now."""
    hold = tx.fetched(HoldRow, transfer_id)
    found = [tx.fetched(DeviceRow, device_id) for device_id in (hold.devices if hold else ())]
    return [row for row in found if row is not None]


async def _hindrance(tx: Transaction, effect: TransferEffectRow) -> domain.Hindrance | None:
    new = effect.new_recipient
    if new is not None and not await may_receive(tx, new):
        return domain.Hindrance.INACTIVE_RECIPIENT
    if effect.new_store is not None and not await may_store_hold_stock(tx, effect.new_store):
        return domain.Hindrance.STORE_HOLDS_NO_STOCK
    return None


async def _new_holder(tx: Transaction, device: devices.Device, effect: TransferEffectRow) -> Holder:
    if effect.new_store is not None:
        return StoreHolder(store=effect.new_store)
    return await current_holder(tx, effect.new_recipient or device.custody.holder)


async def _move(tx: Transaction, changed: CustodyChanged) -> None:
    """What a hand-over does to the stores: the claim had set one aside where it left from. The
    ledger's day is that of the custody, which may be later than the transfer's.
    """
    leaves, enters = devices.store_of(changed.before), devices.store_of(changed.custody)
    number, on = changed.article_number, changed.custody.since
    transfer_id = changed.cause.transfer_id
    if leaves is not None:
        stays = enters == leaves
        await move_stock(
            tx,
            leaves,
            number,
            MoveKind.RELEASED if stays else MoveKind.WITHDRAWN,
            on=on,
            available=1 if stays else 0,
            reserved=-1,
            cause_id=transfer_id,
        )
    if enters is not None and enters != leaves:
        await move_stock(
            tx,
            enters,
            number,
            MoveKind.RETURNED,
            on=on,
            available=1,
            cause_id=transfer_id,
        )
    if enters is not None:
        await serve_backorders(tx, enters, number)
