"""Reports to a region's own systems, emitted by other nouns' handlers."""

from datetime import datetime
from uuid import UUID

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.regions import ReportEvent

from notifications.feed import domain
from notifications.feed.models import ReportRow


async def report(tx: Transaction, thing_id: UUID, reported: ReportEvent) -> None:
    """Emit a report on the feed of the transaction's region, unless it was the last one."""
    row = await tx.find(ReportRow, thing_id)
    last = None if row is None else row.state()
    tx.record_at(ReportRow, thing_id, *domain.report(last, reported))


def when(tx: Transaction) -> datetime:
    """Returns when the reported fact happened: the event's own time, not the time of reporting."""
    return tx.message.time if tx.message is not None else tx.now
