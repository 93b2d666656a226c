"""Opens what a region sent: headers and value in, an envelope and a body out, or what is wrong and
what of it can be read all the same. Raises nothing; no database, no network.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from kvitt_contracts.envelope import (
    MAX_ATTRIBUTE,
    STRUCTURED,
    Envelope,
    EnvelopeError,
    from_structured,
)
from kvitt_contracts.types import RegionCode, RegionPersonId

from kvitt_chassis.consuming.lenient_records import UNPACKED_TOO_LARGE, UNREADABLE_NAME

Headers = Iterable[tuple[str, bytes | None]]

_FORMATS = "application/cloudevents"
_IDENTIFYING = ("type", "subject", "source", "region", "actor")
_NAMED = re.compile(r'"(id|source|type|subject)"\s*:\s*"([^"\\]*)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a message says of itself, as far as it can be read; None for what cannot."""

    id: str | None = None
    source: str | None = None
    type: str | None = None
    subject: str | None = None

    def opaque(self) -> "About":
        """The same, without a subject that might be a person's number."""
        try:
            RegionPersonId(self.subject or "")
        except ValueError:
            return replace(self, subject=None)
        return self


NOTHING = About()
"""Of what says nothing of itself, or need not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An inbound record, opened. `envelope` and `body` are there unless there is an `error`."""

    about: About
    envelope: Envelope | None = None
    body: bytes = b""
    error: EnvelopeError | None = None


# decision 0202: what a region wrote is opened leniently, and read strictly
def open_inbound(headers: Headers, value: bytes | None) -> Opened:
    """Read a region's record in either mode of CloudEvents.

    Header names are read as clients write them: in any case, with `-` for `_`. A record without
    a content type and without attributes in its headers is in structured mode when its value is
    a JSON object with `specversion`.
    """
    named, error = _normal(headers)
    is_structured = _is_structured(named, value or b"")
    about = _about_document(value or b"") if is_structured else _about_headers(named)
    if error is not None:
        repeated = error.field.removeprefix("ce_")
        return Opened(about=_without(about, {repeated}), error=error)
    try:
        if is_structured:
            envelope, body = from_structured(value or b"")
        else:
            _check_format(named)
            envelope, body = Envelope.from_headers(named.items()), value or b""
    except EnvelopeError as wrong:
        return Opened(about=about, error=wrong)
    return Opened(about=about, envelope=envelope, body=body)


def identifying(
    headers: Headers, value: bytes | None, *, is_inbound: bool
) -> tuple[Mapping[str, object], object]:
    """Type, subject, source, region and actor as a record has them, None for what it does not say;
    and its body: bytes, or in structured mode what stands there as `data`.
    """
    if not is_inbound:
        named = {name: header or b"" for name, header in headers}
    else:
        named, _ = _normal(headers)
        if _is_structured(named, value or b""):
            document = _attributes(value or b"")
            return {name: document.get(name) for name in _IDENTIFYING}, document.get("data")
    found = {name: named.get(f"ce_{name}") for name in _IDENTIFYING}
    texts = {
        name: None if text is None else text.decode("utf-8", "replace")
        for name, text in found.items()
    }
    return texts, value


def stand_in(about: About, *, region: RegionCode | None, milliseconds: int) -> Envelope | None:
    """An envelope of what can be read, for an answer; None where the message cannot be named, or
    has no place in an order. `milliseconds`: since 1970, of the record.
    """
    if not (about.id and about.source and about.subject) or region is None:
        return None
    try:
        message_id = UUID(about.id)
    except ValueError:
        return None
    return Envelope(
        id=message_id,
        source=about.source,
        type=about.type or "",
        time=datetime.fromtimestamp(milliseconds / 1000, UTC),
        subject=about.subject,
        region=region,
    )


def _normal(headers: Headers) -> tuple[dict[str, bytes], EnvelopeError | None]:
    """Headers by the names of the CloudEvents binding, and the first thing that is wrong with
    them.
    """
    named: dict[str, bytes] = {}
    error: EnvelopeError | None = None
    for written, value in headers:
        name = written.lower().replace("-", "_")
        name = "content-type" if name == "content_type" else name
        if written == UNPACKED_TOO_LARGE:
            error = error or EnvelopeError("data", "comes in a batch that unpacks to too much")
        elif UNREADABLE_NAME in written:
            error = error or EnvelopeError("headers", "the name of a header is not UTF-8")
        elif named.setdefault(name, value or b"") != (value or b"") and _is_ours(name):
            error = error or EnvelopeError(name, "is given twice, with different values")
    return named, error


def _is_ours(name: str) -> bool:
    return name.startswith("ce_") or name == "content-type"


def _media_type(headers: Mapping[str, bytes]) -> str:
    return headers.get("content-type", b"").decode("ascii", "replace").split(";")[0].strip().lower()


def _is_structured(headers: Mapping[str, bytes], value: bytes) -> bool:
    media_type = _media_type(headers)
    if media_type or any(name.startswith("ce_") for name in headers):
        return media_type == STRUCTURED
    return "specversion" in _attributes(value)


def _check_format(headers: Mapping[str, bytes]) -> None:
    media_type = _media_type(headers)
    if media_type.startswith(f"{_FORMATS}-batch"):
        raise EnvelopeError("content-type", "is a batch: a record holds one message")
    if media_type.startswith(_FORMATS):
        raise EnvelopeError("content-type", f"is a format of events that is not {STRUCTURED}")


def _about_headers(headers: Mapping[str, bytes]) -> About:
    texts = {}
    for name in ("id", "source", "type", "subject"):
        try:
            texts[name] = headers.get(f"ce_{name}", b"").decode()
        except UnicodeDecodeError:
            continue
    return _about(texts)


def _about_document(value: bytes) -> About:
    repeated: list[str] = []
    texts = _attributes(value, repeated)
    # which of two is meant, nobody can know
    return _without(_about(texts), set(repeated))


def _attributes(value: bytes, repeated: list[str] | None = None) -> Mapping[str, object]:
    """The attributes of an event in structured mode; those that a text which is not JSON seems to
    have, where it is not. Names that come twice in an object are added to `repeated`.
    """

    def read(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if repeated is not None and len(found) < len(pairs):
            names = [name for name, _ in pairs]
            repeated.extend(name for name in found if names.count(name) > 1)
        return found

    try:
        document = json.loads(value, object_pairs_hook=read)
    except (ValueError, RecursionError):
        found = _NAMED.findall(value.decode("utf-8", "replace"))
        return dict(reversed(found))
    return document if isinstance(document, dict) else {}


def _about(texts: Mapping[str, object]) -> About:
    return About(
        id=_text(texts.get("id")),
        source=_text(texts.get("source")),
        type=_text(texts.get("type")),
        subject=_text(texts.get("subject")),
    )


def _without(about: About, names: set[str]) -> About:
    return About(
        id=None if "id" in names else about.id,
        source=None if "source" in names else about.source,
        type=None if "type" in names else about.type,
        subject=None if "subject" in names else about.subject,
    )


def _text(value: object) -> str | None:
    """The text where an attribute can hold it, and PostgreSQL store it; else None."""
    if not isinstance(value, str):
        return None
    return value if 0 < len(value) <= MAX_ATTRIBUTE and value.isprintable() else None
