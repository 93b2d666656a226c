"""What a region sends over HTTP instead of to its inbound topics: judged for what can be judged at
once, and published there. What its effect is, is decided where it is read, as for Kafka.
"""

import asyncio
import json
import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from time import monotonic, time
from typing import Any

from kvitt_contracts.envelope import MAX_BYTES, STRUCTURED
from kvitt_contracts.quotas import region_quota
from kvitt_contracts.refusals import Refused
from kvitt_contracts.topics import Topic, consumed_by
from kvitt_contracts.types import RegionCode

from kvitt_chassis import metrics
from kvitt_chassis.consuming import answers
from kvitt_chassis.consuming.incoming import Incoming, Reader, Record
from kvitt_chassis.consuming.opening import open_inbound
from kvitt_chassis.consuming.verdicts import Cause
from kvitt_chassis.handlers import Handlers
from kvitt_chassis.metrics import child
from kvitt_chassis.operating.masking import mask
from kvitt_chassis.relaying.entering import Entering, InboundPublisher

TAKEN_IN = metrics.declare(
    "counter",
    "region_messages_total",
    "Messages that regions sent over HTTP, by what was said of them at once.",
    "rejected: the region is told why in the answer. held_back: it sends more than its quota.",
    ("verdict",),
)

_BURST_SECONDS = 4.0
"""So many seconds' worth of its quota may a region send at once."""
_AT_ONCE = 20
"""So many messages are judged before others have their turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One message as it was sent: headers in either mode of CloudEvents by Kafka's names, and the
    value.
    """

    headers: Sequence[tuple[str, bytes]]
    value: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """Why a message is not let in; repeats no value of it."""

    reason: str
    field: str | None
    way_on: str
    rule: str = "contract"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What is said of one message at once: it is let in as `entering`, or `rejected`."""

    id: str | None
    source: str | None
    entering: Entering | None = None
    rejected: Rejected | None = None


class Allowance:
    """How much each region may send, by its quota of the broker. What is too much is not taken
    until it has been paid for. One process's; `clock` answers seconds.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._owed: dict[RegionCode, tuple[float, float]] = {}  # bytes, and when

    def wait(self, region: RegionCode) -> int:
        """After so many whole seconds the region may send again; 0: now."""
        rate = region_quota(region).producer_byte_rate
        over = self._owes(region) - rate * _BURST_SECONDS
        return max(0, math.ceil(over / rate))

    def take(self, region: RegionCode, size: int) -> None:
        """The region has sent so many bytes."""
        self._owed[region] = (self._owes(region) + size, self._clock())

    def _owes(self, region: RegionCode) -> float:
        owed, since = self._owed.get(region, (0.0, 0.0))
        paid = (self._clock() - since) * region_quota(region).producer_byte_rate
        return max(0.0, owed - paid)


# decision 0551: what comes over HTTP goes to the region's own topic
class Entrance:
    """Lets in what a region sends over HTTP to one service, for the topics that it reads."""

    def __init__(
        self, service: str, handlers: Handlers, *, kafka: Mapping[str, Any], topic_prefix: str = ""
    ) -> None:
        self._service = service
        self._handlers = handlers
        self._readers: dict[RegionCode, tuple[Sequence[Topic], Reader]] = {}
        self._publisher = InboundPublisher(kafka, service=service, topic_prefix=topic_prefix)
        self.allowance = Allowance()

    async def judge(self, region: RegionCode, sent: Sequence[Sent]) -> list[Judged]:
        """Judge messages of a region as they are judged where they are read, each by itself."""
        judged = []
        for number, one in enumerate(sent):
            if number % _AT_ONCE == _AT_ONCE - 1:
                await asyncio.sleep(0)
            judged.append(self._judge(region, one))
        for verdict in judged:
            name = "rejected" if verdict.rejected else "accepted"
            child(TAKEN_IN, self._service, name).inc()
        return judged

    async def publish(self, judged: Sequence[Judged]) -> None:
        """Publish those that are let in, in their order; returns when Kafka has them durably.
        Raises whatever a producer raises, and TimeoutError: some may have been stored then.
        """
        records = [one.entering for one in judged if one.entering is not None]
        if records:
            await self._publisher.enter(records)

    async def close(self) -> None:
        """Close the producer."""
        await self._publisher.close()

    def _judge(self, region: RegionCode, sent: Sent) -> Judged:
        topics, reader = self._of(region)
        opened = open_inbound(sent.headers, sent.value)
        topic = next((one for one in topics if opened.about.type in one.wire_types), topics[0])
        read = reader.read(_record(topic, sent))
        told = partial(Judged, id=_masked(read.about.id), source=_masked(read.about.source))
        if (rejected := _why_not(read)) is not None:
            return told(rejected=rejected)
        envelope = read.envelope
        assert envelope is not None
        body = opened.body if not _is_structured(sent) else _as_text(opened.body)
        if len(body) > MAX_BYTES:
            return told(rejected=_of_refusal(answers.too_large()))
        entering = Entering(
            topic=topic.name, key=envelope.subject, headers=envelope.headers(), value=body
        )
        return told(entering=entering)

    def _of(self, region: RegionCode) -> tuple[Sequence[Topic], Reader]:
        """The region's topics that the service reads, its own first, and what reads them."""
        if region not in self._readers:
            topics = [one for one in consumed_by(self._service, [region]) if one.is_inbound]
            topics.sort(key=lambda one: one.personal_data)
            reader = Reader(topics, self._handlers, digest=lambda _: "")
            self._readers[region] = topics, reader
        return self._readers[region]


def _record(topic: Topic, sent: Sent) -> Record:
    return Record(
        topic=topic.name,
        partition=0,
        offset=0,
        timestamp=int(time() * 1000),
        timestamp_type=0,
        key=None,
        value=sent.value,
        checksum=None,
        serialized_key_size=-1,
        serialized_value_size=len(sent.value),
        headers=tuple(sent.headers),
    )


def _masked(text: str | None) -> str | None:
    return None if text is None else mask(text)


def _is_structured(sent: Sent) -> bool:
    return ("content-type", STRUCTURED.encode()) in sent.headers


def _as_text(body: bytes) -> bytes:
    """The body of a document as the sender's own client would have written it: letters that are
    not English as they are, since a contract counts bytes.
    """
    with suppress(UnicodeEncodeError):  # half of a pair: escaped it stays
        return json.dumps(json.loads(body), ensure_ascii=False).encode()
    return body


def _why_not(read: Incoming) -> Rejected | None:
    if read.refused is not None:
        return _of_refusal(read.refused)
    if read.unreadable is None:
        return None
    cause, field = read.unreadable.cause, read.unreadable.field
    way_on = _WAYS_ON.get(cause, _UNREADABLE)
    return Rejected(reason=cause.upper(), field=field, way_on=way_on)


def _of_refusal(refused: Refused) -> Rejected:
    return Rejected(
        reason=refused.reason, rule=refused.rule, field=refused.field, way_on=refused.way_on
    )


_UNREADABLE = (
    "Meddelandet kan inte läsas. Rätta attributet efter docs/integrators/topics.md och skicka det"
    " med ett nytt ce_id."
)
_WAYS_ON = {
    Cause.UNKNOWN_VERSION: "Kvitt känner inte versionen än. Skicka en version som står i"
    " docs/integrators/topics.md, med ett nytt ce_id.",
}
