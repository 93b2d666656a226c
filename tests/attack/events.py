"""The same records as a region's broken or evil program sends them over HTTP: CloudEvents as one
document, with attributes in headers, or several in a list; and requests that are none of these.
"""

import gzip
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from urllib.parse import quote

from kvitt_contracts.envelope import STRUCTURED

from tests.attack.records import Header, Record

BATCH = "application/cloudevents-batch+json"
_TYPE = "content-type"
_ESCAPED = 0.8
_MAY_STAND = re.compile(rb"[\x21-\x7e\x80-\xff]*")

Event = tuple[Record, str | None]
"""A record, and the id by which it is answered; none where it has none."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent. `ids`: one for each event, in their order; None: nobody can say how many events
    there are.
    """

    mode: str
    headers: Sequence[tuple[str, bytes]]
    body: bytes
    ids: Sequence[str | None] | None

    @property
    def head_bytes(self) -> int:
        """How long its headers are."""
        return sum(len(name) + len(value) + 4 for name, value in self.headers)


def structured(event: Event) -> Request:
    """One event as one document."""
    record, message = event
    return Request("structured", _headers(STRUCTURED), _document(record), [message])


def binary(chance: Random, event: Event) -> Request:
    """One event with its attributes in headers, escaped as the binding says, or not."""
    (_, value, headers), message = event
    if _is_document(headers):
        return structured(event)
    is_escaped = chance.random() < _ESCAPED
    sent = [
        (name.replace("ce_", "ce-"), _escaped(one or b"", is_surely=is_escaped))
        for name, one in headers
    ]
    return Request("binary", sent, value or b"", [message])


def batch(events: Sequence[Event]) -> Request:
    """Several events as one list, whatever each of them is."""
    documents = [_document(record) for record, _ in events]
    ids = [message for _, message in events]
    return Request("batch", _headers(BATCH), b"[" + b", ".join(documents) + b"]", ids)


def is_json(event: Event) -> bool:
    """True where the event's document can be read, so that it spoils no list for the others."""
    try:
        json.loads(_document(event[0]))
    except (ValueError, RecursionError):
        return False
    return True


def _no_list(chance: Random) -> Request:
    body = chance.choice((b"{}", b"", b"null", b"[1,]", b"[{}", b"[{}] []", b"\xff", b'"x"'))
    return Request("no list", _headers(BATCH), body, None)


def _deep_list(chance: Random) -> Request:
    return Request("a deep list", _headers(BATCH), b"[" * chance.choice((500, 100_000)), None)


def _too_many(chance: Random) -> Request:
    body = b"[" + b"{}, " * chance.choice((500, 200_000)) + b"{}]"
    return Request("too many events", _headers(BATCH), body, None)


def _packed(chance: Random) -> Request:
    body = gzip.compress(b"[" + b" " * chance.choice((1_000, 5_000_000)) + b"]", mtime=0)
    headers = [*_headers(BATCH), ("content-encoding", b"gzip")]
    return Request("packed", headers, body, None)


def _no_event(chance: Random) -> Request:
    kinds = ("text/plain", "application/json", "multipart/form-data", "application/xml", "\0", "")
    body = chance.randbytes(chance.randrange(500))
    return Request("no event", [(_TYPE, quote(chance.choice(kinds)).encode())], body, None)


NO_EVENTS: Sequence[Callable[[Random], Request]] = (
    _no_list,
    _deep_list,
    _too_many,
    _packed,
    _no_event,
)
"""Requests of which nothing can be let in."""


def _headers(media_type: str) -> list[tuple[str, bytes]]:
    return [(_TYPE, media_type.encode())]


def _is_document(headers: Sequence[Header]) -> bool:
    return (_TYPE, STRUCTURED) in headers


def _document(record: Record) -> bytes:
    """The record as one JSON, with its value in it as it is."""
    _, value, headers = record
    if _is_document(headers):
        return value or b""
    attributes: Mapping[str, str | None] = {
        name.removeprefix("ce_"): None if one is None else _bytes(one).decode("utf-8", "replace")
        for name, one in headers
        if name != _TYPE
    }
    told = b"".join(
        f"{json.dumps(name)}: {json.dumps(one)}, ".encode() for name, one in attributes.items()
    )
    return b"{" + told + b'"data": ' + (b"null" if value is None else value) + b"}"


def _escaped(value: str | bytes, *, is_surely: bool) -> bytes:
    """As it is only where a header may hold it: what a client refuses to send attacks nobody."""
    told = _bytes(value)
    return told if not is_surely and _MAY_STAND.fullmatch(told) else quote(told, safe="/+").encode()


def _bytes(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else value
