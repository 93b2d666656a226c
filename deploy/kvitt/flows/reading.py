"""Everything that was said on a local system's Kafka, by regions and by services. Knows no flow."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition
from kvitt_contracts.calendar import stockholm_day
from kvitt_contracts.envelope import Envelope, EnvelopeError
from kvitt_contracts.topics import CATALOGUE, Topic, for_region

from kvitt.local.kafka import Credentials, client_settings
from kvitt.local.problems import LocalProblem

_SECONDS = 30.0

REGION = "region"
"""Who says what a region sends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One message: who said what about which thing, on which business day, and because of which
    other message (`cause`, None where time or a user began it).
    """

    id: str
    type: str
    by: str
    topic: str
    key: str
    number: int
    region: str
    day: date
    time: str
    cause: str | None
    unit: str | None
    body: str = field(repr=False)

    @property
    def data(self) -> dict[str, Any]:
        """The body."""
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def is_told_to_region(self) -> bool:
        """True for what stands on the region's feed."""
        return self.topic.endswith(".events")


def read(bootstrap: str, credentials: Credentials, regions: Iterable[str]) -> list[Said]:
    """All messages that are there now, each once, in no order that means anything; those with
    personal data are left alone. Nothing is committed. Raises LocalProblem when Kafka does not
    answer.
    """
    impersonal = [topic for topic in CATALOGUE if not topic.personal_data]
    topics = [topic for topic in impersonal if not topic.is_per_region]
    for region in regions:
        topics += [for_region(topic, region) for topic in impersonal if topic.is_per_region]
    consumer = Consumer(
        {
            **client_settings(bootstrap, credentials),
            "group.id": "kvitt-flows",
            "enable.auto.commit": False,
            "auto.offset.reset": "error",
        }
    )
    try:
        return _read(consumer, topics)
    finally:
        consumer.close()


def _read(consumer: Consumer, topics: Sequence[Topic]) -> list[Said]:
    known = {topic.name: topic for topic in topics}
    ends: dict[tuple[str, int], int] = {}
    for name in known:
        for number in consumer.list_topics(name, timeout=_SECONDS).topics[name].partitions:
            low, high = consumer.get_watermark_offsets(
                TopicPartition(name, number), timeout=_SECONDS
            )
            if high > low:
                ends[name, number] = high
    consumer.assign([TopicPartition(*place, OFFSET_BEGINNING) for place in ends])
    found: dict[str, Said] = {}
    while ends:
        message = consumer.poll(_SECONDS)
        if message is None or message.error():
            raise LocalProblem(
                f"Kafka told no more, with {len(ends)} partitions unread.",
                remedy="kvitt status shows whether Kafka runs.",
            )
        place = (str(message.topic()), int(message.partition() or 0))
        if (message.offset() or 0) + 1 >= ends.get(place, 0):
            ends.pop(place, None)
        headers = message.headers()
        pairs = headers if isinstance(headers, list) else []
        said = said_in(
            known[place[0]],
            message.key() or b"",
            ((name, value or b"") for name, value in pairs),  # type: ignore[misc]
            message.value() or b"",
        )
        if said is not None:
            found.setdefault(said.id, said)
    return list(found.values())


def said_in(
    topic: Topic, key: bytes, headers: Iterable[tuple[str, bytes]], value: bytes
) -> Said | None:
    """A message as it was said; None for what no reader can make out (the month has some)."""
    pairs = dict(headers)
    if topic.region is not None:
        pairs.setdefault("ce_region", topic.region.encode())  # what a region may leave out
    try:
        envelope = Envelope.from_headers(pairs.items())
        body = value.decode()
        if not isinstance(json.loads(body), dict):
            return None
    except (EnvelopeError, ValueError):
        return None
    return Said(
        id=str(envelope.id),
        type=envelope.type,
        by=topic.owner,
        topic=topic.name,
        key=key.decode(errors="replace"),
        number=envelope.sequence or 0,
        region=str(envelope.region),
        day=stockholm_day(envelope.time),
        time=envelope.time.isoformat(),
        cause=envelope.causation_id,
        unit=envelope.correlation_id,
        body=body,
    )
