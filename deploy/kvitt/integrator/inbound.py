"""Reads what a region has sent, from its inbound topics. Who operates the system may; the region's
own user may write there alone.
"""

import time
from collections.abc import Iterator
from pathlib import Path

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaException, TopicPartition

from kvitt.integrator.connection import Connection
from kvitt.integrator.messages import Sent
from kvitt.local.kafka import ADMIN
from kvitt.local.problems import LocalProblem
from kvitt.local.state import State

_SECONDS = 30.0
_POLL_SECONDS = 0.5


def read_topic(connection: Connection, topic: str, state_dir: Path) -> Iterator[Sent]:
    """Every record of the topic so far, each partition's in order. Raises LocalProblem."""
    settings = dict(connection.kafka)
    if State.exists(state_dir.resolve()):
        state = State.existing(state_dir.resolve())
        settings |= {
            "sasl.username": ADMIN,
            "sasl.password": state.password(f"kafka:{ADMIN}"),
        }
    consumer = Consumer(
        {**settings, "group.id": "kvitt-check", "enable.auto.commit": False, "log_level": 0}
    )
    try:
        yield from _records(consumer, topic)
    except KafkaException as error:
        raise LocalProblem(
            f"{topic} cannot be read ({error.args[0].name()}).",
            remedy="It is read as the system's operator; a region checks the files that it sends.",
        ) from error
    finally:
        consumer.close()


def _records(consumer: Consumer, topic: str) -> Iterator[Sent]:
    found = consumer.list_topics(topic, timeout=_SECONDS).topics[topic]
    if found.error is not None:
        raise KafkaException(found.error)
    places = [TopicPartition(topic, number, OFFSET_BEGINNING) for number in found.partitions]
    ends = {}
    for place in places:
        low, high = consumer.get_watermark_offsets(place, timeout=_SECONDS)
        if low < high:
            ends[place.partition] = high
    consumer.assign(places)
    limit = time.monotonic() + _SECONDS
    while ends and time.monotonic() < limit:
        message = consumer.poll(_POLL_SECONDS)
        if message is None:
            continue
        if (error := message.error()) is not None:
            raise KafkaException(error)
        limit = time.monotonic() + _SECONDS
        number, offset = message.partition() or 0, message.offset() or 0
        if offset + 1 >= ends.get(number, 0):
            ends.pop(number, None)
        pairs = message.headers()
        headers = pairs if isinstance(pairs, list) else []
        yield Sent(
            place=f"{topic}/{number}@{offset}",
            topic=topic,
            key=_bytes(message.key()),
            headers=tuple((name, _bytes(value) or b"") for name, value in headers),
            value=_bytes(message.value()) or b"",
            partition=number,
            offset=offset,
            is_placed=True,
        )


def _bytes(value: str | bytes | None) -> bytes | None:
    return value.encode() if isinstance(value, str) else value
