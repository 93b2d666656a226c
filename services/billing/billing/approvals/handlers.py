"""Handlers of what is asked of a month's run: preview it, approve it; and of the alarm that nobody
has.
"""

from datetime import datetime, timedelta

from kvitt_chassis.handlers import Handlers
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.calendar import is_working_day, start_of_day

from billing import queries
from billing.approvals.commands import ApproveMonth, PreviewMonth
from billing.domain import RunStatus
from billing.metrics import UNAPPROVED as UNAPPROVED_PREVIEWS
from billing.metrics import count
from billing.models import InvoiceRunRow
from billing.month_previews import domain, foreseeing, presenting
from billing.month_previews import queries as month_previews
from billing.month_previews.models import MonthPreviewRow
from billing.month_previews.timers import INVOICE_RUN, UNAPPROVED

_DAY = timedelta(days=1)

messages = Handlers()
messages.include(foreseeing.timers)


# decision 0404: what is approved is what is issued
@messages.command(ApproveMonth)
async def approve_month(command: ApproveMonth, tx: Transaction) -> None:
    """Let the month's documents be made as they were previewed (BIL-9).

    Refused (BIL-9): MONTH_NOT_OVER; UNKNOWN_INVOICE_RUN; APPROVAL_IS_AUTOMATIC, where the region's
    policy asks for no approval; NOT_PREVIEWED_YET; STALE_PREVIEW, where another preview is the
    latest or something of the month has come since; ALREADY_APPROVED, by somebody else.
    """
    row = await tx.find(InvoiceRunRow, tx.target("invoice-run"))
    is_under_way = row is not None and row.preview_step is not None
    is_waiting = row is not None and row.status is RunStatus.PREVIEWED and not is_under_way
    approved = domain.approve_run(
        row.state() if row is not None else None,
        month=command.month,
        state=command.state,
        by=command.by,
        today=tx.today,
        is_under_way=is_under_way,
        has_changed=row is not None and is_waiting and await month_previews.has_changed(tx, row),
    )
    if row is not None and approved:
        tx.record(row, *approved)
        tx.cancel_timer(UNAPPROVED, key=row.id)
        tx.schedule(INVOICE_RUN, key=row.id, due=tx.now)


@messages.command(PreviewMonth)
async def preview_month(command: PreviewMonth, tx: Transaction) -> None:
    """Preview a month: anew where its run waits for a person, else before there is a run (BIL-9).

    Refused (BIL-9): ALREADY_APPROVED; ALREADY_INVOICED, also while it is being invoiced;
    MONTH_NOT_NEXT, where another month is invoiced before it.
    """
    run_id = tx.target("invoice-run")
    run = await tx.find(InvoiceRunRow, run_id)
    if run is not None:
        is_under_way = run.preview_step is not None
        if domain.may_preview_again(run.state(), is_under_way=is_under_way):
            await presenting.begin(run, tx)
            tx.schedule(INVOICE_RUN, key=run.id, due=tx.now)
        return
    await tx.find(MonthPreviewRow, run_id)  # locked first: a run that is beginning has begun then
    next_month = await queries.next_month(tx)
    through = domain.may_foresee(command.month, next_month=next_month)
    row = await presenting.begin_month(run_id, command.month, tx, through=through)
    foreseeing.begin(row, tx)


@messages.timer(UNAPPROVED)
async def alarm_unapproved(run: InvoiceRunRow, due: datetime, tx: Transaction) -> None:
    """Five working days have passed, and the month is not approved: alarm whoever operates, again
    each working day (BIL-9).
    """
    if run.status is not RunStatus.PREVIEWED:
        return
    count(tx, UNAPPROVED_PREVIEWS)
    following = tx.today + _DAY
    while not is_working_day(following):
        following += _DAY
    tx.schedule(UNAPPROVED, key=run.id, due=start_of_day(following))
