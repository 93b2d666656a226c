"""The envelope of every message (CloudEvents 1.0) and the base of every body.

No IO, no clock, no Kafka client.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from pydantic import ConfigDict

from kvitt_contracts.json_texts import NameTwice, parse
from kvitt_contracts.types import RegionCode, Value
from kvitt_contracts.types.strict import IDENTITY, INSTANT

MAX_BYTES = 256 * 1024
"""The largest body that a contract allows; the broker's own limit is 1 MiB."""

MAX_ATTRIBUTE = 255
"""The longest text of a CloudEvents attribute, in characters."""

BINARY = "application/json"
STRUCTURED = "application/cloudevents+json"
"""Content types of the two modes: attributes in Kafka's headers, or beside the body in one JSON."""

_CONTROL = re.compile("[\x00-\x1f\ud800-\udfff]")
_TYPE = re.compile(r"^(?P<noun>[a-z]+\.[a-z-]+)\.(?P<verb>[a-z-]+)\.v(?P<version>[1-9]\d*)$")

_TRACE = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_SEQUENCE = re.compile(r"[1-9][0-9]{0,17}")
_IDENTITY = re.compile(IDENTITY)
_INSTANT = re.compile(INSTANT)


class Kind(StrEnum):
    """The kinds of messages: an event, a fact of a region, a command."""

    EVENT = "event"  # a service says what happened
    FACT = "fact"  # a region states what is so; an unknown name in it waits
    COMMAND = "command"  # a region or a user asks; an unknown name in it is refused


