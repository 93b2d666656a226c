"""A region's feed as it comes: each event once, from its beginning or from now on."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from confluent_kafka import (
    OFFSET_BEGINNING,
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    TopicPartition,
)
from kvitt_contracts.envelope import Envelope
from kvitt_contracts.repetition import AlreadyRead

from kvitt.integrator.connection import Connection
from kvitt.local.problems import LocalProblem

_SECONDS = 30.0
_POLL_SECONDS = 0.2
_DENIED = (KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError._AUTHENTICATION)


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """One event of the feed."""

    envelope: Envelope
    data: dict[str, Any]

    def is_about(self, *, message_id: str, subject: str) -> bool:
        """True for what answers a message, or tells of the thing that it named."""
        if "message_id" in self.data:
            return bool(self.data["message_id"] == message_id)
        noun = self.envelope.type.split(".")[1].replace("-", "_")
        return bool(self.data.get(noun) == subject)

    @property
    def outcome(self) -> str:
        """What it says in a word: `refused`, a receipt's outcome, or the status of a thing."""
        if self.envelope.type.startswith("region.message.refused."):
            return "refused"
        return str(self.data.get("outcome") or self.data.get("status") or self.envelope.type)

    @property
    def as_json(self) -> dict[str, Any]:
        """As CloudEvents' JSON has it."""
        named = {
            name.removeprefix("ce_"): value.decode()
            for name, value in self.envelope.headers()
            if name.startswith("ce_")
        }
        return {**named, "data": self.data}

    @property
    def line(self) -> str:
        """As a person reads it."""
        data = self.data
        when = f"{self.envelope.time:%Y-%m-%dT%H:%M:%SZ}"
        noun = self.envelope.type.split(".")[1]
        subject = data.get("subject") or data.get(noun.replace("-", "_")) or self.envelope.subject
        why = [
            f"{label} {data[name]}"
            for name, label in (("reason", "reason"), ("rule", "rule"), ("field", "field"))
            if data.get(name)
        ]
        more = f" ({', '.join(why)})" if why else ""
        way_on = f" {data['way_on']}" if data.get("way_on") else ""
        return f"{when}  {self.envelope.type}  {subject}: {self.outcome}{more}.{way_on}"


class Feed:
    """A reader of a region's feed that commits nothing: it disturbs no other reader. A context
    manager. Raises LocalProblem where Kafka does not let it in.
    """

    def __init__(self, connection: Connection, *, from_start: bool) -> None:
        self._connection = connection
        self._from_start = from_start
        self._read = AlreadyRead()
        self._ends: dict[int, int] = {}
        self._consumer = Consumer(
            {
                **connection.kafka,
                "group.id": f"{connection.username}-kvitt-tail",
                "enable.auto.commit": False,
                "log_level": 0,
                "fetch.wait.max.ms": 100,
            }
        )

    def __enter__(self) -> "Feed":
        topic = self._connection.feed
        found = self._metadata(topic)
        places = [TopicPartition(topic, number) for number in found]
        for place in places:
            low, high = self._consumer.get_watermark_offsets(place, timeout=_SECONDS)
            self._ends[place.partition] = high
            place.offset = OFFSET_BEGINNING if self._from_start else high
            if self._from_start and low == high:
                self._ends[place.partition] = 0
        self._consumer.assign(places)
        return self

    def __exit__(self, *_: object) -> None:
        self._consumer.close()

    def events(self, *, seconds: float | None = None, to_end: bool = False) -> Iterator[FeedEvent]:
        """Each event as it comes, without end; `seconds`: until then; `to_end`: those that were
        there at the beginning.
        """
        limit = None if seconds is None else time.monotonic() + seconds
        left = {number for number, end in self._ends.items() if end > 0} if to_end else None
        while left is None or left:
            if limit is not None and time.monotonic() > limit:
                return
            message = self._consumer.poll(_POLL_SECONDS)
            if message is None:
                continue
            self._require_good(message.error())
            if (
                left is not None
                and (message.offset() or 0) + 1 >= self._ends[message.partition() or 0]
            ):
                left.discard(message.partition() or 0)
            event = _event(message)
            if self._read.is_new(self._connection.feed, event.envelope):
                yield event

    def _metadata(self, topic: str) -> list[int]:
        try:
            told = self._consumer.list_topics(topic, timeout=_SECONDS).topics[topic]
        except KafkaException as error:
            self._require_good(error.args[0])
            raise
        self._require_good(told.error)
        return sorted(told.partitions)

    def _require_good(self, error: KafkaError | None) -> None:
        if error is None:
            return
        connection = self._connection
        remedy = "kvitt status shows whether Kafka runs; kvitt connect says where and as whom."
        if error.code() in _DENIED or error.code() == KafkaError.UNKNOWN_TOPIC_OR_PART:
            remedy = f"{connection.username} may read the feed of its own region alone."
        raise LocalProblem(
            f"{connection.feed} on {connection.bootstrap} cannot be read ({error.name()}).",
            remedy=remedy,
        )


def _event(message: Message) -> FeedEvent:
    headers = message.headers()
    pairs = headers if isinstance(headers, list) else []
    envelope = Envelope.from_headers((name, value or b"") for name, value in pairs)  # type: ignore[misc]
    return FeedEvent(envelope, json.loads(message.value() or b"{}"))
