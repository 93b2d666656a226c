"""Publishes what a region sends over HTTP to its inbound topics, as the region's own client would
have. What is let in is decided by the entrance.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kvitt_chassis.relaying.publisher import Publisher

ENTER_SECONDS = 8.0
"""So long a request waits for Kafka, those before it included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entering:
    """One record: `topic` by the catalogue's name, `key` the subject."""

    topic: str
    key: str
    headers: Sequence[tuple[str, bytes]]
    value: bytes


class InboundPublisher(Publisher):
    """A service's second producer, for what regions send over HTTP. Requests go one after the
    other, so that one that fails leaves nothing to be sent later.
    """

    role = "entrance"
    compression = "gzip"  # as a region's own client may choose: every client reads it

    def __init__(self, kafka: Mapping[str, Any], *, service: str, topic_prefix: str = "") -> None:
        super().__init__(kafka, service=service, topic_prefix=topic_prefix)
        self._turn = asyncio.Lock()

    async def enter(self, records: Sequence[Entering]) -> None:
        """Publish records in their order and wait until Kafka has them durably. Raises as `publish`
        does, and TimeoutError: some may have been stored then.
        """
        async with asyncio.timeout(ENTER_SECONDS), self._turn:
            await self.publish(records)

    def _append(self, batch: Any, key: bytes, row: Any) -> bool:
        added = batch.append(key=key, value=row.value, timestamp=None, headers=list(row.headers))
        return added is not None
