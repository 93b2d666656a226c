"""The job that gives each event of a region's feed its place, in the order of commits."""

import asyncio
from contextlib import suppress
from typing import Final

from kvitt_chassis import metrics
from kvitt_chassis.database import Database
from kvitt_chassis.unit_of_work import UnitOfWork
from kvitt_contracts.types import RegionCode
from sqlalchemy import text

UNPLACED = metrics.declare(
    "gauge",
    "feed_unplaced",
    "Events of regions' feeds that have no place yet: not yet seen by who reads over HTTP.",
    "Growing: no process of notifications places them; its log says why.",
)

PAGE: Final = 2_000
"""So many events get their places in one transaction."""
_POLL_SECONDS: Final = 0.25
"""Between two looks at what other processes have said."""


class Placer:
    """Places what the feeds' regions are told. Several processes may run one: they take turns."""

    name = "feed"

    def __init__(self, database: Database, *, page: int = PAGE) -> None:
        self._database = database
        self._page = page
        self._last = ""
        self._woken = asyncio.Event()
        database.committed.append(self._wake)

    def remark(self) -> str | None:
        """Nothing: what is wrong with it is the database's."""
        return None

    async def work(self) -> float:
        """Place what there is, or wait until something was said."""
        self._woken.clear()
        if await self.place_some() == 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(_POLL_SECONDS):
                    await self._woken.wait()
        return 0.0

    async def place_all(self) -> int:
        """Place all that is visible now; answers how many."""
        placed = 0
        while some := await self.place_some():
            placed += some
        return placed

    async def place_some(self) -> int:
        """Place a page of the next region that has something; answers how many. 0: none has."""
        async with self._database.unit() as unit:
            region = await self._next(unit)
            if region is None:
                UNPLACED.labels("notifications").set(0)
                return 0
            self._last = region
            # another process that places for the region ends first, and what it has placed is seen
            await unit.session.execute(_HEAD, {"region": region})
            await unit.session.execute(_LOCK, {"region": region})
            found = await unit.session.execute(_PLACE, {"region": region, "page": self._page})
            placed = int(found.scalar_one())
            UNPLACED.labels("notifications").set(await _left(unit))
        return max(placed, 1)  # 0: another has, and there may be more

    async def _next(self, unit: UnitOfWork) -> RegionCode | None:
        for last in (self._last, ""):  # in turns, and from the first again
            found = (await unit.session.execute(_NEXT, {"last": last})).scalar()
            if found is not None:
                return RegionCode(found)
        return None

    def _wake(self, unit: UnitOfWork) -> None:
        if unit.wrote_events:
            self._woken.set()


async def _left(unit: UnitOfWork) -> int:
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
