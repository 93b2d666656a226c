"""What is done with a purchase order besides its events: it waits to be sent, for the supplier, and
for deviations to be settled.
"""

from datetime import timedelta

from kvitt_chassis.handlers import Timer
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.calendar import start_of_day, working_days_after

from orders.purchase_orders.domain import Status
from orders.purchase_orders.models import PurchaseOrderRow

UNSENT = Timer("purchase_order_unsent", PurchaseOrderRow)
RECEIPT = Timer("purchase_order_receipt", PurchaseOrderRow)
SETTLEMENT = Timer("purchase_order_settlement", PurchaseOrderRow)

SENT_WITHIN = 2
"""Working days in which whoever made it sees to it that the supplier has it (ORD-11)."""

LATE_AFTER = timedelta(days=14)
"""After the expected day: then customer service is told too (ORD-12)."""

SETTLED_WITHIN = timedelta(days=30)
"""After a deviation is reported, and again as long after (INV-8)."""


def await_supplier(row: PurchaseOrderRow, tx: Transaction) -> None:
    """Set the timers of a purchase order as it is now: that nobody has sent it, and that something
    of it is expected. Called after whatever changes it, receipts too.
    """
    if row.status is Status.CREATED:
        last = working_days_after(row.created_on, SENT_WITHIN)
        tx.schedule(UNSENT, key=row.id, due=start_of_day(last + timedelta(days=1)))
    else:
        tx.cancel_timer(UNSENT, key=row.id)
    if row.awaited_on is None:
        tx.cancel_timer(RECEIPT, key=row.id)
    elif row.awaited_on > tx.today:  # else it is told already
        tx.schedule(RECEIPT, key=row.id, due=start_of_day(row.awaited_on))


def await_receipt_longer(row: PurchaseOrderRow, tx: Transaction) -> None:
    """Tell customer service when two weeks more have passed."""
    if row.awaited_on is not None and tx.today < row.awaited_on + LATE_AFTER:
        tx.schedule(RECEIPT, key=row.id, due=start_of_day(row.awaited_on + LATE_AFTER))


def await_settlement(row: PurchaseOrderRow, tx: Transaction) -> None:
    """Remind of a deviation until it is settled."""
    if row.has_deviation:
        tx.schedule(SETTLEMENT, key=row.id, due=tx.now + SETTLED_WITHIN)
    else:
        tx.cancel_timer(SETTLEMENT, key=row.id)
