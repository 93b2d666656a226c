"""Look-ups of a region's feed: a page of events after a place, and where a day begins. Nothing is
locked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from kvitt_chassis.relaying.outbox import COLUMNS, OutboxRow
from kvitt_contracts.calendar import start_of_day
from kvitt_contracts.types import RegionCode
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from notifications.feed.cursors import START, Place, of_another_time, place_of

PAGE_BYTES: Final = 2 * 1024 * 1024
"""A page ends with the event that reaches so many bytes."""
LOOKED_THROUGH: Final = 5_000
"""So many events are looked through for those of the types that are asked for."""


@dataclass(frozen=True, slots=True)
class PlacedEvent:
    """An event, and where it stands."""

    place: int
    row: OutboxRow


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Events in the order of their places, and the place that the next page begins after."""

    events: Sequence[PlacedEvent]
    next: Place


async def page_after(
    session: AsyncSession,
    region: RegionCode,
    after: Place,
    *,
    types: Sequence[str] | None = None,
    limit: int,
    looked_through: int = LOOKED_THROUGH,
) -> FeedPage:
    """The events after a place, of these types or of all. An empty page may go on: where its `next`
    is another place, there was nothing of these types so far.
    """
    asked = {
        "region": region,
        "after": after.number,
        "types": None if types is None else list(types),
        "limit": limit,
        "looked_through": looked_through,
        "bytes": PAGE_BYTES,
    }
    found = (await session.execute(_PAGE, asked)).all()
    events = [PlacedEvent(one.place, OutboxRow(*one[3:])) for one in found if one.id is not None]
    if not found:
        return FeedPage((), after)
    last = found[-1]
    return FeedPage(events, place_of(last.place, last.place_of))


async def check(session: AsyncSession, region: RegionCode, place: Place) -> None:
    """Raises Invalid (422) where another event stands at the place, or none."""
    if place.number == 0:
        return
    asked = {"region": region, "place": place.number}
    event_id = (await session.execute(_AT, asked)).scalar()
    if event_id is None or not place.is_of(event_id):
        raise of_another_time()


async def before_day(session: AsyncSession, region: RegionCode, day: date) -> Place:
    """The place before the first event that was said on a day or later, by Stockholm's calendar;
    the end of the feed where none was.
    """
    asked = {"region": region, "since": start_of_day(day)}
    number = (await session.execute(_FIRST_SINCE, asked)).scalar()
    if number is None:
        return await end(session, region)
    return await at(session, region, number - 1)


async def end(session: AsyncSession, region: RegionCode) -> Place:
    """The place of the last event."""
    number = (await session.execute(_HEAD, {"region": region})).scalar()
    return await at(session, region, number or 0)


async def at(session: AsyncSession, region: RegionCode, number: int) -> Place:
    """The place of this number."""
    if number == 0:
        return START
    found = await session.execute(_AT, {"region": region, "place": number})
    return place_of(number, found.scalar_one())


async def has_more(session: AsyncSession, region: RegionCode, after: Place) -> bool:
    """True when something stands after the place."""
    head = (await session.execute(_HEAD, {"region": region})).scalar()
    return head is not None and head > after.number


_EVENT = ", ".join(f"events.{name}" for name in COLUMNS.split(", "))
# The last row says how far was looked: it is an event of the page, or has none (id IS NULL).
_PAGE = text(
    f"""
    WITH looked AS (
        SELECT place, log_id, event_id FROM feed_places
        WHERE region = :region AND place > :after ORDER BY place LIMIT :looked_through
    ), wanted AS (
        SELECT looked.place, looked.log_id,
               sum(octet_length(events.payload)) OVER (ORDER BY looked.place)
                   - octet_length(events.payload) AS before
        FROM looked JOIN events ON events.id = looked.log_id
        WHERE CAST(:types AS text[]) IS NULL OR events.type = ANY (CAST(:types AS text[]))
        ORDER BY looked.place LIMIT :limit
    ), page AS (
        SELECT place, log_id FROM wanted WHERE before < :bytes
    ), last AS (
        SELECT max(place) AS place FROM looked
        WHERE (SELECT count(*) FROM wanted) < :limit
          AND NOT EXISTS (SELECT FROM wanted WHERE before >= :bytes)
    )
    SELECT looked.place, looked.event_id AS place_of, page.place AS is_wanted, {_EVENT}
    FROM looked
    LEFT JOIN page ON page.place = looked.place
    LEFT JOIN events ON events.id = page.log_id
    WHERE page.place IS NOT NULL OR looked.place = (SELECT place FROM last)
    ORDER BY looked.place
    """
)
_AT = text("SELECT event_id FROM feed_places WHERE region = :region AND place = :place")
_HEAD = text("SELECT place FROM feed_heads WHERE region = :region")
_FIRST_SINCE = text(
    """
    SELECT place FROM feed_places WHERE region = :region AND said_at >= :since
    ORDER BY said_at, place LIMIT 1
    """
)
