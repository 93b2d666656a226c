"""What we do when custody has changed, or a physical fact has broken a hold (architecture §6)."""

import logging
from datetime import datetime, timedelta
from typing import Final

from kvitt_chassis.handlers import Handlers, Timer
from kvitt_chassis.metrics import declare
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.calendar import start_of_day
from kvitt_contracts.inventory import CustodyChanged, HoldBroken

from bmb.completion import domain
from bmb.domain import TAKING_EFFECT, Status
from bmb.models import TransferRow
from bmb.register.handlers import note_custody
from bmb.register.models import DeviceRow

messages = Handlers()
log = logging.getLogger(__name__)

CUSTODY: Final = Timer("transfer_custody", TransferRow)
CUSTODY_WITHIN: Final = timedelta(hours=24)
"""How long inventory may take to change custody once the effective day has begun."""

CUSTODY_OVERDUE = declare(
    "counter",
    "bmb_transfers_custody_overdue_total",
    "Transfers whose devices had not changed custody a day after the day that they take effect on.",
    "See whether inventory runs and what it has parked; the transfer completes by itself then.",
)


def await_custody(row: TransferRow, tx: Transaction) -> None:
    """Raise an alarm unless custody has changed a day after the effective day began."""
    if row.status in TAKING_EFFECT and row.effective_on is not None:
        due = max(start_of_day(row.effective_on), tx.now) + CUSTODY_WITHIN
        tx.schedule(CUSTODY, key=row.id, due=due)


@messages.on(
    CustodyChanged,
    loads=lambda event, _: [
        (DeviceRow, event.device_id),
        (TransferRow, event.cause.transfer_id),
    ],
)
async def on_custody_changed(event: CustodyChanged, tx: Transaction) -> None:
    """Note where the device is; where a transfer was the cause, that line has taken effect."""
    await note_custody(event, tx)
    if event.cause.transfer_id is None:
        return
    row = await tx.lock(TransferRow, event.cause.transfer_id)
    since = event.custody.since
    tx.record(row, *domain.complete_line(row.state(), device=event.device_id, on=since))
    _stop_when_completed(row, tx)


@messages.on(HoldBroken, loads=lambda event, _: [(TransferRow, event.transfer_id)])
async def on_hold_broken(event: HoldBroken, tx: Transaction) -> None:
    """A device was returned, scrapped or lost: it drops out, both sides are told."""
    row = await tx.lock(TransferRow, event.transfer_id)
    dropped = domain.drop_line(row.state(), device=event.device_id, reason=event.reason)
    tx.record(row, *dropped)
    _stop_when_completed(row, tx)


@messages.timer(CUSTODY)
async def alarm_overdue_custody(row: TransferRow, due: datetime, tx: Transaction) -> None:
    """Inventory has not said that the devices changed hands: somebody must look."""
    if row.status in TAKING_EFFECT:
        CUSTODY_OVERDUE.labels("bmb").inc()
        log.warning("transfer %s has waited for custody since %s", row.id, row.effective_on)


def _stop_when_completed(row: TransferRow, tx: Transaction) -> None:
    if row.status is Status.COMPLETED:
        tx.cancel_timer(CUSTODY, key=row.id)
