"""The job that gives each event of a region's feed its place, in the order of commits."""

import asyncio
from contextlib import suppress
from typing import Final

from kvitt_chassis import metrics
from kvitt_chassis.database import Database
from kvitt_chassis.unit_of_work import UnitOfWork

from notifications.feed import writes

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
            region = await writes.next_unplaced(unit, after=self._last)
            if region is None:
                UNPLACED.labels("notifications").set(0)
                return 0
            self._last = region
            placed = await writes.place(unit, region, at_most=self._page)
            UNPLACED.labels("notifications").set(await writes.unplaced(unit))
        return max(placed, 1)  # 0: another has, and there may be more

    def _wake(self, unit: UnitOfWork) -> None:
        if unit.wrote_events:
            self._woken.set()
