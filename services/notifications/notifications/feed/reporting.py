"""How a handler tells the region's own systems something."""

from datetime import datetime
from uuid import UUID

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.regions import ReportEvent

from notifications.feed import domain
from notifications.feed.models import ReportRow


async def report(tx: Transaction, thing_id: UUID, said: ReportEvent) -> None:
    """Say it on the feed of the transaction's region, unless that was said last."""
    row = await tx.find(ReportRow, thing_id)
    if row is None:
        tx.start(ReportRow, thing_id, said)
    else:
        tx.record(row, *domain.say(row.state(), said))


def when(tx: Transaction) -> datetime:
    """When what is told happened: the event's own time, not the time of telling."""
    return tx.message.time if tx.message is not None else tx.now
