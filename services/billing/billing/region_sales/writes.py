"""What is done with a sale besides its events: its timers, and the day that it waits for."""

from datetime import timedelta

from kvitt_chassis.handlers import Timer
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.calendar import start_of_day
from kvitt_contracts.types import DeviceId, ReasonCode, SaleId

from billing.region_sales import domain
from billing.region_sales.models import RegionSaleRow

ANSWER = Timer("region_sale_answer", RegionSaleRow)
REMIND = Timer("region_sale_reminder", RegionSaleRow)


def await_claim(row: RegionSaleRow, tx: Transaction) -> None:
    """Refuse the sale unless inventory has answered within a day."""
    row.due_on = tx.today + domain.ANSWER_WITHIN
    tx.schedule(ANSWER, key=row.id, due=tx.now + domain.ANSWER_WITHIN)


def note_claimed(row: RegionSaleRow, tx: Transaction) -> None:
    """Inventory has claimed the devices; customer service prices them."""
    tx.cancel_timer(ANSWER, key=row.id)
    row.claimed_on, row.due_on = tx.today, None


def settle_waiting(row: RegionSaleRow, tx: Transaction) -> None:
    """Set what the sale waits for now: the other region's answer, the devices' return, or nothing
    that has a day.
    """
    match row.status:
        case domain.Status.PROPOSED if row.answer_by_on is not None:
            row.due_on = row.answer_by_on
        case domain.Status.NOT_APPROVED:
            row.due_on = tx.today + domain.RETURN_WITHIN
        case domain.Status.REQUESTED if row.claimed_on is None:
            return
        case _:
            row.due_on = None
    tx.cancel_timer(ANSWER, key=row.id)
    if row.due_on is None:
        tx.cancel_timer(REMIND, key=row.id)
        return
    tx.schedule(REMIND, key=row.id, due=start_of_day(row.due_on + timedelta(days=1)))


def drop(row: RegionSaleRow, device_id: DeviceId, reason: ReasonCode, tx: Transaction) -> None:
    """Drop a device of a locked sale, which is proposed anew where that was done."""
    dropped = domain.drop(SaleId(row.id), row.state(), device_id=device_id, reason=reason)
    tx.record(row, *dropped)
    if dropped:
        settle_waiting(row, tx)
