"""When offsets are committed: soon after the effects, many batches together. How: see
kafka_client.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from aiokafka import TopicPartition

from kvitt_chassis import failpoints
from kvitt_chassis.failpoints import failpoint

failpoints.declare("consumer.before_offsets", "effects are committed, their offsets are not")
failpoints.declare("consumer.after_offsets", "offsets are committed")

Commit = Callable[[Mapping[TopicPartition, int]], Awaitable[bool]]
"""Commits offsets; false where that failed and may be tried again."""

# decision 0160: offsets follow the effects at a pace
PACE = 0.1
"""Seconds that a committed effect may wait for its offset. What is read again after a crash is
known by its mark.
"""


class Offsets:
    """Offsets whose effects are committed, on their way to Kafka. `run()` commits them at a pace;
    `flush()` at once, as whoever gives partitions away does.
    """

    def __init__(self, commit: Commit) -> None:
        self._commit = commit
        self._due: dict[TopicPartition, int] = {}
        self._noted = asyncio.Event()

    def note(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Everything before these (the next to read) is settled."""
        self._due.update(offsets)
        if self._due:
            self._noted.set()

    def drop(self) -> None:
        """Forget what is not committed yet: the partitions are another's."""
        self._due = {}

    async def run(self) -> None:
        """Commit what is noted, until cancelled."""
        while True:
            await self._noted.wait()
            await asyncio.sleep(PACE)
            await self.flush()

    async def flush(self) -> None:
        """Commit what is noted now; what fails stays noted."""
        self._noted.clear()
        due, self._due = self._due, {}
        if not due:
            return
        failpoint("consumer.before_offsets")
        is_done = False
        try:
            is_done = await self._commit(due)
        finally:
            if not is_done:
                self.note(due | self._due)
        failpoint("consumer.after_offsets")
