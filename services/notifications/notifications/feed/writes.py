"""Reports to a region's own systems, emitted by other nouns' handlers."""

from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.calendar import stockholm_day
from kvitt_contracts.envelope import Event
from kvitt_contracts.regions import Reported

from notifications.feed import domain
from notifications.feed.domain import Told
from notifications.feed.models import ReportRow

E = TypeVar("E", bound=Event)


async def report(tx: Transaction, thing_id: UUID, reported: Told) -> None:
    """Emit a report on the feed of the transaction's region, unless it was the last one."""
    row = await tx.find(ReportRow, thing_id)
    last = None if row is None else row.state()
    tx.record_at(ReportRow, thing_id, *domain.report(last, reported))


async def last_said(tx: Transaction, kind: type[E], thing_id: UUID) -> E | None:
    """What the region was told last of a thing by this type of message; None where it was not."""
    row = await tx.find(ReportRow, thing_id)
    said = row.said.get(kind.wire_type) if row is not None else None
    return None if said is None else kind.model_validate({**said, "occurred_at": when(tx)})


# decision 0543: what a region was never told of is not told in part
async def say_again(tx: Transaction, kind: type[Reported], thing_id: UUID, **changes: Any) -> None:
    """Report a thing anew with what has changed of it. Nothing of what the region was not told of:
    it is older than its feed.
    """
    last = await last_said(tx, kind, thing_id)
    if last is not None:
        changes.setdefault("business_day", day(tx))
        await report(tx, thing_id, last.model_copy(update=changes))


def when(tx: Transaction) -> datetime:
    """Returns when the reported fact happened: the event's own time, not the time of reporting."""
    return tx.message.time if tx.message is not None else tx.now


def day(tx: Transaction) -> date:
    """Returns the Stockholm day on which the reported fact happened."""
    return stockholm_day(when(tx))
