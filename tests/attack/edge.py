"""What a region's broken or evil program may write to its own topics, and with wrong credentials to
others'. Each record ends as an effect, a duplicate, a refusal or an entry in quarantine; consumers
live, and another region's messages go on meanwhile.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID

import psutil
from confluent_kafka import KafkaError, KafkaException, Producer
from confluent_kafka import Message as KafkaRecord
from kvitt.local.supervisor import ServiceProcess
from kvitt_contracts.envelope import Message
from kvitt_contracts.topics import catalogue

from contracts.tests.builders.regions import a_user_stated
from tests.attack.records import KINDS, Record
from tests.attack.setting import OURS, THEIRS, Attack, Attacked
from tests.faults.registry import REGIONS

MOST_MEGABYTES = 60.0
"""So much more memory may a service hold after what is sent packed than before."""
SLOWER, FLOOR_SECONDS = 20.0, 5.0
"""Another region's message may take so many times as long to its effect as alone, or as long as the
floor: what attacks shares the machine with what is attacked.
"""
_ALONE_SECONDS = 3.0
_LEAST_SECONDS = 10.0  # of what no contract allows, however long the rest has taken
_REST_SECONDS = 120.0
_A_SECOND = 40
"""Records a second: as many as the services settle while they do all else."""
_KNOWN = "SELECT user_id FROM users WHERE region = %s AND user_id = ANY (%s)"


@dataclass(frozen=True, slots=True)
class _Inbound:
    """A topic of the attacking region, and what it takes."""

    name: str
    reader: str
    types: Sequence[type[Message]]


def attack(on: Attack) -> None:
    """Wrong credentials first, then what is packed, then everything else until the time is up."""
    _wrong_credentials(on)
    alone = _Beside(on)
    until = time.monotonic() + _ALONE_SECONDS
    with alone:
        while time.monotonic() < until:
            alone.go_on()
            time.sleep(0.02)
    with _Beside(on) as others:
        bombs = _Edge(on, others)
        bombs.send_bombs()
        fuzzed = _Edge(on, others)
        fuzzed.send_until_late()
    bombs.judge()
    fuzzed.judge()
    others.judge(alone.longest)
    _judge_life(on)


# -- wrong credentials ----------------------------------------------------------------------------


def _wrong_credentials(on: Attack) -> None:
    """A region's topics as the other region's user, and as a service's: refused by their ACL. With
    a wrong password, and as nobody: no connection.
    """
    names = [one.name for one in _inbound(on.world, OURS)]
    right = on.world.client_settings(f"region-{THEIRS}")
    for principal in (f"region-{THEIRS}", "billing"):
        for name in [*names, "orders.units", "billing.invoices"]:
            if principal == "billing" and name.startswith("billing."):
                continue
            error = _written(on.world.client_settings(principal), name)
            on.count("topics with wrong credentials")
            if error is None or error.code() != KafkaError.TOPIC_AUTHORIZATION_FAILED:
                on.find(f"{principal} may write to a topic of others", topic=name, error=error)
    wrong = {"sasl.password": "fel"}, {"sasl.username": "admin"}, {"security.protocol": "PLAINTEXT"}
    for changed in wrong:
        error = _written({**right, **changed}, names[0], seconds=1.5)
        on.count("topics with wrong credentials")
        if error is None:
            on.find("a wrong credential may write", what=next(iter(changed)))


def _written(
    settings: Mapping[str, Any], topic: str, *, seconds: float = 15.0
) -> KafkaError | None:
    """What Kafka says to one record, within so many seconds."""
    said: list[KafkaError | None] = []
    producer = Producer({**settings, "message.timeout.ms": int(seconds * 1000), "log_level": 0})
    producer.produce(topic, value=b"x", on_delivery=lambda error, _: said.append(error))
    producer.flush(seconds + 5)
    return said[0] if said else KafkaError(KafkaError._MSG_TIMED_OUT)


# -- another region beside ------------------------------------------------------------------------


class _Beside:
    """Within, another region states users at a steady pace."""

    _numbers = count()

    def __init__(self, on: Attack) -> None:
        self._on = on
        self._sent: dict[str, float] = {}
        self._seconds: list[float] = []
        self._due = 0.0

    def __enter__(self) -> "_Beside":
        return self

    def __exit__(self, *_: object) -> None:
        limit = time.monotonic() + 30.0
        while self._sent and time.monotonic() < limit:
            self._look()
            time.sleep(0.05)

    def go_on(self) -> None:
        """Send one if it is time, and look what has come."""
        now = time.monotonic()
        if now < self._due:
            return
        self._due = now + 0.25
        user = f"granne{next(self._numbers)}"
        fact = a_user_stated(user, REGIONS[1].service_points[0])
        self._on.world.load.send(THEIRS, "orders", user, fact)
        self._sent[user] = now
        self._look()

    @property
    def longest(self) -> float:
        """Seconds of the message that took longest."""
        return max(self._seconds, default=0.0)

    def judge(self, alone: float) -> None:
        """What the other region has noticed, beside the longest that it waited `alone`."""
        worst = self.longest
        told = sorted(self._seconds)
        middle = told[len(told) // 2] if told else 0.0
        self._on.figures["another region's messages"] = (
            f"{len(told)}, p50 {middle:.2f} s, longest {worst:.2f} s (alone {alone:.2f} s)"
        )
        if self._sent:
            self._on.find("another region's messages came to nothing", number=len(self._sent))
        if worst > max(FLOOR_SECONDS, SLOWER * alone):
            self._on.find(
                "another region's messages wait",
                longest=f"{worst:.1f} s",
                alone=f"{alone:.2f} s",
            )

    def _look(self) -> None:
        with self._on.world.database("orders") as database:
            known = database.execute(_KNOWN, (THEIRS, list(self._sent))).fetchall()
        now = time.monotonic()
        self._seconds += [now - self._sent.pop(str(user)) for (user,) in known]


# -- what is sent ---------------------------------------------------------------------------------


class _Edge:
    """Records to the attacking region's topics, and what came of them."""

    def __init__(self, on: Attack, others: _Beside) -> None:
        self._on = on
        self._others = others
        self._topics = _inbound(on.world, OURS)
        self._by_id: dict[str, set[str]] = {one.reader: set() for one in self._topics}
        self._nameless = dict.fromkeys(self._by_id, 0)
        self._before = {reader: self._quarantined(reader) for reader in self._by_id}
        self._refused: list[str] = []
        self._producer = Producer(
            {
                **on.world.client_settings(f"region-{OURS}"),
                "partitioner": "murmur2_random",
                "message.max.bytes": 1_000_000_000,
                "log_level": 0,
            }
        )

    def send_until_late(self) -> None:
        """At a steady pace, in an order of chance, until there is no more time."""
        chance, began = self._on.chance, time.monotonic()
        self._on.take(_LEAST_SECONDS)
        earlier: list[tuple[_Inbound, Record, str | None]] = []
        for number in count():
            if not self._on.has_time:
                break
            time.sleep(max(0.0, began + number / _A_SECOND - time.monotonic()))
            self._others.go_on()
            if earlier and chance.random() < 0.1:
                topic, record, message = chance.choice(earlier)
                self._send("again", topic, record, message)
                continue
            topic = chance.choice(self._topics)
            kind, make = chance.choice(KINDS)
            record, message = make(chance, chance.choice(topic.types))
            self._send(kind, topic, record, message)
            earlier.append((topic, record, message))
        self._producer.flush(30)

    def send_bombs(self) -> None:
        """A little on the wire, very much unpacked."""
        topic = next(one for one in self._topics if one.name.endswith(".orders"))
        before = _megabytes(self._on.world)
        for codec, size in (("gzip", 64), ("zstd", 128), ("lz4", 64), ("snappy", 8)):
            producer = Producer(
                {
                    **self._on.world.client_settings(f"region-{OURS}"),
                    "message.max.bytes": 1_000_000_000,
                    "compression.type": codec,
                    "log_level": 0,
                }
            )
            said: list[KafkaError | None] = []
            producer.produce(
                topic.name,
                value=b"\0" * (size << 20),
                on_delivery=_into(said),
            )
            producer.flush(60)
            self._on.count(f"{size} MiB as {codec}")
            if said and said[0] is None:
                self._nameless[topic.reader] += 1
            self._others.go_on()
        limit = time.monotonic() + 30.0
        most = before
        while not self._are_settled() and time.monotonic() < limit:
            most = max(most, _megabytes(self._on.world), key=lambda found: found[topic.reader])
            self._others.go_on()
            time.sleep(0.02)
        grown = most[topic.reader] - before[topic.reader]
        self._on.figures["memory for what is packed"] = f"{grown:.0f} MiB"
        if grown > MOST_MEGABYTES:
            self._on.find("what is sent packed fills memory", grown=f"{grown:.0f} MiB")

    def judge(self) -> None:
        """Each record has come to its end."""
        limit = time.monotonic() + _REST_SECONDS
        while not self._are_settled() and time.monotonic() < limit:
            time.sleep(0.2)
        for reader, ids in self._by_id.items():
            self._on.count("records with an id", len(ids))
            self._on.count("records without", self._nameless[reader])
            if (missing := self._unsettled(reader)) > 0:
                of = len(ids) + self._nameless[reader]
                self._on.find(f"{reader} has no answer to every record", missing=missing, of=of)

    def _are_settled(self) -> bool:
        return all(self._unsettled(reader) <= 0 for reader in self._by_id)

    def _unsettled(self, reader: str) -> int:
        """How many records have come to no end. One whose attributes cannot be read may rest in
        quarantine without the id that it bears.
        """
        settled, nameless = self._settled(reader)
        return len(self._by_id[reader]) + self._nameless[reader] - settled - nameless

    def _settled(self, reader: str) -> tuple[int, int]:
        """How many of the ids are seen or parked, and how many without an id are parked."""
        ids = self._by_id[reader]
        with self._on.world.database(reader) as database:
            seen = {
                str(one)
                for (one,) in database.execute(
                    "SELECT id FROM inbound_seen WHERE id = ANY (%s)", ([UUID(i) for i in ids],)
                )
            }
            parked = {
                str(one)
                for (one,) in database.execute(
                    "SELECT event_id FROM parked_messages WHERE event_id = ANY (%s)",
                    ([UUID(i) for i in ids],),
                )
            }
        return len(seen | parked), self._quarantined(reader) - self._before[reader]

    def _quarantined(self, reader: str) -> int:
        """Records in quarantine that say no id."""
        with self._on.world.database(reader) as database:
            (found,) = database.execute(
                "SELECT count(*) FROM parked_messages WHERE event_id IS NULL"
            ).fetchone() or (0,)
        return int(found)

    def _send(self, kind: str, topic: _Inbound, record: Record, message: str | None) -> None:
        key, value, headers = record

        def acknowledged(error: KafkaError | None, _: KafkaRecord) -> None:
            if error is not None:  # Kafka itself refuses it: the sender knows
                self._on.count("refused by Kafka")
            elif message is None:
                self._nameless[topic.reader] += 1
            else:
                self._by_id[topic.reader].add(message)

        self._on.count(kind)
        try:
            self._producer.produce(
                topic.name, key=key, value=value, headers=headers, on_delivery=acknowledged
            )
        except KafkaException:
            self._on.count("refused by the client")
        self._producer.poll(0)


def _into(said: list[KafkaError | None]) -> Callable[[KafkaError | None, KafkaRecord], None]:
    def told(error: KafkaError | None, _: KafkaRecord) -> None:
        said.append(error)

    return told


def _judge_life(on: Attack) -> None:
    """Every consumer has lived through it."""
    for name, service in on.world.services.items():
        if service.restarts:
            on.find(f"{name} has died", times=service.restarts)
        if not ServiceProcess.answers(service.url):
            on.find(f"{name} is not ready")


def _megabytes(world: Attacked) -> dict[str, float]:
    return {
        name: psutil.Process(pid).memory_info().rss / 2**20 for name, pid in world.pids().items()
    }


def _inbound(world: Attacked, region: str) -> list[_Inbound]:
    return [
        _Inbound(one.name, next(iter(one.consumers)), one.types)
        for one in catalogue(world.system.regions)
        if one.is_inbound and one.region == region
    ]
