"""Publishes a region's messages as its own client would, and finds their answers on its feed."""

import time
from collections.abc import Iterator, Sequence

from confluent_kafka import KafkaError, KafkaException, Producer

from kvitt.integrator.connection import Connection
from kvitt.integrator.feed import Feed, FeedEvent
from kvitt.integrator.messages import Sent
from kvitt.local.problems import LocalProblem

_ACKNOWLEDGED_SECONDS = 30.0
_UNFINISHED = ("quarantined", "waiting")


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


def answers(feed: Feed, messages: Sequence[Sent], *, seconds: float) -> Iterator[FeedEvent]:
    """What the feed tells of the messages, until each has its end or the time is over: what is
    left then is in `unanswered` of the exception NoAnswer.
    """
    named = [one.envelope for one in messages]
    open_ids = {str(one.id): one.subject for one in named if one is not None}
    limit = time.monotonic() + seconds
    for event in feed.events(seconds=seconds):
        about = [
            one
            for one, subject in open_ids.items()
            if event.is_about(message_id=one, subject=subject)
        ]
        if not about:
            continue
        yield event
        if event.outcome not in _UNFINISHED:
            for one in about:
                open_ids.pop(one)
        if not open_ids or time.monotonic() > limit:
            break
    if open_ids:
        raise NoAnswer(sorted(open_ids.values()))


class NoAnswer(Exception):
    """Some messages have no answer yet: their subjects."""

    def __init__(self, unanswered: list[str]) -> None:
        super().__init__(f"no answer about {', '.join(unanswered)}")
        self.unanswered = unanswered
