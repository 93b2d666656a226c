"""Parses what Kafka delivers: bytes in, a message or what is wrong with it out. Raises nothing; no
database, no network.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, TypeAlias

from aiokafka import ConsumerRecord
from kvitt_contracts.envelope import (
    MAX_ATTRIBUTE,
    MAX_BYTES,
    STRUCTURED,
    Command,
    Envelope,
    EnvelopeError,
    Fact,
    Message,
    from_structured,
    is_known_noun,
    message_class,
)
from kvitt_contracts.json_texts import NameTwice, parse
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

from kvitt_chassis.consuming.lenient_records import UNREADABLE_NAME
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
    where neither can be read.
    """

    record: Record
    topic: str
    key: str
    region: RegionCode | None
    is_inbound: bool
    envelope: Envelope | None = None
    message: Message | None = None
    route: MessageRoute | None = None
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
    def facts(self) -> MessageFacts:
        """What `judge` needs to know of the message."""
        envelope = self.envelope
        return MessageFacts(
            event_id=envelope.id if envelope else None,
            sequence=envelope.sequence if envelope and not self.is_inbound else None,
            version=self.version,
            is_readable=self.unreadable is None,
            is_refused=self.refused is not None,
            is_handled=self.route is not None,
        )


class Reader:
    """Parses the records of the topics that a service consumes. On the broker `prefix` is in front
    of each topic's name. Messages of regions that are `out` of service are not decided: they wait.
    """

    def __init__(
        self,
        topics: Iterable[Topic],
        handlers: Handlers,
        *,
        prefix: str = "",
        out: Mapping[RegionCode, object] = MappingProxyType({}),
    ) -> None:
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

    def _inbound(self, record: Record, topic: Topic) -> Incoming:
        headers = _headers(record)
        region = RegionCode(topic.name.split(".")[1])
        source, subject = _text(headers.get("ce_source")), _text(headers.get("ce_subject"))
        blank = Incoming(
            record=record,
            topic=topic.name,
            key=_key(source, subject, topic) if source and subject else _place(record),
            region=region,
            is_inbound=True,
        )
        if len(record.value or b"") > MAX_BYTES:
            return _too_large(blank)
        try:
            envelope, body = _either_mode(headers, record.value)
        except EnvelopeError as error:
            return _quarantined(blank, Cause.UNREADABLE, error.problem, error.field)
        known = replace(
            blank,
            key=f"{envelope.source} {envelope.subject}",
            # an answer goes to the region whose topic it is: nobody else can write there
            envelope=replace(envelope, region=region),
        )
        if envelope.region != region:
            return replace(known, refused=_foreign_region())
        return self._opaque(self._body(known, topic, body), topic)

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
            return incoming
        try:
            pattern(subject)
        except ValueError:
            return replace(incoming, key=_hidden(incoming.key), refused=_subject_not_opaque())
        return incoming

    # -- both --------------------------------------------------------------------------------------

    def _body(self, incoming: Incoming, topic: Topic, body: bytes | None) -> Incoming:
        assert incoming.envelope is not None
        wire_type = incoming.envelope.type
        found = message_class(wire_type)
        if found is None:
            if is_known_noun(wire_type):
                reason = f"no version of {_shown(wire_type)} like this is known"
                return _quarantined(incoming, Cause.UNKNOWN_VERSION, reason, "ce_type")
            return incoming  # an unknown noun is passed over
        if incoming.is_inbound and wire_type not in topic.wire_types | topic.reserved:
            return replace(incoming, refused=_wrong_topic())
        if found in COMING:
            return _not_yet(incoming, wire_type)
        route = self._handlers.messages.get(found)
        if route is None:
            return incoming
        if incoming.envelope.region in self._out:
            reason = "its region is out of service"
            return _quarantined(incoming, Cause.REGION_OUT, reason, "ce_region")
        if body is None:
            return _quarantined(incoming, Cause.UNREADABLE, "there is no body", "data")
        if len(body) > MAX_BYTES:
            return _too_large(incoming)
        try:
            if incoming.is_inbound and (twice := _named_twice(body)):
                return replace(incoming, refused=twice)
            is_opaque = incoming.is_inbound and not topic.personal_data
            message = found.model_validate_json(body, context=INBOUND if is_opaque else None)
        except ValidationError as error:
            return _invalid(incoming, error)
        except ValueError:
            return _quarantined(incoming, Cause.UNREADABLE, "is not UTF-8", "data")
        return replace(incoming, message=message, route=route)


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
    refused = _contract(
        "INVALID_FIELD",
        field,
        f"Ta bort det som liknar ett personnummer ur {field}, och skicka igen med ett nytt id.",
    )
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


