"""What is done with a case besides its events: the wait for an answer."""

from datetime import timedelta

from kvitt_chassis.handlers import Timer
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.calendar import start_of_day, working_days_after

from orders.cases.domain import Status
from orders.cases.models import CaseRow

ANSWER = Timer("case_answer", CaseRow)


def await_answer(row: CaseRow, tx: Transaction) -> None:
    """Tell customer service when the policy's working days have passed without an answer; the day
    on which it was asked is not one of them. A case that is over waits for nothing.
    """
    if row.status is not Status.WAITING:
        row.due_on = None
        tx.cancel_timer(ANSWER, key=row.id)
        return
    row.due_on = working_days_after(tx.today, tx.policy.answer_working_days)
    tx.schedule(ANSWER, key=row.id, due=start_of_day(row.due_on + timedelta(days=1)))
