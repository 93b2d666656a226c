"""Handlers of the ledger: a month's accounts are closed."""

from datetime import date

from kvitt_chassis.handlers import Handlers
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.calendar import first_of_next_month
from kvitt_contracts.types import identify

from billing.domain import RunStatus
from billing.ledger import domain, writes
from billing.ledger.commands import CloseLedgerPeriod
from billing.ledger.models import LedgerPeriodRow
from billing.models import InvoiceRunRow

messages = Handlers()


@messages.command(CloseLedgerPeriod)
async def close_ledger_period(command: CloseLedgerPeriod, tx: Transaction) -> None:
    """Close a month's accounts: what comes later is entered on the next open day (BIL-10). A month
    that is closed stays so.

    Refused: MONTH_NOT_OVER, RUN_NOT_FINISHED, EARLIER_MONTH_IS_OPEN (BIL-10).
    """
    first = date.fromisoformat(f"{command.month}-01")
    key = identify(tx.region, "ledger-period", command.month)
    period = await tx.find(LedgerPeriodRow, key)
    run = await tx.look_up(InvoiceRunRow, identify(tx.region, "invoice-run", command.month))
    closed = domain.close(
        period.state() if period else None,
        first,
        has_finished=run is not None and run.status is RunStatus.FINISHED,
        open_from=await writes.first_open_day(tx, to_close=True),
        today=tx.today,
        by=command.by,
    )
    if closed:
        tx.start(LedgerPeriodRow, key, *closed)
        await writes.close_until(tx, first_of_next_month(first))
