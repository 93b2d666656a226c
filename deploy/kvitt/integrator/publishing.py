"""Publishes a region's messages as its own client would, and finds their answers on its feed."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from confluent_kafka import KafkaError, KafkaException, Producer
from kvitt_contracts.topics import REGION_EVENTS

from kvitt.integrator.connection import Connection
from kvitt.integrator.feed import FeedEvent
from kvitt.integrator.messages import Sent
from kvitt.local.problems import LocalProblem

_ACKNOWLEDGED_SECONDS = 30.0
_TOLD_SECONDS = 5.0
_TOLD_OF = {one.split(".")[1] for one in REGION_EVENTS.wire_types} | {"basket-loan"}
"""What the feed tells of, by the nouns of receipts."""


def publish(connection: Connection, messages: Sequence[Sent]) -> None:
    """Publish in order; returns when Kafka has all of them durably. Raises LocalProblem."""
    failures: list[KafkaError] = []

    def delivered(error: KafkaError | None, _: object) -> None:
        if error is not None:
            failures.append(error)

    producer = Producer(
        {
            **connection.kafka,
            "partitioner": "murmur2_random",  # where Java's client would put the key
            "enable.idempotence": True,
            "compression.type": "gzip",
            "log_level": 0,
            "message.timeout.ms": int(_ACKNOWLEDGED_SECONDS * 1000),
        }
    )
    for one in messages:
        try:
            producer.produce(
                one.topic,
                key=one.key,
                value=one.value,
                headers=list(one.headers),
                on_delivery=delivered,
            )
        except KafkaException as error:
            failures.append(error.args[0])
    waiting = producer.flush(_ACKNOWLEDGED_SECONDS + 5)
    if failures or waiting:
        why = failures[0].name() if failures else "no answer"
        raise LocalProblem(
            f"{len(failures) or waiting} of {len(messages)} messages were not taken by Kafka"
            f" ({why}).",
            remedy=f"kvitt connect --region {connection.region} shows where and as whom; what was"
            " taken has its effect once, so the command may be given again.",
        )


class Answering(Protocol):
    """A feed that tells of messages."""

    def events(self, *, seconds: float) -> Iterator[FeedEvent]:
        """Each event as it comes, for so long."""


def answers(feed: Answering, messages: Sequence[Sent], *, seconds: float) -> Iterator[FeedEvent]:
    """What the feed tells of the messages, until each has its receipt; and then, for some seconds
    at most, until it has told what has become of what they were about. Messages that have no
    receipt when the time is over are in `unanswered` of the exception NoAnswer.
    """
    told = _Told(messages)
    if told.open:
        for event in feed.events(seconds=seconds):
            if told.is_about_them(event):
                yield event
            if not told.open:
                break
    if told.open:
        raise NoAnswer(sorted(told.open.values()))
    if told.things:
        for event in feed.events(seconds=_TOLD_SECONDS):
            if told.is_about_them(event):
                yield event
            if not told.things:
                break


class _Told:
    """What is told of messages. `open`: those without a receipt, their subjects by id; `things`:
    the ids of what they were about, of which the feed has told nothing yet.
    """

    def __init__(self, messages: Sequence[Sent]) -> None:
        envelopes = [one.envelope for one in messages if one.envelope is not None]
        self.open = {str(one.id): one.subject for one in envelopes}
        self.things: set[str] = set()
        self._ids = dict(self.open)
        self._known: set[str] = set()

    def is_about_them(self, event: FeedEvent) -> bool:
        """True for an event about one of them, which is taken into account."""
        key = event.envelope.subject
        about = [
            one
            for one, subject in self._ids.items()
            if event.is_about(message_id=one, subject=subject)
        ]
        if "message_id" not in event.data:
            is_of_thing = key in self._known or key in self.things
            self.things.discard(key)
            if about or is_of_thing:
                self._known.add(key)
            return bool(about) or is_of_thing
        for one in about:
            self.open.pop(one, None)
        thing = event.data.get("thing_id")
        is_told = str(event.data.get("thing", "")).replace("_", "-") in _TOLD_OF
        if about and thing is not None and is_told and event.outcome == "applied":
            self.things |= {thing} - self._known
        return bool(about)


class NoAnswer(Exception):
    """Some messages have no receipt yet: their subjects."""

    def __init__(self, unanswered: list[str]) -> None:
        super().__init__(f"no answer about {', '.join(unanswered)}")
        self.unanswered = unanswered
