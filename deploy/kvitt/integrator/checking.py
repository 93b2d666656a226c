"""Judges a region's messages by what needs no data of Kvitt's: form, schema, days, topic and key.
What a service would answer is said in the service's own words, by its own code.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from aiokafka import ConsumerRecord
from aiokafka.partitioner import DefaultPartitioner
from kvitt_chassis.consuming.incoming import Incoming, Reader
from kvitt_chassis.handlers import Handlers, MessageRoute
from kvitt_contracts.day_bounds import check_days, has_bounds
from kvitt_contracts.envelope import Command, Fact, Message
from kvitt_contracts.refusals import Refused
from kvitt_contracts.topics import CATALOGUE, Topic, for_region

from kvitt.integrator.messages import Sent

_UNREADABLE_WAY_ON = (
    "It cannot be read and would lie in quarantine: mend the attribute (docs/integrators/topics.md)"
    " and send it with a new ce_id."
)
_KEY_WAY_ON = "Kafka's key is the same text as ce_subject: the order goes by it."
_PLACED_WAY_ON = (
    "Place the key by murmur2 (librdkafka: partitioner=murmur2_random; kafkajs:"
    " DefaultPartitioner); otherwise things come in the wrong order."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is wrong with one message: which field, by which rule, and what to do about it."""

    place: str
    wire_type: str | None
    subject: str | None
    reason: str
    rule: str
    field: str | None
    way_on: str

    @property
    def line(self) -> str:
        """As a person reads it."""
        what = " ".join(part for part in (self.wire_type, self.subject) if part)
        field = f" {self.field}:" if self.field else ""
        named = f"{self.place}: {what}:" if what else f"{self.place}:"
        return f"{named}{field} {self.reason} ({self.rule}). {self.way_on}"


@dataclass(frozen=True, slots=True)
class Checked:
    """A message as a service reads it, and what is wrong with it."""

    sent: Sent
    incoming: Incoming | None
    findings: tuple[Finding, ...]


# decision 0559: the service's own code reads what a region checks at home
class Checker:
    """Reads the messages of one region as the services do, on this day."""

    def __init__(self, region: str, *, today: date) -> None:
        self._topics = {
            topic.name: topic
            for topic in (for_region(one, region) for one in CATALOGUE if one.is_inbound)
        }
        self._today = today
        self._reader = Reader(
            self._topics.values(), _every_type(self._topics.values()), digest=_sum
        )

    def check(self, messages: Iterable[Sent]) -> Iterator[Checked]:
        """Each message with what is wrong with it."""
        for sent in messages:
            yield self._check(sent)

    def _check(self, sent: Sent) -> Checked:
        if sent.topic not in self._topics:
            told = f"There are {', '.join(self._topics)}."
            return Checked(sent, None, (_finding(sent, None, "NO_SUCH_TOPIC", "topic", told),))
        incoming = self._reader.read(_record(sent))
        return Checked(sent, incoming, tuple(self._findings(sent, incoming)))

    def _findings(self, sent: Sent, incoming: Incoming) -> Iterator[Finding]:
        if incoming.unreadable is not None:
            one = incoming.unreadable
            reason = f"{one.cause}: {one.reason}"
            yield _finding(sent, incoming, reason, one.field, _UNREADABLE_WAY_ON)
            return
        refused = incoming.refused or self._out_of_bounds(incoming.message)
        if refused is not None:
            yield _finding(
                sent,
                incoming,
                refused.reason,
                refused.field,
                refused.way_on,
                rule=refused.rule,
            )
        if incoming.envelope and sent.key != incoming.envelope.subject.encode():
            yield _finding(sent, incoming, "KEY_IS_NOT_THE_SUBJECT", "key", _KEY_WAY_ON)
        if sent.is_placed and sent.key and sent.partition != self._murmur2(sent):
            yield _finding(sent, incoming, "NOT_PLACED_BY_MURMUR2", "partition", _PLACED_WAY_ON)

    def _out_of_bounds(self, message: Message | None) -> Refused | None:
        if not isinstance(message, Fact | Command) or not has_bounds(type(message)):
            return None
        try:
            check_days(message, today=self._today)
        except Refused as refused:
            return refused
        return None

    def _murmur2(self, sent: Sent) -> int:
        every = list(range(self._topics[sent.topic].partitions))
        return int(DefaultPartitioner()(sent.key, every, every))


def _finding(
    sent: Sent,
    incoming: Incoming | None,
    reason: str,
    field: str | None,
    way_on: str,
    *,
    rule: str = "contract",
) -> Finding:
    envelope = incoming.envelope if incoming else None
    return Finding(
        place=sent.place,
        wire_type=envelope.type if envelope else None,
        subject=envelope.subject if envelope else None,
        reason=reason,
        rule=rule,
        field=field,
        way_on=way_on,
    )


def finding(checked: Checked, reason: str, field: str | None, way_on: str) -> Finding:
    """Something that is wrong with a message that was read."""
    return _finding(checked.sent, checked.incoming, reason, field, way_on)


def _record(sent: Sent) -> Any:
    return ConsumerRecord(
        topic=sent.topic,
        partition=sent.partition,
        offset=sent.offset,
        timestamp=0,
        timestamp_type=1,
        key=sent.key,
        value=sent.value,
        checksum=None,
        serialized_key_size=len(sent.key or b""),
        serialized_value_size=len(sent.value),
        headers=sent.headers,
    )


def _every_type(topics: Iterable[Topic]) -> Handlers:
    """A service parses what it handles alone: here every type that a region may send."""
    handlers = Handlers()
    for topic in topics:
        for message in topic.types:
            handlers.messages[message] = MessageRoute(_nothing)
    return handlers


async def _nothing(message: Message, tx: object) -> None:
    """Stands where a service has its handler; it is never called."""


def _sum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
