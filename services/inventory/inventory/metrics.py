"""What inventory counts of its business, once each, when it is committed."""

from kvitt_chassis.metrics import declare
from kvitt_chassis.transaction import Transaction
from prometheus_client import Counter

ORDERS_ANSWERED = declare(
    "counter",
    "inventory_orders_answered_total",
    "Orders by what the stores answered: reserved, backordered, delivered (withdrawn), declined.",
    "Many declined: look at `/reservations?status=declined`; the regions' balances may be wrong.",
    ["region", "answer"],
)
HOLDS_ANSWERED = declare(
    "counter",
    "inventory_holds_answered_total",
    "Transfers by whether their devices could be held.",
    "Many refused: `/holds/<transfer id>` says which device and why.",
    ["region", "answer"],
)
CUSTODY_CHANGES = declare(
    "counter",
    "inventory_custody_changes_total",
    "Changes of custody by cause: order, transfer, fault_report, return, stated.",
    "None for a day with deliveries: look at the timers due and at parked keys.",
    ["region", "cause"],
)
DAY_ENDS_DELAYED = declare(
    "counter",
    "inventory_day_ends_delayed_total",
    "How often a day could not be closed because something due by its end had not taken effect.",
    "Rising by one a second: a timer's handler fails; its error stands in the log.",
    ["region"],
    silent="every day was closed in time since the process began",
)


def count(tx: Transaction, metric: Counter, *labels: str) -> None:
    """Count one more of a metric of this region, once the transaction is committed."""
    tx.after_commit(metric.labels("inventory", tx.region, *labels).inc)
