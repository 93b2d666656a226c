"""What a region's broken or evil program may write to its own topics, and with wrong credentials to
others'. Each record ends as an effect, a duplicate, a refusal or an entry in quarantine; consumers
live, and another region's messages go on meanwhile.
"""

import time
from collections.abc import Mapping
from itertools import count
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Producer
from confluent_kafka.admin import AdminClient
from kvitt_contracts.topics import catalogue

from tests.attack.beside import Beside
from tests.attack.records import KINDS, Record
from tests.attack.sending import Edge, inbound
from tests.attack.setting import OURS, THEIRS, Attack

MOST_MEGABYTES = 60.0
"""So much more memory may a service hold after what is sent packed than before."""
SLOWER, FLOOR_SECONDS = 20.0, 5.0
"""Nineteen of twenty of another region's messages may take so many times as long to their effect as
alone, or as long as the floor: what attacks shares the machine with what is attacked.
"""
_ALONE_SECONDS = 2.0
_LEAST_SECONDS = 8.0  # of what no contract allows, however long the rest has taken
_SETTLED_SECONDS = 20.0
_REST_SECONDS = 60.0
_A_SECOND = 40
"""Records a second: as many as the services settle while they do all else."""
_WEIGHTS = [0.15 if name == "large" else 1.0 for name, _ in KINDS]
"""Large ones are few: a region may fill 64 MiB of quarantine, and is read no further then."""
_BOMBS = (("gzip", 64), ("zstd", 128), ("lz4", 64), ("snappy", 8))
"""How it is packed, and how many MiB it is unpacked."""


def attack(on: Attack) -> None:
    """Wrong credentials first, then what is packed, then everything else until the time is up."""
    _wrong_credentials(on)
    with Beside(on) as alone:
        alone.go_on_for(_ALONE_SECONDS)
    edge = Edge(on)
    with Beside(on) as others:
        _send_bombs(on, edge, others)
        _send_until_late(on, edge, others)
    edge.judge(_REST_SECONDS)
    others.judge("what no contract allows", max(FLOOR_SECONDS, SLOWER * alone.at(0.95)))


# -- wrong credentials ----------------------------------------------------------------------------


def _wrong_credentials(on: Attack) -> None:
    """A region's topics as the other region's user, and as a service's: refused by their ACL. With
    a wrong password, and as nobody: no connection.
    """
    every = catalogue(on.world.system.regions)
    right = on.world.client_settings(f"region-{THEIRS}")
    may_write = {
        f"region-{THEIRS}": {one.name for one in inbound(on.world, THEIRS)},
        # what a region sends it over HTTP it writes where the region would
        "billing": {
            one.name
            for one in every
            if one.owner == "billing" or (one.is_inbound and "billing" in one.consumers)
        },
    }
    for principal, own in may_write.items():
        settings = on.world.client_settings(principal)
        others = [one.name for one in every if one.name not in own]
        for name, error in _written(settings, others).items():
            on.count("topics with wrong credentials")
            if error is None or error.code() != KafkaError.TOPIC_AUTHORIZATION_FAILED:
                on.find(f"{principal} may write to a topic of others", topic=name, error=error)
    if not (seen := _seen(right)):
        on.find("a region does not see its own topics")
    for name in seen:
        on.count("topics that a region sees")
        if not name.startswith(f"region.{THEIRS}."):
            on.find("a region sees a topic of others", topic=name)
    wrong = {"sasl.password": "fel"}, {"sasl.username": "admin"}, {"security.protocol": "PLAINTEXT"}
    for changed in wrong:
        said = _written({**right, **changed}, [f"region.{THEIRS}.orders"], seconds=1.5)
        on.count("topics with wrong credentials")
        if any(one is None for one in said.values()):  # an error is compared with nothing
            on.find("a wrong credential may write", what=next(iter(changed)))


def _written(
    settings: Mapping[str, Any], topics: list[str], *, seconds: float = 15.0
) -> dict[str, KafkaError | None]:
    """What Kafka says to one record in each, within so many seconds."""
    said: dict[str, KafkaError | None] = dict.fromkeys(
        topics, KafkaError(KafkaError._MSG_TIMED_OUT)
    )
    producer = Producer({**settings, "message.timeout.ms": int(seconds * 1000), "log_level": 0})
    for topic in topics:
        producer.produce(
            topic,
            value=b"x",
            on_delivery=lambda error, record: said.update({str(record.topic()): error}),
        )
    producer.flush(seconds + 5)
    return said


def _seen(settings: Mapping[str, Any]) -> list[str]:
    """The topics that Kafka tells this user of."""
    try:
        return sorted(AdminClient({**settings, "log_level": 0}).list_topics(timeout=15).topics)
    except KafkaException:
        return []


# -- what is sent ---------------------------------------------------------------------------------


def _send_until_late(on: Attack, edge: Edge, others: Beside) -> None:
    """At a steady pace, in an order of chance, until there is no more time."""
    chance, topics = on.chance, inbound(on.world, OURS)
    on.take(_LEAST_SECONDS)
    began = time.monotonic()
    earlier: list[tuple[str, Record, str | None]] = []
    for number in count():
        if not on.has_time:
            break
        time.sleep(max(0.0, began + number / _A_SECOND - time.monotonic()))
        others.go_on()
        if earlier and chance.random() < 0.1:
            topic, record, message = chance.choice(earlier)
            edge.send("again", topic, record, message)
            continue
        to = chance.choice(topics)
        ((kind, make),) = chance.choices(KINDS, _WEIGHTS)
        record, message = make(chance, chance.choice(to.types))
        on.note(f"{kind} {to.name} {record[0]!r} {record[1]!r}")
        edge.send(kind, to.name, record, message)
        earlier.append((to.name, record, message))
    edge.flush()


def _send_bombs(on: Attack, edge: Edge, others: Beside) -> None:
    """A little on the wire, very much unpacked."""
    reader, topic = "orders", f"region.{OURS}.orders"
    before = on.world.megabytes()
    for codec, size in _BOMBS:
        on.count(f"{size} MiB as {codec}")
        edge.send_packed(topic, b"\0" * (size << 20), codec)
        others.go_on()
    limit = time.monotonic() + _SETTLED_SECONDS
    most = before[reader]
    while not edge.is_settled() and time.monotonic() < limit:
        most = max(most, on.world.megabytes().get(reader, 0.0))
        others.go_on()
        time.sleep(0.02)
    grown = most - before[reader]
    on.figures["memory for what is packed"] = f"{grown:.0f} MiB"
    if grown > MOST_MEGABYTES:
        on.find("what is sent packed fills memory", grown=f"{grown:.0f} MiB")
