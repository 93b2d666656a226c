"""What is done with an order besides its events: the wait for inventory's answer, and counting."""

from datetime import timedelta
from uuid import UUID

from kvitt_chassis.handlers import Timer
from kvitt_chassis.metrics import declare
from kvitt_chassis.transaction import Transaction

from orders.customer_orders.models import OrderRow

UNANSWERED = Timer("order_unanswered", OrderRow)
ANSWER_WITHIN = timedelta(hours=24)
"""Business time in which inventory answers; then an alarm, each day anew (decision 0031)."""

ORDERS_BY_STEP = declare(
    "counter",
    "orders_steps_total",
    "Orders by step: central, own_store, direct or replenishment when placed; delivered, declined,"
    " voided.",
    "None: a business counter.",
    ("region", "step"),
)


def await_answer(order: UUID, tx: Transaction) -> None:
    """Raise an alarm unless inventory has answered within a day."""
    tx.schedule(UNANSWERED, key=order, due=tx.now + ANSWER_WITHIN)


def stop_waiting_when_answered(row: OrderRow, tx: Transaction) -> None:
    """Cancel the alarm of an order that no longer waits for an answer."""
    if not row.state().is_waiting:
        tx.cancel_timer(UNANSWERED, key=row.id)


def count_step(step: str, tx: Transaction) -> None:
    """Count an order's step once the transaction is committed."""
    tx.after_commit(ORDERS_BY_STEP.labels("orders", tx.region, step).inc)
