"""Handlers of inventory's events: custody changed, a hold broken by a physical fact."""

import logging
from datetime import datetime

from kvitt_chassis.handlers import Handlers
from kvitt_chassis.metrics import declare
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import CustodyChanged, HoldBroken

from bmb.completion import domain
from bmb.completion.writes import CUSTODY
from bmb.domain import TAKING_EFFECT, Status
from bmb.models import TransferRow
from bmb.register.models import DeviceRow
from bmb.register.writes import note_custody

messages = Handlers()
log = logging.getLogger(__name__)

CUSTODY_OVERDUE = declare(
    "counter",
    "bmb_transfers_custody_overdue_total",
    "Transfers whose devices had not changed custody a day after the day that they take effect on.",
    "See whether inventory runs and what it has parked; the transfer completes by itself then.",
    silent="custody changed in time since the process began",
)


@messages.on(
    CustodyChanged,
    loads=lambda event, _: [
        (DeviceRow, event.device_id),
        (TransferRow, event.cause.transfer_id),
    ],
)
async def on_custody_changed(event: CustodyChanged, tx: Transaction) -> None:
    """Store the device's custody; where a transfer was the cause, complete that line.

    A device or a transfer that is not known yet: the event waits.
    """
    await note_custody(event, tx)
    if event.cause.transfer_id is None:
        return
    row = await tx.lock(TransferRow, event.cause.transfer_id)
    since = event.custody.since
    tx.record(row, *domain.complete_line(row.state(), device=event.device_id, on=since))
    _stop_when_ended(row, tx)


@messages.on(HoldBroken, of=TransferRow)
async def on_hold_broken(row: TransferRow, event: HoldBroken, tx: Transaction) -> None:
    """Drop the device that was returned, scrapped or lost; both sides are notified of the event."""
    tx.record(row, *domain.drop_line(row.state(), device=event.device_id, reason=event.reason))
    _stop_when_ended(row, tx)


@messages.timer(CUSTODY)
async def alarm_overdue_custody(row: TransferRow, due: datetime, tx: Transaction) -> None:
    """Count and log a transfer whose change of custody is overdue; a person must look."""
    if row.status in TAKING_EFFECT:
        tx.after_commit(CUSTODY_OVERDUE.labels("bmb").inc)
        log.warning("transfer %s has waited for custody since %s", row.id, row.effective_on)


def _stop_when_ended(row: TransferRow, tx: Transaction) -> None:
    if row.status in {Status.COMPLETED, Status.DISSOLVED}:
        tx.cancel_timer(CUSTODY, key=row.id)
