"""How reconditionings are opened, moved to another day and ended, and what their goods do then."""

from datetime import date
from uuid import UUID

from kvitt_chassis.handlers import Timer
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.calendar import start_of_day
from kvitt_contracts.inventory import MoveKind, ReconditioningOpened
from kvitt_contracts.types import (
    ArticleNumber,
    DeviceId,
    ReconditioningId,
    ReturnId,
    StoreId,
)

from inventory.devices.domain import Claim, ClaimKind
from inventory.devices.models import DeviceRow
from inventory.reconditionings import domain
from inventory.reconditionings.models import ReconditioningRow
from inventory.reservations.backorders import serve_backorders
from inventory.stock.writes import move_stock
from inventory.stores.domain import StoreKind
from inventory.stores.models import StoreRow

RECONDITIONING_LATE = Timer("reconditioning_late", ReconditioningRow)


async def is_made_fit_in(tx: Transaction, store: StoreId) -> bool:
    """Whether what comes back into a store is made fit again before it is available: in the device
    service's, in a region that does so (INV-13).
    """
    if not tx.policy.reconditioning:
        return False
    found = await tx.look_up(StoreRow, store)
    return found is not None and found.kind is StoreKind.CENTRAL


async def take_in(
    tx: Transaction,
    store: StoreId,
    number: ArticleNumber,
    *,
    quantity: int,
    on: date,
    is_made_fit: bool,
    cause_id: UUID,
) -> None:
    """Put goods that have come back into a store's balance, which is locked: in the workshop where
    they are made fit again, else available, and whoever has waited longest gets them (INV-7,
    INV-13).
    """
    await move_stock(
        tx,
        store,
        number,
        MoveKind.RETURNED,
        on=on,
        available=0 if is_made_fit else quantity,
        in_reconditioning=quantity if is_made_fit else 0,
        cause_id=cause_id,
    )
    if not is_made_fit:
        await serve_backorders(tx, store, number)


def open_work(
    tx: Transaction,
    store: StoreId,
    number: ArticleNumber,
    *,
    on: date,
    quantity: int = 1,
    device: DeviceRow | None = None,
    return_id: ReturnId | None = None,
) -> None:
    """Open the work on what has come back; a device, which is locked, is claimed by it (INV-13)."""
    key = ReconditioningId(tx.mint())
    opened = ReconditioningOpened(
        reconditioning_id=key,
        device_id=DeviceId(device.id) if device is not None else None,
        article_number=number,
        quantity=quantity,
        store=store,
        return_id=return_id,
        opened_on=on,
    )
    row = tx.start(ReconditioningRow, key, opened)
    row.opened_at = tx.now
    _tell_when_late(tx, row)
    if device is not None:
        device.claim = Claim(kind=ClaimKind.RECONDITIONING, by=key)


async def break_off(tx: Transaction, key: UUID, *, reason: str) -> None:
    """End the work on a device that a physical fact has taken away; the device is locked."""
    row = await tx.lock(ReconditioningRow, key)
    tx.record(row, *domain.break_off(ReconditioningId(row.id), row.state(), reason=reason))
    end_wait(tx, row)


def end_wait(tx: Transaction, row: ReconditioningRow) -> None:
    """The work, which is over, is late no more."""
    row.ended_at = tx.now
    tx.cancel_timer(RECONDITIONING_LATE, key=row.id)


async def redate_work(
    tx: Transaction, device: DeviceRow, *, instead_of: date, store: StoreId, on: date
) -> bool:
    """Move the work that a device's return opened to the day on which that return was, if it opened
    one. The device is locked. Raises ReconditioningRefused.
    """
    opened = await tx.search_all(
        ReconditioningRow, ReconditioningRow.device_id, DeviceId(device.id)
    )
    by_it = [row for row in opened if row.opened_on == instead_of and row.store == store]
    if not by_it:
        return False
    row = await tx.lock(ReconditioningRow, max(by_it, key=lambda one: one.opened_at).id)
    tx.record(row, domain.redate(ReconditioningId(row.id), row.state(), on=on))
    if row.status is domain.Status.OPEN and not domain.is_told(row.state(), today=tx.today):
        _tell_when_late(tx, row)
    return True


def _tell_when_late(tx: Transaction, row: ReconditioningRow) -> None:
    due = start_of_day(domain.due_on(row.opened_on))
    tx.schedule(RECONDITIONING_LATE, key=row.id, due=due)
