"""What is done with a basket loan besides its events: the waits for the store and for the unit."""

from datetime import date, timedelta

from kvitt_chassis.handlers import Timer
from kvitt_chassis.metrics import declare
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.calendar import start_of_day
from kvitt_contracts.types import DeviceId, OrderLineId, Word

from orders.baskets import domain
from orders.baskets.models import BasketLoanRow

ANSWER = Timer("basket_answer", BasketLoanRow)
OVERDUE = Timer("basket_overdue", BasketLoanRow)
ACT_UNANSWERED = Timer("basket_act_unanswered", BasketLoanRow)
ANSWER_WITHIN = timedelta(hours=24)
"""Business time in which inventory answers: after it a loan is declined; of an act an alarm is
raised, each day anew (decision 0031).
"""

BASKETS_BY_STEP = declare(
    "counter",
    "orders_baskets_steps_total",
    "Basket loans by step: requested, opened, declined, overdue (once a day), closed.",
    "Many overdue: the region's units keep what they have lent; see `/basket-loans?overdue=true`.",
    ("region", "step"),
    silent="no basket was lent or closed since the process began",
)
ACTS_UNANSWERED = declare(
    "counter",
    "orders_basket_acts_unanswered_total",
    "Acts on basket loans that inventory had not answered within 24 hours.",
    "See inventory's lag and parked keys (kvitt parked); the answer ends the waiting by itself.",
    ("region",),
    silent="everything was answered in time since the process began",
)


def count_step(step: str, tx: Transaction) -> None:
    """Count a basket's step once the transaction is committed."""
    tx.after_commit(BASKETS_BY_STEP.labels("orders", tx.region, step).inc)


def await_answer(row: BasketLoanRow, tx: Transaction) -> None:
    """Decline the loan unless inventory has answered within a day."""
    row.due_on = tx.today + ANSWER_WITHIN
    tx.schedule(ANSWER, key=row.id, due=tx.now + ANSWER_WITHIN)


def await_acts(row: BasketLoanRow, tx: Transaction) -> None:
    """Tell that the loan is overdue from the day after its last one on (ORD-10)."""
    tx.cancel_timer(ANSWER, key=row.id)
    row.due_on = row.lent_until
    due = start_of_day(row.lent_until + timedelta(days=1))
    tx.schedule(OVERDUE, key=row.id, due=max(due, tx.now))


def await_act(row: BasketLoanRow, tx: Transaction) -> None:
    """Raise an alarm unless inventory has answered an act within a day."""
    tx.schedule(ACT_UNANSWERED, key=row.id, due=tx.now + ANSWER_WITHIN)


def tell_overdue(row: BasketLoanRow, tx: Transaction) -> None:
    """Tell that the loan is overdue, and again the next day while something is lent (ORD-10)."""
    overdue = domain.fall_due(row.state())
    tx.record(row, *overdue)
    if overdue:
        count_step("overdue", tx)
        tx.schedule(OVERDUE, key=row.id, due=start_of_day(tx.today + timedelta(days=1)))


def end_line(
    row: BasketLoanRow,
    line_id: OrderLineId,
    tx: Transaction,
    *,
    outcome: Word,
    on: date | None = None,
    devices: tuple[DeviceId, ...] = (),
) -> None:
    """A line is over, on a day or today; with the last of them the loan is closed (ORD-10)."""
    ended = domain.end_line(
        row.state(), line_id, outcome=outcome, on=on or tx.today, devices=devices
    )
    tx.record(row, *ended)
    stop_waiting_when_over(row, tx)


def stop_waiting_when_over(row: BasketLoanRow, tx: Transaction) -> None:
    """Cancel the timers of what does not wait any more."""
    basket = row.state()
    if not basket.is_pending:
        tx.cancel_timer(ACT_UNANSWERED, key=row.id)
    if not basket.lent_lines:
        tx.cancel_timer(OVERDUE, key=row.id)
    if basket.status not in domain.WAITING:
        row.due_on = None
        tx.cancel_timer(ANSWER, key=row.id)
        tx.cancel_timer(OVERDUE, key=row.id)
        tx.cancel_timer(ACT_UNANSWERED, key=row.id)
        count_step(basket.status, tx)
