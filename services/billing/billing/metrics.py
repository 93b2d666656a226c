"""What billing counts of its business, once each, when it is committed."""

from kvitt_chassis.metrics import declare
from kvitt_chassis.transaction import Transaction
from prometheus_client import Counter

SET_ASIDE = declare(
    "counter",
    "billing_set_aside_total",
    "Devices and payers that a month's run could not settle or invoice. The others are invoiced.",
    "Any: `GET /set-aside` says which and why, docs/runbooks/invoices.md what to do.",
    ["region", "kind"],
)
UNAPPROVED = declare(
    "counter",
    "billing_unapproved_previews_total",
    "Months that have waited for a person's approval for five working days, counted again each "
    "working day. None of their invoices is issued, nor those of a later month.",
    "Any: whoever answers for finance approves the month; docs/runbooks/invoices.md says how.",
    ["region"],
)


def count(tx: Transaction, metric: Counter, *labels: str) -> None:
    """Count one more of a metric of this region, once the transaction is committed."""
    tx.after_commit(metric.labels("billing", tx.region, *labels).inc)
