"""What the consumers of one service have in common: one inbox, and one park with its drain, its
quarantine and the regions' shares of it.
"""

import asyncio
import logging
import time
from collections.abc import Sequence

from kvitt_contracts.topics import Topic
from kvitt_contracts.types import RegionCode

from kvitt_chassis.consuming.caps import Cap, Caps
from kvitt_chassis.consuming.drain import Drain
from kvitt_chassis.consuming.faults import describe
from kvitt_chassis.consuming.inbox import Inbox
from kvitt_chassis.consuming.incoming import Reader
from kvitt_chassis.consuming.mass_retries import MassRetries
from kvitt_chassis.consuming.park_gauges import ParkGauges
from kvitt_chassis.consuming.quarantine import Quarantine
from kvitt_chassis.database import Database
from kvitt_chassis.ending import end_tasks
from kvitt_chassis.handlers import Handlers
from kvitt_chassis.operating.history import History
from kvitt_chassis.operating.jobs import keep_at
from kvitt_chassis.sealing import Sealer

log = logging.getLogger(__name__)

_MEASURE_EVERY = 10.0
_FORGET_EVERY = 3600.0


class Shared:
    """Made once per process, for all topics that the service reads. Between `start()` and `stop()`
    parked keys are tried again.
    """

    def __init__(
        self,
        *,
        database: Database,
        handlers: Handlers,
        topics: Sequence[Topic],
        sealer: Sealer,
        prefix: str = "",
        history: History | None = None,
        handler_budget: float = 10.0,
        cap: Cap | None = None,
    ) -> None:
        self.database = database
        self.prefix = prefix
        self.sealer = sealer
        self._topics = tuple(topics)
        self.reader = Reader(
            topics, handlers, digest=sealer.digest, prefix=prefix, out=database.policies.out
        )
        self.inbox = Inbox(database, sealer=sealer, history=history, handler_budget=handler_budget)
        self.drain = Drain(database=database, inbox=self.inbox, reader=self.reader, sealer=sealer)
        self.quarantine = Quarantine(
            database=database, reader=self.reader, sealer=sealer, drain=self.drain
        )
        self.retries = MassRetries(database, wake=self.drain.wake)
        self.caps = Caps(database, topics, cap or Cap())
        self._gauges = ParkGauges(database)
        self._tasks: list[asyncio.Task[None]] = []
        database.committed.append(self.drain.after_commit)

    def topics_of(self, region: RegionCode) -> frozenset[str]:
        """The topics that a region writes, by their names at the broker."""
        return frozenset(self.prefix + one.name for one in self._topics if one.region == region)

    def region_of(self, topic: str) -> str | None:
        """Whose topic one of the catalogue's names is; None for ours."""
        return next((one.region for one in self._topics if one.name == topic), None)

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics that the service reads, by the catalogue's names."""
        return tuple(one.name for one in self._topics)

    def start(self) -> None:
        """Begin to try what is parked, and to measure it."""
        loops = (self.drain.run(), self._tend(), keep_at(self.retries))
        self._tasks = [asyncio.create_task(loop) for loop in loops]

    async def stop(self) -> None:
        """Begin no further try; one that is under way is rolled back."""
        await end_tasks(self._tasks)
        self._tasks = []

    async def _tend(self) -> None:
        forgotten_at = 0.0
        while True:
            try:
                await self._gauges.measure()
                if time.monotonic() - forgotten_at > _FORGET_EVERY:
                    forgotten_at = time.monotonic()
                    await self.inbox.forget()
            except Exception as error:
                log.warning("the park could not be measured: %s", describe(error))
            await asyncio.sleep(_MEASURE_EVERY)
