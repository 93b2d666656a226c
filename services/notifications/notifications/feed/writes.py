"""Reports to a region's own systems, emitted by other nouns' handlers, and the places that they
have in its feed.
"""

from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from kvitt_chassis.transaction import Transaction
from kvitt_chassis.unit_of_work import UnitOfWork
from kvitt_contracts.calendar import stockholm_day
from kvitt_contracts.envelope import Event
from kvitt_contracts.regions import Reported
from kvitt_contracts.types import RegionCode
from sqlalchemy import text

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


async def next_unplaced(unit: UnitOfWork, *, after: str) -> RegionCode | None:
    """The next region with an event that has no place, in turns after this one; None: none has."""
    for last in (after, ""):  # and from the first again
        found = (await unit.session.execute(_NEXT, {"last": last})).scalar()
        if found is not None:
            return RegionCode(found)
    return None


async def place(unit: UnitOfWork, region: RegionCode, *, at_most: int) -> int:
    """Give so many of a region's events their places; answers how many. Another process that does
    so ends first, and what it has placed is seen.
    """
    await unit.session.execute(_HEAD, {"region": region})
    await unit.session.execute(_LOCK, {"region": region})
    found = await unit.session.execute(_PLACE, {"region": region, "page": at_most})
    return int(found.scalar_one())


async def unplaced(unit: UnitOfWork) -> int:
    """How many events have no place yet, 10 000 at most."""
    return int((await unit.session.execute(_LEFT)).scalar_one())


_NEXT = text("SELECT min(region) FROM feed_unplaced WHERE region > :last")
_HEAD = text(
    """
    INSERT INTO feed_heads (region, place, said_at) VALUES (:region, 0, '-infinity')
    ON CONFLICT DO NOTHING
    """
)
_LOCK = text("SELECT 1 FROM feed_heads WHERE region = :region FOR UPDATE")
# Within what is visible the order of ids is each key's order, since a key's rows are inserted under
# its lock; and who sees a later one of a key sees the earlier ones.
_PLACE = text(
    """
    WITH gone AS (
        DELETE FROM feed_unplaced WHERE region = :region AND log_id IN (
            SELECT log_id FROM feed_unplaced WHERE region = :region ORDER BY log_id LIMIT :page)
        RETURNING log_id
    ), placed AS (
        INSERT INTO feed_places (region, place, log_id, event_id, said_at)
        SELECT head.region, head.place + row_number() OVER so_far, events.id, events.event_id,
               greatest(head.said_at, max(events.time) OVER so_far)
        FROM gone JOIN events ON events.id = gone.log_id, feed_heads AS head
        WHERE head.region = :region
        WINDOW so_far AS (ORDER BY events.id)
        RETURNING place, said_at
    ), moved AS (
        UPDATE feed_heads SET place = last.place, said_at = last.said_at
        FROM (SELECT max(place) AS place, max(said_at) AS said_at FROM placed) AS last
        WHERE region = :region AND last.place IS NOT NULL
    )
    SELECT count(*) FROM placed
    """
)
_LEFT = text("SELECT count(*) FROM (SELECT 1 FROM feed_unplaced LIMIT 10000) AS counted")
