"""What is done with a work order besides its events: the reminder of what it waits for."""

from datetime import timedelta

from kvitt_chassis.handlers import Timer
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.calendar import start_of_day

from orders.work_orders import domain
from orders.work_orders.models import WorkOrderRow

REMINDER = Timer("work_order_reminder", WorkOrderRow)


def await_next(row: WorkOrderRow, tx: Transaction) -> None:
    """Remind when the last day of what the work order waits for has passed; of nothing once it
    waits for nothing.
    """
    waits = domain.waits_for(row.state())
    if waits is None or waits.until is None:
        tx.cancel_timer(REMINDER, key=row.id)
    elif not row.is_late:
        tx.schedule(REMINDER, key=row.id, due=start_of_day(waits.until + timedelta(days=1)))


def end_renumbering(row: WorkOrderRow, tx: Transaction) -> None:
    """The device that a work order had replaced bears its new number: nothing waits for it any more
    (ACT-4), nor will when it is over.
    """
    renumbered = domain.renumber(row.state())
    if renumbered:
        tx.record(row, *renumbered)
        await_next(row, tx)
