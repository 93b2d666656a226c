"""What stands in the topic of what was emitted: how many, since when, in which order."""

from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from tests.bench import counted
from tests.bench.contest import Place

NUMBER, NAMES = "ce_sequence", ("ce_id", "id")
"""Headers: an event's number in its key, and its id, as whoever relays it names that."""


class Emitted:
    """Reads the topic from outside. Made with `await Emitted.of(place)`, ended with `close()`."""

    def __init__(self, consumer: AIOKafkaConsumer, places: list[TopicPartition]) -> None:
        self._consumer = consumer
        self._places = places

    @classmethod
    async def of(cls, place: Place) -> "Emitted":
        """The place's topic. Raises KafkaError."""
        topic = place.prefix + counted.EMITTED.name
        consumer = AIOKafkaConsumer(**place.kafka, auto_offset_reset="earliest")
        await consumer.start()
        await consumer._client._wait_on_metadata(topic)
        places = [TopicPartition(topic, one) for one in consumer.partitions_for_topic(topic) or ()]
        consumer.assign(places)
        return cls(consumer, places)

    async def close(self) -> None:
        """Leave."""
        await self._consumer.stop()

    async def count(self) -> int:
        """How many have arrived."""
        return sum((await self._consumer.end_offsets(self._places)).values())

    async def all(self) -> list[Any]:
        """Every record, each partition's in its order."""
        found: list[Any] = []
        ends = await self.count()
        await self._consumer.seek_to_beginning()
        while len(found) < ends:
            for records in (await self._consumer.getmany(timeout_ms=500)).values():
                found += records
        return found

    async def arrivals(self) -> dict[str, float]:
        """When (Unix time, to the millisecond) Kafka appended each event, by its id."""
        return {_named(one): one.timestamp / 1000 for one in await self.all()}

    async def disorder(self) -> float:
        """The share of records whose key has had a higher number before."""
        highest: dict[bytes, int] = {}
        swapped = read = 0
        for one in await self.all():
            number = int(dict(one.headers)[NUMBER])
            swapped += number < highest.get(one.key, 0)
            highest[one.key] = max(number, highest.get(one.key, 0))
            read += 1
        return swapped / max(read, 1)


async def disorder(place: Place) -> float:
    """The share of records in the place's topic whose key has had a higher number before."""
    emitted = await Emitted.of(place)
    share = await emitted.disorder()
    await emitted.close()
    return share


def _named(record: Any) -> str:
    headers = dict(record.headers)
    (name,) = (headers[one] for one in NAMES if one in headers)
    return str(name.decode())
