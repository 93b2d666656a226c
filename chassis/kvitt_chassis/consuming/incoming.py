"""Parses what Kafka delivers: bytes in, a message or what is wrong with it out. Raises nothing; no
database, no network.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, TypeAlias

from aiokafka import ConsumerRecord
from kvitt_contracts import json_texts
from kvitt_contracts.envelope import (
    MAX_ATTRIBUTE,
    MAX_BYTES,
    Command,
    Envelope,
    EnvelopeError,
    Fact,
    Message,
    is_known_noun,
    message_class,
)
from kvitt_contracts.problems import explain
from kvitt_contracts.refusals import Refused
from kvitt_contracts.topics import COMING, Topic
from kvitt_contracts.types import (
    INBOUND,
    Code,
    Reference,
    RegionCode,
    RegionPersonId,
    looks_like_personal_number,
)
from pydantic import ValidationError

from kvitt_chassis.consuming import answers
from kvitt_chassis.consuming.lenient_records import UNREADABLE_NAME
from kvitt_chassis.consuming.opening import NOTHING, About, open_inbound, stand_in
from kvitt_chassis.consuming.verdicts import Cause, MessageFacts
from kvitt_chassis.handlers import Handlers, MessageRoute
from kvitt_chassis.operating.masking import mask

Record: TypeAlias = ConsumerRecord


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a record goes to quarantine. `reason` repeats no value of the record."""

    cause: Cause
    reason: str
    field: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One record, parsed as far as it can be.

    `topic` is the catalogue's name, without a test's prefix. Messages are ordered and parked by
    `key`: the subject of a domain event, source and subject of an inbound message, `position_key`
    where neither can be read. Of an inbound message: `about` is what it says of itself, `content` a
    hash of its type, subject and body, `statement` one of what a fact states with its version.
    """

    record: Record
    topic: str
    key: str
    region: RegionCode | None
    is_inbound: bool
    envelope: Envelope | None = None
    message: Message | None = None
    route: MessageRoute | None = None
    about: About = NOTHING
    content: str | None = None
    statement: str | None = None
    unreadable: Unreadable | None = None
    refused: Refused | None = None

    @property
    def position_key(self) -> str:
        """A key made of partition and offset, for a record without a readable key."""
        return f"@{self.record.partition}:{self.record.offset}"

    @property
    def sender(self) -> str:
        """Region and source: the scope of an inbound message's id and version.

        The sender chooses the source's name; without the region one region's messages could pass
        for another's duplicates.
        """
        return f"{self.region} {self.envelope.source}" if self.envelope else str(self.region)

    @property
    def is_command(self) -> bool:
        """True for a command: one that names something unknown is refused, not parked."""
        return isinstance(self.message, Command)

    @property
    def version(self) -> int | None:
        """The source's own version number of a fact; None for other messages."""
        if self.is_inbound and isinstance(self.message, Fact):
            version = getattr(self.message, "version", None)
            return version if isinstance(version, int) else None
        return None

    @property
    def thing(self) -> str:
        """What the version of a fact counts beside the subject."""
        return self.message.thing() if isinstance(self.message, Fact) else ""

    @property
    def facts(self) -> MessageFacts:
        """What `judge` needs to know of the message."""
        envelope = self.envelope
        return MessageFacts(
            event_id=envelope.id if envelope else None,
            sequence=envelope.sequence if envelope and not self.is_inbound else None,
            version=self.version,
            content=self.content,
            statement=self.statement,
            is_readable=self.unreadable is None,
            is_refused=self.refused is not None,
            is_handled=self.route is not None,
        )


