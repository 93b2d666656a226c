"""Records to a region's topics, and what has come of each: an effect, a duplicate, a refusal, or an
entry in quarantine. What is sent is chosen in edge.py and flood.py.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from confluent_kafka import KafkaError, KafkaException, Producer
from confluent_kafka import Message as KafkaRecord
from kvitt_contracts.envelope import Message
from kvitt_contracts.topics import catalogue

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
        self._by_id: dict[str, set[str]] = {one: set() for one in self._reader_of.values()}
        self._nameless = dict.fromkeys(self._by_id, 0)
        self._before = {reader: self._quarantined(reader) for reader in self._by_id}
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
            if message is None:
                self._nameless[self._reader_of[topic]] += 1
            else:
                self._by_id[self._reader_of[topic]].add(message)

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
            self._nameless[self._reader_of[topic]] += 1

    def flush(self) -> None:
        """Kafka has answered all that was sent."""
        self._producer.flush(30)

    def drop_unsent(self) -> None:
        """What Kafka has not taken yet is not sent any more."""
        self._producer.purge(in_flight=False)
        self._producer.flush(_HELD_SECONDS)

    def judge(self, seconds: float) -> None:
        """Within so many seconds each record has come to its end."""
        limit = time.monotonic() + seconds
        while not self.is_settled() and time.monotonic() < limit:
            time.sleep(0.2)
        for reader, ids in self._by_id.items():
            self._on.count("records with an id", len(ids))
            self._on.count("records without", self._nameless[reader])
            if (missing := self._unsettled(reader)) > 0:
                of = len(ids) + self._nameless[reader]
                self._on.find(f"{reader} has no answer to every record", missing=missing, of=of)

    def is_settled(self) -> bool:
        """True when each record that Kafka has taken has come to its end."""
        return all(self._unsettled(reader) <= 0 for reader in self._by_id)

    def _unsettled(self, reader: str) -> int:
        """How many records have come to no end. One whose attributes cannot be read may rest in
        quarantine without the id that it bears.
        """
        settled, nameless = self._settled(reader)
        return len(self._by_id[reader]) + self._nameless[reader] - settled - nameless

    def _settled(self, reader: str) -> tuple[int, int]:
        """How many of the ids are seen or parked, and how many without an id are parked."""
        ids = [UUID(one) for one in self._by_id[reader]]
        found: set[str] = set()
        with self._on.world.database(reader) as database:
            for statement in (_SEEN, _PARKED):
                found |= {str(one) for (one,) in database.execute(statement, (ids,))}
        return len(found), self._quarantined(reader) - self._before[reader]

    def _quarantined(self, reader: str) -> int:
        """Records in quarantine that say no id."""
        with self._on.world.database(reader) as database:
            (found,) = database.execute(_NAMELESS).fetchone() or (0,)
        return int(found)


_SEEN = "SELECT id FROM inbound_seen WHERE id = ANY (%s)"
_PARKED = "SELECT event_id FROM parked_messages WHERE event_id = ANY (%s)"
_NAMELESS = "SELECT count(*) FROM parked_messages WHERE event_id IS NULL"
