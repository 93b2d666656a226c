"""How devices are written: registration, and custody with its history and its number."""

from typing import TypeVar

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import (
    Custody,
    CustodyCause,
    CustodyChanged,
    DeviceRegistered,
    DeviceRenumbered,
    DeviceStatedOnLoan,
)
from kvitt_contracts.types import DeviceId, OrderId, TransferId

from inventory.articles.queries import get_article
from inventory.days.writes import next_custody_change
from inventory.devices import domain
from inventory.devices.models import CustodyRow, DeviceRow, UsedNumberRow
from inventory.metrics import CUSTODY_CHANGES, count

C = TypeVar("C", CustodyChanged, DeviceStatedOnLoan)


def register(tx: Transaction, event: DeviceRegistered) -> DeviceRow:
    """A new device in a store. It is in nobody's custody, so it is no change of custody."""
    row = tx.start(DeviceRow, event.device_id, event)
    _write_history(tx, row, row.custody, order_id=None, transfer_id=None)
    return row


async def register_on_loan(tx: Transaction, event: DeviceStatedOnLoan) -> DeviceRow:
    """A new device that is on loan since the cut-over day: a change of custody with its number."""
    event = await _as_emitted(tx, event, begins_loan=True)
    row = tx.start(DeviceRow, event.device_id, event)
    _write_history(tx, row, event.custody, order_id=None, transfer_id=None)
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
    event = await _as_emitted(tx, event, begins_loan=domain.begins_loan(event))
    tx.record(row, event)
    cause = event.cause
    _write_history(tx, row, event.custody, order_id=cause.order_id, transfer_id=cause.transfer_id)
    count(tx, CUSTODY_CHANGES, _made_by(cause))


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
    return "fault_report" if cause.fault_report_id is not None else "return"


def _write_history(
    tx: Transaction,
    row: DeviceRow,
    custody: Custody,
    *,
    order_id: OrderId | None,
    transfer_id: TransferId | None,
) -> None:
    tx.put(
        CustodyRow(
            region=tx.region,
            id=tx.mint(),
            device_id=DeviceId(row.id),
            number=row.seq,
            since=custody.since,
            custody=custody,
            order_id=order_id,
            transfer_id=transfer_id,
            recorded_at=tx.now,
        )
    )