class Reader:
    """Parses the records of the topics that a service consumes. On the broker `prefix` is in front
    of each topic's name. `digest` hashes what inbound messages hold, with a key of the service.
    Messages of regions that are `out` of service are not decided: they wait.
    """

    def __init__(
        self,
        topics: Iterable[Topic],
        handlers: Handlers,
        *,
        digest: Callable[[bytes], str],
        prefix: str = "",
        out: Mapping[RegionCode, object] = MappingProxyType({}),
    ) -> None:
        self._digest = digest
        self._topics = {prefix + topic.name: topic for topic in topics}
        self._handlers = handlers
        self._out = out

    def read(self, record: Record) -> Incoming:
        """Parse a record. Never raises: `unreadable` or `refused` of the answer says what is wrong
        with it.
        """
        topic = self._topics[record.topic]
        if topic.is_inbound:
            return self._inbound(record, topic)
        return self._domain(record, topic)

    def is_personal(self, record: Record) -> bool:
        """True of a record of a topic that holds personal data."""
        return self._topics[record.topic].personal_data

    # -- domain events -----------------------------------------------------------------------------

    def _domain(self, record: Record, topic: Topic) -> Incoming:
        headers = _headers(record)
        try:
            envelope = _binary(headers)
            if envelope.sequence is None:
                raise EnvelopeError("ce_sequence", "is missing")
            if record.key != envelope.subject.encode():
                raise EnvelopeError("key", "is not the subject")
        except EnvelopeError as error:
            blank = Incoming(
                record=record,
                topic=topic.name,
                key=_text(record.key) or _text(headers.get("ce_subject")) or _place(record),
                region=None,
                is_inbound=False,
            )
            return _quarantined(blank, Cause.UNREADABLE, error.problem, error.field)
        known = Incoming(
            record=record,
            topic=topic.name,
            key=envelope.subject,
            region=envelope.region,
            is_inbound=False,
            envelope=envelope,
        )
        return self._body(known, topic, record.value)

    # -- inbound messages --------------------------------------------------------------------------

    # decision 0200: nothing that a region sends vanishes
    def _inbound(self, record: Record, topic: Topic) -> Incoming:
        """A region's record: refused where the sender can be answered by its id and the message has
        a place in its key's order, quarantined where not.
        """
        region = RegionCode(topic.name.split(".")[1])
        opened = open_inbound(record.headers, record.value)
        about = opened.about
        # clients key a record by its subject
        subject = about.subject or _text(record.key)
        blank = Incoming(
            record=record,
            topic=topic.name,
            key=_key(about.source, subject, topic) if about.source and subject else _place(record),
            region=region,
            is_inbound=True,
            about=about.opaque() if topic.personal_data else about,
        )
        if opened.envelope is None:
            assert opened.error is not None
            return self._unopened(blank, about, opened.error, topic)
        envelope = opened.envelope
        known = replace(
            blank,
            key=f"{envelope.source} {envelope.subject}",
            # an answer goes to the region whose topic it is: nobody else can write there
            envelope=replace(envelope, region=region),
            content=self._hash(envelope, opened.body),
        )
        if envelope.region != region:
            read = replace(known, refused=answers.foreign_region())
        elif len(record.value or b"") > MAX_BYTES:
            read = _too_large(known)
        else:
            read = self._body(known, topic, opened.body)
        return self._opaque(read, topic)

    def _unopened(
        self, blank: Incoming, about: About, error: EnvelopeError, topic: Topic
    ) -> Incoming:
        envelope = stand_in(about, region=blank.region, milliseconds=blank.record.timestamp)
        if envelope is None:
            return _quarantined(blank, Cause.UNREADABLE, error.problem, error.field)
        refused = answers.broken_attribute(error.field)
        known = replace(
            blank,
            key=f"{envelope.source} {envelope.subject}",
            envelope=envelope,
            content=self._hash(envelope, blank.record.value or b""),
        )
        return self._opaque(replace(known, refused=refused), topic)

    def _hash(self, envelope: Envelope, body: bytes) -> str:
        """Equal for what means the same, in either mode; of the bytes where they are not JSON."""
        with suppress(ValueError, RecursionError):
            body = json_texts.canonical(body)
        return self._digest(f"{envelope.type}\n{envelope.subject}\n".encode() + body)

    def _opaque(self, incoming: Incoming, topic: Topic) -> Incoming:
        """Refuses an attribute that holds a personal number, and a subject that must be an opaque
        id and is none; what they hold is stored nowhere.
        """
        envelope = incoming.envelope
        assert envelope is not None
        for name in _MAY_HOLD_ANYTHING:
            if looks_like_personal_number(getattr(envelope, name) or ""):
                return _masked(incoming, f"ce_{name.replace('_', '')}")
        subject = envelope.subject
        if looks_like_personal_number(subject) and not _names_what_is_in(incoming.message, subject):
            return _masked(incoming, "ce_subject")
        pattern = RegionPersonId if topic.personal_data else Reference
        if not (topic.personal_data or incoming.is_command):
            if incoming.refused is not None and looks_like_personal_number(subject):
                return replace(incoming, key=_hidden(incoming.key))
            return incoming
        try:
            pattern(subject)
        except ValueError:
            return replace(
                incoming, key=_hidden(incoming.key), refused=answers.subject_not_opaque()
            )
        return incoming

    # -- both --------------------------------------------------------------------------------------

    def _body(self, incoming: Incoming, topic: Topic, body: bytes | None) -> Incoming:
        assert incoming.envelope is not None
        wire_type = incoming.envelope.type
        found = message_class(wire_type)
        if found is None:
            if incoming.is_inbound and not _is_other_version(wire_type, topic):
                return replace(incoming, refused=answers.unknown_type())
            if incoming.is_inbound or is_known_noun(wire_type):
                reason = f"no version of {_shown(wire_type)} like this is known"
                return _quarantined(incoming, Cause.UNKNOWN_VERSION, reason, "ce_type")
            return incoming  # an unknown noun is passed over
        if incoming.is_inbound and wire_type not in topic.wire_types | topic.reserved:
            return replace(incoming, refused=answers.wrong_topic())
        if found in COMING:
            return _not_yet(incoming, wire_type)
        route = self._handlers.messages.get(found)
        if route is None:
            return incoming
        if incoming.envelope.region in self._out:
            reason = "its region is out of service"
            return _quarantined(incoming, Cause.REGION_OUT, reason, "ce_region")
        message = self._parsed(incoming, topic, found, body or b"")
        if isinstance(message, Incoming):
            return message
        statement = self._statement(message) if incoming.is_inbound else None
        return replace(incoming, route=route, message=message, statement=statement)

    def _parsed(
        self, incoming: Incoming, topic: Topic, found: type[Message], body: bytes
    ) -> Message | Incoming:
        """The message, or what is wrong with it."""
        if not body:
            return _unreadable_body(incoming, "there is no body")
        if len(body) > MAX_BYTES:
            return _too_large(incoming)
        if incoming.is_inbound and (twice := _name_twice(body)) is not None:
            return replace(incoming, refused=answers.name_twice(twice))
        try:
            is_opaque = incoming.is_inbound and not topic.personal_data
            return found.model_validate_json(body, context=INBOUND if is_opaque else None)
        except ValidationError as error:
            return _invalid(incoming, error)
        except ValueError:
            return _unreadable_body(incoming, "is not UTF-8")

    def _statement(self, message: Message) -> str | None:
        if not isinstance(message, Fact):
            return None
        # without defaults: a field that a later release adds makes no other statement of this one
        stated = message.model_dump_json(exclude_defaults=True)
        return self._digest(json_texts.canonical(stated.encode()))


