"""Records to a region's topics, by Kafka. What is sent is chosen in edge.py and flood.py; what has
come of it is judged in ends.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from confluent_kafka import KafkaError, KafkaException, Producer
from confluent_kafka import Message as KafkaRecord
from kvitt_contracts.envelope import Message
from kvitt_contracts.topics import catalogue

from tests.attack.ends import Ends
from tests.attack.records import Record, whole
from tests.attack.setting import OURS, Attack, Attacked

_HELD_SECONDS = 15.0
"""So long Kafka may hold back its answer to who sends more than the quota."""


@dataclass(frozen=True, slots=True)
class Inbound:
    """A topic of a region, and what it takes."""

    name: str
    reader: str
    types: Sequence[type[Message]]


def inbound(world: Attacked, region: str) -> list[Inbound]:
    """The topics that a region writes to."""
    return [
        Inbound(one.name, next(iter(one.consumers)), one.types)
        for one in catalogue(world.system.regions)
        if one.is_inbound and one.region == region
    ]


class Edge:
    """What one part of an attack sends as the region, and what came of it."""

    def __init__(self, on: Attack) -> None:
        self._on = on
        self._reader_of = {one.name: one.reader for one in inbound(on.world, OURS)}
        self._ends = Ends(on, self._reader_of.values())
        self.sent_bytes = self.taken_bytes = 0
        self._settings = {
            **on.world.client_settings(f"region-{OURS}"),
            "partitioner": "murmur2_random",
            "message.max.bytes": 1_000_000_000,
            "log_level": 0,
        }
        self._producer = Producer(self._settings)

    def send(self, kind: str, topic: str, record: Record, message: str | None) -> None:
        """One record; `message`: the id by which it is answered, none where it has none."""
        key, value, headers = record
        size = len(value or b"")

        def acknowledged(error: KafkaError | None, _: KafkaRecord) -> None:
            if error is not None:  # Kafka itself refuses it: the sender knows
                self._on.count("not taken by Kafka")
                return
            self.taken_bytes += size
            self._ends.expect(self._reader_of[topic], message)

        self._on.count(kind)
        self.sent_bytes += size
        try:
            self._producer.produce(
                topic, key=key, value=value, headers=headers, on_delivery=acknowledged
            )
        except (KafkaException, BufferError):
            self._on.count("not taken by the client")
        self._producer.poll(0)

    def send_fact(self, kind: str, topic: str, subject: str, fact: Message) -> None:
        """A right message about a subject."""
        message, headers = whole(self._on.chance, type(fact), subject=subject)
        body = fact.model_dump_json(exclude_none=True).encode()
        self.send(kind, topic, (subject, body, headers), str(message))

    def send_packed(self, topic: str, value: bytes, codec: str) -> None:
        """A record without an id, packed by this codec; waits for Kafka's answer."""
        said: list[KafkaError | None] = []
        producer = Producer({**self._settings, "compression.type": codec})
        producer.produce(topic, value=value, on_delivery=lambda error, _: said.append(error))
        producer.flush(30)
        if said and said[0] is None:
            self._ends.expect(self._reader_of[topic], None)

    def flush(self) -> None:
        """Kafka has answered all that was sent."""
        self._producer.flush(30)

    def drop_unsent(self) -> None:
        """What Kafka has not taken yet is not sent any more."""
        self._producer.purge(in_flight=False)
        self._producer.flush(_HELD_SECONDS)

    def judge(self, seconds: float) -> None:
        """Within so many seconds each record has come to its end."""
        self._ends.judge(seconds)

    def is_settled(self) -> bool:
        """True when each record that Kafka has taken has come to its end."""
        return self._ends.are_come()
