"""What is done with a fault report besides its events: the wait for an answer."""

from datetime import timedelta

from kvitt_chassis.handlers import Timer
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.calendar import start_of_day, working_days_after
from kvitt_contracts.inventory import ClaimRefused
from kvitt_contracts.types import ReasonCode

from orders.fault_reports import domain
from orders.fault_reports.domain import AWAITING, Status
from orders.fault_reports.models import FaultReportRow

ANSWER = Timer("fault_report_answer", FaultReportRow)


def await_answer(row: FaultReportRow, tx: Transaction) -> None:
    """Tell customer service when the policy's working days have passed without an answer; the day
    of the report is not one of them. One of which a prescriber is named waits for inventory as
    long; one that is answered waits as long to be closed, and is late then without being told.
    """
    if row.status is Status.CLOSED:
        row.due_on = None
        tx.cancel_timer(ANSWER, key=row.id)
        return
    row.due_on = working_days_after(tx.today, tx.policy.answer_working_days)
    if row.status in AWAITING:
        tx.schedule(ANSWER, key=row.id, due=start_of_day(row.due_on + timedelta(days=1)))
    else:
        tx.cancel_timer(ANSWER, key=row.id)


async def refuse_named_prescriber(event: ClaimRefused, tx: Transaction) -> None:
    """The device cannot be given a prescriber: the report waits for another answer (ACT-6)."""
    row = await tx.lock(FaultReportRow, event.claimant.id)
    refused = domain.refuse_prescriber(row.state(), ReasonCode(event.refused[0].reason))
    if refused:
        tx.record(row, *refused)
        await_answer(row, tx)
