"""What is done with a purchase order besides its events: it waits to be sent, for the supplier, and
for deviations to be settled.
"""

from datetime import date, timedelta

from kvitt_chassis.handlers import Timer
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.calendar import start_of_day, working_days_after

from orders.purchase_orders.domain import Status, next_reminder_of_receipt
from orders.purchase_orders.models import PurchaseOrderRow

UNSENT = Timer("purchase_order_unsent", PurchaseOrderRow)
RECEIPT = Timer("purchase_order_receipt", PurchaseOrderRow)
SETTLEMENT = Timer("purchase_order_settlement", PurchaseOrderRow)

SENT_WITHIN = 2
"""Working days in which whoever made it sees to it that the supplier has it (ORD-11)."""

MAILED_WITHIN = timedelta(days=3)
"""Of business time, in which Kvitt mails it or says that it could not (NTF-4)."""

SETTLED_WITHIN = timedelta(days=30)
"""After a deviation is reported, and again as long after (INV-8)."""


def await_supplier(row: PurchaseOrderRow, tx: Transaction) -> None:
    """Set the timers of a purchase order as it is now: that nobody has sent it, and that something
    of it is expected. Called after whatever changes it, receipts too.
    """
    if row.status is not Status.CREATED:
        tx.cancel_timer(UNSENT, key=row.id)
    else:  # what Kvitt sends is told of too where nobody has said what became of the mail
        waits = MAILED_WITHIN if row.is_sent_by_kvitt else timedelta(0)
        remind_when_unsent(row, tx, from_on=row.created_on + waits)
    await_receipt(row, tx, after=tx.today)


def remind_when_unsent(row: PurchaseOrderRow, tx: Transaction, *, from_on: date) -> None:
    """Set the timer of one that is to be sent by hand from this day on, unless it is sent."""
    if row.status is Status.CREATED:
        last = working_days_after(from_on, SENT_WITHIN)
        tx.schedule(UNSENT, key=row.id, due=start_of_day(last + timedelta(days=1)))


def await_receipt(row: PurchaseOrderRow, tx: Transaction, *, after: date) -> None:
    """Set the timer of the next day after one on which something expected is told of."""
    day = next_reminder_of_receipt(row.state(), after=after)
    if day is None:
        tx.cancel_timer(RECEIPT, key=row.id)
    else:
        tx.schedule(RECEIPT, key=row.id, due=start_of_day(day))


def await_settlement(row: PurchaseOrderRow, tx: Transaction) -> None:
    """Remind of a deviation until it is settled."""
    if row.has_deviation:
        tx.schedule(SETTLEMENT, key=row.id, due=tx.now + SETTLED_WITHIN)
    else:
        tx.cancel_timer(SETTLEMENT, key=row.id)
