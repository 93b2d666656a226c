"""A region's own client of Kafka: publishes to its inbound topics, reads its feed, where the same
record may stand twice.
"""

import asyncio
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError
from kvitt_contracts.envelope import Envelope
from kvitt_contracts.repetition import AlreadyRead
from kvitt_contracts.topics import REGION_EVENTS, for_region

from kvitt.local.kafka import Credentials
from kvitt.local.problems import LocalProblem
from kvitt.story.files import Outgoing

_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """One message of the region's feed."""

    type: str
    subject: str
    data: dict[str, Any]


class RegionClient:
    """Inside: connected as `region-<code>`."""

    def __init__(
        self, code: str, *, bootstrap: str, credentials: Credentials, topic_prefix: str = ""
    ) -> None:
        self.code = code
        self._prefix = topic_prefix
        self._feed = topic_prefix + for_region(REGION_EVENTS, code).name
        self._settings: dict[str, Any] = {
            "bootstrap_servers": bootstrap,
            "security_protocol": "SASL_PLAINTEXT",
            "sasl_mechanism": "SCRAM-SHA-512",
            "sasl_plain_username": credentials.username,
            "sasl_plain_password": credentials.password,
        }
        # aiokafka places keys by murmur2, as Java's client does.
        self._producer = AIOKafkaProducer(enable_idempotence=True, linger_ms=2, **self._settings)

    async def __aenter__(self) -> Self:
        """Raises LocalProblem when Kafka does not let it in."""
        with self._answered():
            try:
                await self._producer.start()
            except BaseException:  # a cancelled start too leaves no client open; it goes on
                await self._producer.stop()
                raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._producer.stop()

    async def publish(self, messages: Iterable[Outgoing]) -> int:
        """Publish in order, and wait until Kafka has acknowledged all. Answers how many.

        The client waits for a topic that Kafka does not show yet. Raises LocalProblem after its
        deadline; what was published before may be published again, its effect is once.
        """
        with self._answered():
            waiting = [
                await self._producer.send(
                    self._prefix + message.topic,
                    message.value,
                    key=message.key,
                    headers=list(message.headers),
                )
                for message in messages
            ]
            async with asyncio.timeout(_SECONDS):
                await asyncio.gather(*waiting)
        return len(waiting)

    async def feed(self) -> list[FeedEvent]:
        """Everything in the region's feed so far, each message once, each key's in order. Raises
        LocalProblem after a deadline.
        """
        consumer = AIOKafkaConsumer(
            enable_auto_commit=False, auto_offset_reset="earliest", **self._settings
        )
        with self._answered():
            await consumer.start()
            try:
                async with asyncio.timeout(_SECONDS):
                    return await _read_all(consumer, self._feed)
            finally:
                await consumer.stop()

    @contextmanager
    def _answered(self) -> Iterator[None]:
        """Inside, a client's error is a problem that names the region."""
        try:
            yield
        except (KafkaError, TimeoutError) as error:
            raise LocalProblem(
                f"Kafka does not serve region {self.code}'s client ({type(error).__name__}).",
                remedy="kvitt status shows whether Kafka runs, kvitt logs kafka says more. "
                "Then give the command again: what was published has its effect once.",
            ) from error


async def _read_all(consumer: AIOKafkaConsumer, topic: str) -> list[FeedEvent]:
    partitions = [TopicPartition(topic, number) for number in range(REGION_EVENTS.partitions)]
    consumer.assign(partitions)
    ends = await consumer.end_offsets(partitions)
    found: list[FeedEvent] = []
    read = AlreadyRead()
    while any([await consumer.position(one) < ends[one] for one in partitions]):
        for records in (await consumer.getmany(*partitions, timeout_ms=200)).values():
            for record in records:
                envelope = Envelope.from_headers(record.headers)
                if read.is_new(topic, envelope):
                    found.append(FeedEvent(envelope.type, envelope.subject, _data(record)))
    return found


def _data(record: Any) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(record.value)
    return data
