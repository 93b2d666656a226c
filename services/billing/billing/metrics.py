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
    silent="nothing was set aside since the process began",
)
UNAPPROVED = declare(
    "counter",
    "billing_unapproved_previews_total",
    "Months that have waited for a person's approval for five working days, counted again each "
    "working day. None of their invoices is issued, nor those of a later month.",
    "Any: whoever answers for finance approves the month; docs/runbooks/invoices.md says how.",
    ["region"],
    silent="no month has waited since the process began",
)
INVOICED = declare(
    "counter",
    "billing_invoiced_ore_total",
    "Money on what was issued, VAT included, in öre, by kind: invoice, or credit_note, whose money"
    " goes back.",
    "None: a business counter. Credit notes beside few invoices: which facts came late?",
    ["region", "kind"],
    silent="nothing was invoiced since the process began",
)


def count_invoiced(tx: Transaction, *, gross_ore: int, is_credit: bool) -> None:
    """Count what one document is worth, once the transaction is committed."""
    metric = INVOICED.labels("billing", tx.region, "credit_note" if is_credit else "invoice")
    tx.after_commit(lambda: metric.inc(abs(gross_ore)))


def count(tx: Transaction, metric: Counter, *labels: str) -> None:
    """Count one more of a metric of this region, once the transaction is committed."""
    tx.after_commit(metric.labels("billing", tx.region, *labels).inc)