def _either_mode(headers: Mapping[str, bytes], value: bytes | None) -> tuple[Envelope, bytes]:
    mode = headers.get("content-type", b"").split(b";")[0].strip().lower()
    if mode == STRUCTURED.encode():
        return from_structured(value or b"")
    return _binary(headers), value or b""


def _binary(headers: Mapping[str, bytes]) -> Envelope:
    if any(UNREADABLE_NAME in name for name in headers):
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
    """The key of a record that may be unreadable; that of a person's fact is hidden unless it is an
    opaque id.
    """
    key = f"{source} {subject}"
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


def _place(record: Record) -> str:
    return f"@{record.partition}:{record.offset}"


def _shown(wire_type: str) -> str:
    return wire_type.rsplit(".", 1)[0]


def _quarantined(
    incoming: Incoming, cause: Cause, reason: str, field: str | None = None
) -> Incoming:
    return replace(incoming, unreadable=Unreadable(cause, reason, field))


def _too_large(incoming: Incoming) -> Incoming:
    return _quarantined(incoming, Cause.TOO_LARGE, f"is larger than {MAX_BYTES} bytes", "data")


def _invalid(incoming: Incoming, error: ValidationError) -> Incoming:
    if any(one["type"] == "json_invalid" for one in error.errors(include_input=False)):
        return _quarantined(incoming, Cause.UNREADABLE, "is not JSON", "data")
    first = explain(error)[0]
    if not incoming.is_inbound:
        return _quarantined(incoming, Cause.INVALID, first.problem, first.field)
    refused = Refused("INVALID_FIELD", rule=first.rule, way_on=first.way_on, field=first.field)
    return replace(incoming, refused=refused)


def _not_yet(incoming: Incoming, wire_type: str) -> Incoming:
    """A reserved type: its sender hears of it, and no event of it is lost on this release."""
    if incoming.is_inbound:
        way_on = (
            "Kvitt tar inte emot den här typen än. Gör som hittills tills den tas i bruk, och"
            " skicka den då med ett nytt ce_id: det här är avvisat en gång för alla."
        )
        return replace(incoming, refused=_contract("NOT_YET", "ce_type", way_on))
    reason = f"{wire_type} is reserved: this release does not handle it"
    return _quarantined(incoming, Cause.UNKNOWN_VERSION, reason, "ce_type")


def _foreign_region() -> Refused:
    return _contract(
        "FOREIGN_REGION",
        "ce_region",
        "Skriv regionens egen kod i ce_region: den som ämnet (topic) är till för.",
    )


def _wrong_topic() -> Refused:
    return _contract(
        "WRONG_TOPIC", "ce_type", "Skicka meddelandet till den tjänst som tar emot dess typ."
    )


def _named_twice(body: bytes) -> Refused | None:
    try:
        parse(body)
    except NameTwice:
        return _contract("INVALID_FIELD", "data", "Ange varje fält en enda gång i meddelandet.")
    except (ValueError, RecursionError):
        return None  # what else is wrong with it is found by its model
    return None


def _subject_not_opaque() -> Refused:
    return _contract(
        "INVALID_FIELD",
        "ce_subject",
        "Ange regionens eget id som ce_subject; ett nummer som hör till en person tas inte emot.",
    )


def _contract(reason: str, field: str, way_on: str) -> Refused:
    return Refused(reason, rule="contract", way_on=way_on, field=field)