def _name_twice(body: bytes) -> str | None:
    try:
        json_texts.parse(body)
    except json_texts.NameTwice as twice:
        return twice.field
    except (ValueError, RecursionError):
        return None  # what else is wrong with it is found by its model
    return None


_MAY_HOLD_ANYTHING = ("source", "dataschema", "correlation_id", "causation_id", "actor")


def _masked(incoming: Incoming, field: str) -> Incoming:
    """The message refused for a personal number in an attribute, without it."""
    envelope = incoming.envelope
    assert envelope is not None
    shown: dict[str, Any] = {
        name: mask(getattr(envelope, name) or "") or None for name in _MAY_HOLD_ANYTHING[1:]
    }
    source = mask(envelope.source)
    kept = replace(envelope, **shown, source=source, subject=mask(envelope.subject))
    refused = answers.personal_number(field)
    return replace(incoming, key=_hidden(incoming.key), envelope=kept, refused=refused)


def _names_what_is_in(message: Message | None, subject: str) -> bool:
    """True when a code in the body is the subject, such as a device's number: digits by chance."""
    return message is None or any(
        isinstance(value, Code) and value.may_hold_digits and value == subject
        for value in message.__dict__.values()
    )


def _headers(record: Record) -> Mapping[str, bytes]:
    # a client may write a header without a value
    return {name: value or b"" for name, value in record.headers}


