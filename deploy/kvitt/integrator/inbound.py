"""Reads what a region has sent, from its inbound topics. Who operates the system may; the region's
own user may write there alone.
"""

import time
from collections.abc import Iterator
from pathlib import Path

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, TopicPartition

from kvitt.integrator.connection import Connection
from kvitt.integrator.messages import Sent
from kvitt.local.kafka import ADMIN
from kvitt.local.problems import LocalProblem
from kvitt.local.state import State

_SECONDS = 30.0
_POLL_SECONDS = 0.5


def read_topic(connection: Connection, topic: str, state_dir: Path) -> Iterator[Sent]:
    """Every record of the topic so far, each partition's in order. Raises LocalProblem, also where
    it cannot be read to its end: what was not read is not judged.
    """
    settings = dict(connection.kafka)
    if State.exists(state_dir.resolve()):
        state = State.existing(state_dir.resolve())
        settings |= {
            "sasl.username": ADMIN,
            "sasl.password": state.password(f"kafka:{ADMIN}"),
        }
    consumer = Consumer(
        {
            **settings,
            "group.id": "kvitt-check",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "log_level": 0,
        }
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
    ends = {
        place.partition: consumer.get_watermark_offsets(place, timeout=_SECONDS)[1]
        for place in places
    }
    consumer.assign(places)
    limit = time.monotonic() + _SECONDS
    while ends:
        message = consumer.poll(_POLL_SECONDS)
        if message is None:
            if time.monotonic() >= limit:
                raise LocalProblem(
                    f"{topic} was not read to its end: Kafka has been silent for {_SECONDS:.0f} s.",
                    remedy="Nothing is said of what was not read: try again when Kafka answers.",
                )
            continue
        limit = time.monotonic() + _SECONDS
        number, offset = message.partition() or 0, message.offset() or 0
        if (error := message.error()) is not None:
            if error.code() != KafkaError._PARTITION_EOF:
                raise KafkaException(error)
            ends.pop(number, None)  # also where its last records are no longer there
            continue
        if offset >= ends.get(number, 0):
            continue  # sent since
        if offset + 1 == ends[number]:
            del ends[number]
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
