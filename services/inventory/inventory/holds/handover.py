"""What the end of a transfer does to its devices: custody handed over, or the claim lifted."""

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import CustodyCause, MoveKind
from kvitt_contracts.types import DeviceId, Holder, StoreHolder, StoreId, TransferId

from inventory.devices import domain as devices
from inventory.devices.custody import change_custody
from inventory.devices.models import DeviceRow
from inventory.holds import domain
from inventory.holds.models import HoldRow, TransferEffectRow
from inventory.people.handlers import current_holder
from inventory.reservations.backorders import serve_backorders
from inventory.stock.ledger import lock_balances, move_stock


async def hand_over_devices(tx: Transaction, hold: HoldRow, effect: TransferEffectRow) -> None:
    """Change the custody of every device that a locked hold still has, then end the hold."""
    ended = domain.end(TransferId(hold.id), hold.state())
    if ended is None:
        return
    for row in await _lock_held(tx, hold, also=effect.new_store):
        before = row.state()
        holder = await _new_holder(tx, before, effect)
        changed = devices.change_custody(
            DeviceId(row.id),
            before,
            holder=holder,
            payer_id=effect.payer_id,
            customer_id=effect.customer_id,
            prescriber=effect.new_prescriber or before.custody.prescriber,
            since=effect.effective_on,
            cause=CustodyCause(transfer_id=effect.transfer_id),
        )
        row.claim = None
        await change_custody(tx, row, changed)
        await _move(tx, row, effect, leaves=before.store)
    tx.record(hold, ended)


async def free_devices(tx: Transaction, hold: HoldRow) -> None:
    """Lift the claim of a locked hold; what its stores had set aside is free again."""
    ended = domain.end(TransferId(hold.id), hold.state())
    if ended is None:
        return
    for row in await _lock_held(tx, hold, also=None):
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
            await serve_backorders(tx, store, row.article_number, on=tx.today)
    tx.record(hold, ended)


async def _lock_held(tx: Transaction, hold: HoldRow, *, also: StoreId | None) -> list[DeviceRow]:
    """The devices that the hold has, locked after the balances that they will move."""
    for device_id in hold.devices:
        known = await tx.get(DeviceRow, device_id)
        for store in sorted({known.state().store, also} - {None}, key=str):
            if store is not None:
                await lock_balances(tx, store, [known.article_number])
    return await tx.lock_all(DeviceRow, hold.devices)


async def _new_holder(tx: Transaction, device: devices.Device, effect: TransferEffectRow) -> Holder:
    if effect.new_store is not None:
        return StoreHolder(store=effect.new_store)
    return await current_holder(tx, effect.new_recipient or device.custody.holder)


async def _move(
    tx: Transaction, row: DeviceRow, effect: TransferEffectRow, *, leaves: StoreId | None
) -> None:
    """What the hand-over does to the stores: the claim had set one aside where it left from."""
    enters, on = row.state().store, effect.effective_on
    if leaves is not None:
        stays = enters == leaves
        await move_stock(
            tx,
            leaves,
            row.article_number,
            MoveKind.RELEASED if stays else MoveKind.WITHDRAWN,
            on=on,
            available=1 if stays else 0,
            reserved=-1,
            cause_id=effect.transfer_id,
        )
    if enters is not None and enters != leaves:
        await move_stock(
            tx,
            enters,
            row.article_number,
            MoveKind.RETURNED,
            on=on,
            available=1,
            cause_id=effect.transfer_id,
        )
    if enters is not None:
        await serve_backorders(tx, enters, row.article_number, on=on)