def _binary(headers: Mapping[str, bytes]) -> Envelope:
    if UNREADABLE_NAME in "".join(headers):
        raise EnvelopeError("headers", "the name of a header is not UTF-8")
    return Envelope.from_headers(headers.items())


def _text(value: bytes | None) -> str | None:
    """The key as text that PostgreSQL can store, or None."""
    try:
        text = (value or b"").decode()
    except UnicodeDecodeError:
        return None
    return text if 0 < len(text) <= MAX_ATTRIBUTE and text.isprintable() else None


def _key(source: str, subject: str, topic: Topic) -> str:
    """The key of a record that may be unreadable; hidden where it holds a personal number, and that
    of a person's fact unless it is an opaque id.
    """
    key = f"{source} {subject}"
    if looks_like_personal_number(key):
        return _hidden(key)
    if not topic.personal_data:
        return key
    try:
        RegionPersonId(subject)
    except ValueError:
        return _hidden(key)
    return key


# decision 0007: marks stay for ever, so a number never becomes a key
def _hidden(key: str) -> str:
    return f"#{hashlib.sha256(key.encode()).hexdigest()[:32]}"


def _is_other_version(wire_type: str, topic: Topic) -> bool:
    """True for a type that the topic takes, or will take, in another version."""
    stem, _, version = wire_type.rpartition(".")
    return re.fullmatch(r"v[1-9][0-9]*", version) is not None and any(
        known.rpartition(".")[0] == stem for known in topic.wire_types | topic.reserved
    )


def _place(record: Record) -> str:
    return f"@{record.partition}:{record.offset}"


def _shown(wire_type: str) -> str:
    return wire_type.rsplit(".", 1)[0]


def _quarantined(
    incoming: Incoming, cause: Cause, reason: str, field: str | None = None
) -> Incoming:
    return replace(incoming, unreadable=Unreadable(cause, reason, field))


def _unreadable_body(incoming: Incoming, reason: str) -> Incoming:
    if incoming.is_inbound:
        return replace(incoming, refused=answers.unreadable_body())
    return _quarantined(incoming, Cause.UNREADABLE, reason, "data")


def _too_large(incoming: Incoming) -> Incoming:
    if incoming.is_inbound:
        return replace(incoming, refused=answers.too_large())
    return _quarantined(incoming, Cause.TOO_LARGE, f"is larger than {MAX_BYTES} bytes", "data")


def _invalid(incoming: Incoming, error: ValidationError) -> Incoming:
    if any(one["type"] == "json_invalid" for one in error.errors(include_input=False)):
        return _unreadable_body(incoming, "is not JSON")
    first = explain(error)[0]
    if not incoming.is_inbound:
        return _quarantined(incoming, Cause.INVALID, first.problem, first.field)
    refused = Refused("INVALID_FIELD", rule=first.rule, way_on=first.way_on, field=first.field)
    return replace(incoming, refused=refused)


def _not_yet(incoming: Incoming, wire_type: str) -> Incoming:
    """A reserved type: its sender hears of it, and no event of it is lost on this release."""
    if incoming.is_inbound:
        return replace(incoming, refused=answers.not_yet())
    reason = f"{wire_type} is reserved: this release does not handle it"
    return _quarantined(incoming, Cause.UNKNOWN_VERSION, reason, "ce_type")
