"""When offsets are committed: soon after the effects, for many batches together. The commit itself
is in kafka_client.py.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from aiokafka import TopicPartition

from kvitt_chassis import failpoints
from kvitt_chassis.failpoints import failpoint

failpoints.declare("consumer.before_offsets", "effects are committed, their offsets are not")
failpoints.declare("consumer.after_offsets", "offsets are committed")

Commit = Callable[[Mapping[TopicPartition, int]], Awaitable[bool]]
"""Commits offsets; answers False when that failed and may be tried again."""

# decision 0160: offsets follow the effects at a pace
PACE = 0.1
"""Seconds between an effect's commit and that of its offset, at most. What is read again after a
crash is a duplicate by its mark.
"""


class Offsets:
    """Offsets whose effects are committed and that are to be committed to Kafka. `run()` does so at
    a pace, `flush()` at once, as before partitions are given up.
    """

    def __init__(self, commit: Commit) -> None:
        self._commit = commit
        self._due: dict[TopicPartition, int] = {}
        self._noted = asyncio.Event()

    def note(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Everything before these offsets (the next to read) is settled."""
        self._due.update(offsets)
        if self._due:
            self._noted.set()

    def drop(self) -> None:
        """Forget what is not committed yet: the partitions are assigned to another process."""
        self._due = {}

    async def run(self) -> None:
        """Commit what was noted, again and again, until cancelled."""
        while True:
            await self._noted.wait()
            await asyncio.sleep(PACE)
            await self.flush()

    async def flush(self) -> None:
        """Commit now what was noted; what fails remains noted."""
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
