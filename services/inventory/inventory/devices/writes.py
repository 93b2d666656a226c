"""How devices are written: registration, and custody with its history and its number."""

from datetime import timedelta
from typing import TypeVar

from kvitt_chassis.handlers import Timer
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.calendar import start_of_day
from kvitt_contracts.inventory import (
    Custody,
    CustodyCause,
    CustodyChanged,
    DeviceRegistered,
    DeviceRenumbered,
    DeviceStatedOnLoan,
)
from kvitt_contracts.types import DeviceId

from inventory.articles.queries import get_article
from inventory.days.writes import next_custody_change
from inventory.devices import domain
from inventory.devices.models import CustodyRow, DeviceRow, UsedNumberRow
from inventory.devices.queries import custody_history
from inventory.metrics import CUSTODY_CHANGES, count
from inventory.stores.domain import StoreKind
from inventory.stores.models import StoreRow

C = TypeVar("C", CustodyChanged, DeviceStatedOnLoan)

RETURN_AWAITED = Timer("return_awaited", DeviceRow)
"""When whoever keeps what is to be returned at once is reminded of it (PCK-7)."""


def register(tx: Transaction, event: DeviceRegistered) -> DeviceRow:
    """A new device in a store. It is in nobody's custody, so it is no change of custody."""
    row = tx.start(DeviceRow, event.device_id, event)
    _write_history(tx, row, row.custody, CustodyCause())
    return row


async def register_on_loan(tx: Transaction, event: DeviceStatedOnLoan) -> DeviceRow:
    """A new device that is on loan since the cut-over day: a change of custody with its number."""
    event = await _as_emitted(tx, event, begins_loan=True)
    row = tx.start(DeviceRow, event.device_id, event)
    _write_history(tx, row, event.custody, CustodyCause())
    count(tx, CUSTODY_CHANGES, "stated")
    return row


async def renumber(tx: Transaction, row: DeviceRow, event: DeviceRenumbered) -> None:
    """Let a locked device bear another number; the one before finds it still (INV-6)."""
    tx.record(row, event)
    if await tx.look_up(UsedNumberRow, event.before) is None:
        tx.put(
            UsedNumberRow(region=tx.region, device_number=event.before, device_id=event.device_id)
        )


async def change_custody(tx: Transaction, row: DeviceRow, event: CustodyChanged) -> None:
    """Let a locked device change custody; `event` comes from the rules, and gets its number here.

    Locks the region's count, after which nothing else may be locked.
    """
    await _remind_of_return(tx, row, event)
    event = await _as_emitted(tx, event, begins_loan=domain.begins_loan(event))
    tx.record(row, event)
    _write_history(tx, row, event.custody, event.cause)
    count(tx, CUSTODY_CHANGES, _made_by(event.cause))


# decision 0383: whoever keeps what the central store is to have is reminded
async def _remind_of_return(tx: Transaction, row: DeviceRow, changed: CustodyChanged) -> None:
    """Set the timer of a reminder where a device comes back into a unit's own store, from a loan or
    its way to one, or is found again, and is to be returned at once (PCK-7). It is not deleted when
    the device leaves: it looks then.
    """
    store, left = domain.store_of(changed.custody), domain.store_of(changed.before)
    if store is None or store == left:
        return
    if not (await get_article(tx, row.article_number)).return_at_once:
        return
    kept_in = await tx.look_up(StoreRow, store)
    if kept_in is None or kept_in.kind is not StoreKind.OWN:
        return
    comes_back = left is None or changed.cause.order_id is not None
    if comes_back or domain.has_been_out(await custody_history(tx, row)):
        days = tx.policy.pickup.return_at_once_days
        day = changed.custody.since + timedelta(days=days + 1)
        tx.schedule(RETURN_AWAITED, key=row.id, due=start_of_day(day))


# decision 0246: a loan is charged as the article was when it began
async def _as_emitted(tx: Transaction, event: C, *, begins_loan: bool) -> C:
    """The event with its number, and where a loan begins with how it is charged."""
    article = await get_article(tx, event.article_number) if begins_loan else None
    number = await next_custody_change(tx)
    charging = article.charging if article else None
    return event.model_copy(update={"number": number, "charging": charging})


def _made_by(cause: CustodyCause) -> str:
    if cause.order_id is not None:
        return "order"
    if cause.transfer_id is not None:
        return "transfer"
    if cause.sale_id is not None:
        return "sale"
    return "fault_report" if cause.fault_report_id is not None else "return"


def _write_history(tx: Transaction, row: DeviceRow, custody: Custody, cause: CustodyCause) -> None:
    tx.put(
        CustodyRow(
            region=tx.region,
            id=tx.mint(),
            device_id=DeviceId(row.id),
            number=row.seq,
            since=custody.since,
            custody=custody,
            order_id=cause.order_id,
            transfer_id=cause.transfer_id,
            sale_id=cause.sale_id,
            recorded_at=tx.now,
        )
    )
