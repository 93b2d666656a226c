"""bmb's business metrics: declarations, and how one is counted after its commit."""

from datetime import datetime

from kvitt_chassis.metrics import declare
from kvitt_chassis.transaction import Transaction

ANSWER_DAYS = declare(
    "histogram",
    "bmb_transfer_answer_days",
    "Days from a transfer's request until it was answered, by outcome: accepted, rejected, or"
    " expired without an answer.",
    "None: a business figure. Many expired in one region: are its responsible persons told, and do"
    " they work there still (docs/runbooks/explaining.md)?",
    ["region", "outcome"],
    buckets=(0.25, 0.5, 1, 2, 3, 4, 5, 6, 8, 10, 14, 21, 30, 60, 90),
    silent="no transfer was answered since the process began",
)


def count_answer(asked: datetime | None, outcome: str, tx: Transaction) -> None:
    """Count how long a transfer that was requested at `asked` has waited for this outcome."""
    if asked is None:
        return
    days = max(0.0, (tx.now - asked).total_seconds() / 86_400)
    metric = ANSWER_DAYS.labels("bmb", tx.region, outcome)
    tx.after_commit(lambda: metric.observe(days))