class Message(Value):
    """A body.

    A subclass names its wire type once: `class OrderPlaced(Event, type="orders.order.placed.v1")`.
    """

    # A process uses a few of all types: a validator is built when it is first used.
    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    wire_type: ClassVar[str] = ""
    message_kind: ClassVar[Kind]
    registry: ClassVar[dict[str, type["Message"]]] = {}

    @classmethod
    def __pydantic_init_subclass__(cls, *, type: str | None = None, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if type is None:
            return
        if not _TYPE.match(type):
            raise ValueError(f"{type} is not <owner>.<noun>.<past>.v<N>")
        if type in Message.registry:
            raise ValueError(f"{type} is declared twice")
        cls.wire_type = type
        Message.registry[type] = cls

    def __init_subclass__(cls, *, type: str | None = None, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)


class Event(Message):
    """What a service decided. It belongs to one aggregate and carries that aggregate's number."""

    message_kind = Kind.EVENT


# decision 0201: a version counts one thing, and has one content
class Fact(Message):
    """What a region states.

    `version` is the source's own: an older one than what was seen is obsolete, the same one with
    other content is refused. It counts what one source says of one thing: of the subject and of the
    fields that `version_of` names.
    """

    message_kind = Kind.FACT
    version_of: ClassVar[tuple[str, ...]] = ()

    def thing(self) -> str:
        """What `version` counts beside the subject, as a text; empty where it is the subject."""
        if not self.version_of:
            return ""
        fields = self.model_dump(mode="json", include=set(self.version_of))
        return json.dumps(fields, sort_keys=True, separators=(",", ":"))


class Command(Message):
    """A command of a region's system or a user to one service. May be refused.

    `over_http_only` names what a service always refuses in it when it comes by a topic: a field by
    its path (`delivery.door_code`), or one of a field's kinds (`delivery.to:one_off`). The
    published schema forbids the same.
    """

    message_kind = Kind.COMMAND
    over_http_only: ClassVar[tuple[str, ...]] = ()


def message_class(wire_type: str) -> type[Message] | None:
    """The body's class of a wire type, or None when no such type is declared."""
    return Message.registry.get(wire_type)


def is_known_noun(wire_type: str) -> bool:
    """True when some version of some message about the same noun is declared (an unknown version
    then parks).
    """
    match = _TYPE.match(wire_type)
    if match is None:
        return False
    return any(known.startswith(f"{match['noun']}.") for known in Message.registry)


class EnvelopeError(ValueError):
    """The headers do not make a CloudEvent.

    `field` names the attribute, `problem` what is wrong with it.
    """

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """The CloudEvents attributes of one message.

    `sequence` is the aggregate's own number (from 1, no gaps) and is in every domain event; a
    region's message has none. `time` is an aware instant in UTC: business time of the decision, or
    the region's own.
    """

    id: UUID
    source: str
    type: str
    time: datetime
    subject: str
    region: RegionCode
    sequence: int | None = None
    dataschema: str | None = None
    correlation_id: str | None = None
    causation_id: str | None = None
    actor: str | None = None
    traceparent: str | None = None

    def headers(self) -> list[tuple[str, bytes]]:
        """Kafka headers in CloudEvents binary mode."""
        pairs: dict[str, str | None] = {
            "ce_specversion": "1.0",
            "ce_id": str(self.id),
            "ce_source": self.source,
            "ce_type": self.type,
            "ce_time": self.time.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "ce_subject": self.subject,
            "ce_dataschema": self.dataschema or f"urn:kvitt:schema:{self.type}",
            "content-type": BINARY,
            "ce_region": self.region,
            "ce_sequence": None if self.sequence is None else str(self.sequence),
            "ce_correlationid": self.correlation_id,
            "ce_causationid": self.causation_id,
            "ce_actor": self.actor,
            "traceparent": self.traceparent,
        }
        return [(name, value.encode()) for name, value in pairs.items() if value is not None]

    @classmethod
    def from_headers(cls, headers: Iterable[tuple[str, bytes]]) -> "Envelope":
        """Read Kafka headers in binary mode. Raises EnvelopeError naming the attribute at fault."""
        texts: dict[str, str] = {}
        for name, value in headers:
            if name == "traceparent":
                texts[name] = value.decode("ascii", errors="replace")
            if not name.startswith("ce_"):
                continue
            try:
                texts[name.removeprefix("ce_")] = value.decode("utf-8")
            except UnicodeDecodeError:
                raise EnvelopeError(name, "is not UTF-8") from None
        return cls.from_attributes(texts)

    @classmethod
    def from_attributes(cls, attributes: Mapping[str, Any]) -> "Envelope":
        """Read CloudEvents attributes (without the prefix `ce_`). Raises EnvelopeError."""
        if attributes.get("specversion", "1.0") != "1.0":
            raise EnvelopeError("ce_specversion", "is not 1.0")
        sequence = _optional(attributes, "sequence")
        if sequence is not None and not _SEQUENCE.fullmatch(sequence):
            raise EnvelopeError("ce_sequence", "is not a whole number from 1")
        return cls(
            id=_identity(_text(attributes, "id")),
            source=_text(attributes, "source"),
            type=_text(attributes, "type"),
            time=_instant(_text(attributes, "time")),
            subject=_text(attributes, "subject"),
            region=_region(_text(attributes, "region")),
            sequence=None if sequence is None else int(sequence),
            dataschema=_optional(attributes, "dataschema"),
            correlation_id=_optional(attributes, "correlationid"),
            causation_id=_optional(attributes, "causationid"),
            actor=_optional(attributes, "actor"),
            traceparent=_trace(attributes.get("traceparent")),
        )


def from_structured(document: bytes) -> tuple[Envelope, bytes]:
    """Read a message in structured mode (content type STRUCTURED): envelope and body as JSON.

    The body is written anew, so its bytes differ from the sender's while its meaning does not.
    Raises EnvelopeError naming the attribute at fault; `data` stands for the whole document.
    """
    try:
        attributes = parse(document.decode("utf-8"))
    except UnicodeDecodeError:
        raise EnvelopeError("data", "is not UTF-8") from None
    except NameTwice as error:
        raise EnvelopeError(error.field, str(error)) from None
    except (ValueError, RecursionError):
        raise EnvelopeError("data", "is not JSON") from None
    if not isinstance(attributes, dict):
        raise EnvelopeError("data", "is not a JSON object")
    if "specversion" not in attributes:
        raise EnvelopeError("ce_specversion", "is missing or not a text")
    if not _is_json(attributes.get("datacontenttype", BINARY)):
        raise EnvelopeError("ce_datacontenttype", f"is not {BINARY}")
    if "data" not in attributes:
        raise EnvelopeError("data", "is missing (data_base64 is not read)")
    number = attributes.get("sequence")
    if isinstance(number, int) and not isinstance(number, bool):  # the specification permits both
        attributes["sequence"] = str(number)
    try:
        body = json.dumps(attributes["data"], allow_nan=False).encode()
    except (ValueError, RecursionError):  # a number beyond what a float holds
        raise EnvelopeError("data", "is not JSON") from None
    return Envelope.from_attributes(attributes), body


def _is_json(media_type: object) -> bool:
    """True for JSON in UTF-8: a media type may have parameters, and is in any case."""
    if not isinstance(media_type, str):
        return False
    kind, *parameters = (part.strip().lower() for part in media_type.split(";"))
    charsets = [part.removeprefix("charset=") for part in parameters if part.startswith("charset=")]
    is_utf_8 = all(charset.strip('"') in ("utf-8", "utf8", "us-ascii") for charset in charsets)
    return is_utf_8 and kind.endswith(("/json", "+json"))


def _text(attributes: Mapping[str, Any], name: str) -> str:
    value = attributes.get(name)
    if not isinstance(value, str) or not value:
        raise EnvelopeError(f"ce_{name}", "is missing or not a text")
    if len(value) > MAX_ATTRIBUTE:
        raise EnvelopeError(f"ce_{name}", f"is longer than {MAX_ATTRIBUTE} characters")
    # neither a header nor a database column takes these
    if _CONTROL.search(value):
        raise EnvelopeError(f"ce_{name}", "holds a control character")
    return value


def _optional(attributes: Mapping[str, Any], name: str) -> str | None:
    return _text(attributes, name) if attributes.get(name) is not None else None


def _trace(value: object) -> str | None:
    # W3C: a broken trace is left behind; it is no reason to refuse what it came with
    return value if isinstance(value, str) and _TRACE.fullmatch(value) else None


def _identity(text: str) -> UUID:
    if not _IDENTITY.fullmatch(text):
        raise EnvelopeError("ce_id", "is not a UUID")
    return UUID(text)


def _instant(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text.upper())
    except ValueError:
        raise EnvelopeError("ce_time", "is not an RFC 3339 instant") from None
    if time.tzinfo is None:
        raise EnvelopeError("ce_time", "has no time zone")
    if not _INSTANT.fullmatch(text):
        raise EnvelopeError("ce_time", "is not an RFC 3339 instant")
    if not 1900 < time.year < 2200:
        raise EnvelopeError("ce_time", "lies outside the years 1901 to 2199")
    return time.astimezone(UTC)


def _region(text: str) -> RegionCode:
    try:
        return RegionCode(text)
    except ValueError:
        raise EnvelopeError("ce_region", "is not a region's code") from None
