"""Reads a topic from its first record to its end, beside the consumer: for who compares what was
said with what came of it. It joins no group, moves no offset, and decides nothing.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from kvitt_contracts.envelope import Envelope, EnvelopeError
from kvitt_contracts.topics import Topic

from kvitt_chassis.consuming import lenient_records

_PAGE = 2_000
_PAGE_MS = 1_000


class Said(NamedTuple):
    """One event, as it stands on its topic; `payload` is its JSON, `caused_by` the id of the
    message that it came of, `at` when the broker took it.
    """

    key: str
    seq: int
    region: str
    type: str
    payload: str
    event_id: UUID | None = None
    caused_by: str | None = None
    at: datetime | None = None


class Topics(Protocol):
    """Whatever the other services have said, in each key's order; a number may come twice."""

    def said(self, topic: Topic) -> AsyncIterator[Said]:
        """Every event of a topic so far."""


class KafkaTopics:
    """The topics of the broker. `kafka` holds aiokafka's connection settings; `prefix` is in front
    of each topic's name.
    """

    def __init__(self, kafka: Mapping[str, Any], *, prefix: str = "") -> None:
        self._kafka = dict(kafka)
        self._prefix = prefix

    async def said(self, topic: Topic) -> AsyncIterator[Said]:
        """Every event that stands on a topic when the reading begins; a record that is no event is
        passed over. Raises KafkaError, TimeoutError.
        """
        lenient_records.install()
        consumer = AIOKafkaConsumer(
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            **self._kafka,
        )
        await consumer.start()
        try:
            async for records in self._pages(consumer, topic):
                for record in records:
                    with suppress(EnvelopeError, UnicodeDecodeError):
                        yield _said(record)
        finally:
            await consumer.stop()

    async def _pages(
        self, consumer: AIOKafkaConsumer, topic: Topic
    ) -> AsyncIterator[Sequence[ConsumerRecord]]:
        name = self._prefix + topic.name
        places = [TopicPartition(name, number) for number in range(topic.partitions)]
        ends = await consumer.end_offsets(places)
        begins = await consumer.beginning_offsets(places)
        left = {place for place in places if begins[place] < ends[place]}
        if not left:
            return
        consumer.assign(sorted(left))
        await consumer.seek_to_beginning(*left)
        while left:
            found = await consumer.getmany(*left, timeout_ms=_PAGE_MS, max_records=_PAGE)
            for records in found.values():
                yield records
            # an offset may belong to no record: a transaction's end stands there
            left = {place for place in left if await consumer.position(place) < ends[place]}


def _said(record: ConsumerRecord) -> Said:
    envelope = Envelope.from_headers([(name, value or b"") for name, value in record.headers])
    return Said(
        key=envelope.subject,
        seq=envelope.sequence or 0,
        region=envelope.region,
        type=envelope.type,
        payload=(record.value or b"").decode(),
        event_id=envelope.id,
        caused_by=envelope.causation_id,
        at=datetime.fromtimestamp(record.timestamp / 1_000, UTC),
    )
