"""The kinds of records that a region's broken or evil program writes, by chance, of one type."""

import gzip
import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import UUID

from kvitt_contracts.envelope import STRUCTURED, Envelope, Message
from kvitt_contracts.examples import examples
from kvitt_contracts.types import RegionCode

from tests.attack.setting import OURS, THEIRS

SOURCE = f"urn:region:{OURS}:fel"

Header = tuple[str, str | bytes | None]
Record = tuple[str | bytes | None, bytes | None, list[Header]]


def whole(chance: Random, of: type[Message], **changed: Any) -> tuple[UUID, list[Header]]:
    """An id, and the headers of a message that says itself rightly; some may be others."""
    message = UUID(int=chance.getrandbits(128), version=4)
    envelope = Envelope(
        **{
            "id": message,
            "source": SOURCE,
            "type": of.wire_type,
            "time": datetime.now(UTC),
            "subject": f"ATT-{message.hex[:12]}",
            "region": RegionCode(OURS),
            **changed,
        }
    )
    return message, [*envelope.headers()]


def _made(chance: Random, of: type[Message], body: bytes | None) -> tuple[Record, str | None]:
    message, headers = whole(chance, of)
    subject = next(value for name, value in headers if name == "ce_subject")
    return (subject, body, headers), str(message)


def _example(chance: Random, of: type[Message]) -> Any:
    """A body that its contract allows: one of the examples beside it."""
    return deepcopy(chance.choice(examples(of.wire_type)).data)


def unreadable(chance: Random, size: int) -> tuple[Record, str | None]:
    """A record of this size that no contract allows: it rests in quarantine without an id."""
    return (chance.randbytes(8).hex(), b"{" + b"x" * size, []), None


def _right(chance: Random, of: type[Message]) -> tuple[Record, str | None]:
    return _made(chance, of, json.dumps(_example(chance, of)).encode())


def _wrong_types(chance: Random, of: type[Message]) -> tuple[Record, str | None]:
    body = _example(chance, of)
    for _ in range(1 + chance.randrange(3)):
        places = list(_places(body))
        if places:
            holder, at = chance.choice(places)
            holder[at] = chance.choice(_OTHERS)
    return _made(chance, of, json.dumps(body).encode())


def _missing(chance: Random, of: type[Message]) -> tuple[Record, str | None]:
    """Without one of its fields, or with one that nobody knows."""
    body = _example(chance, of)
    names = list(body)
    if chance.random() < 0.5 and names:
        del body[chance.choice(names)]
    else:
        body["okänt fält"] = {"x": [1, None]}
    return _made(chance, of, json.dumps(body).encode())


_OTHERS: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    2**63,
    -(2**200),
    1e308,
    "",
    " ",
    "\0",
    "\u202e\u0000x",
    "'; DROP TABLE orders; --",
    "<script>alert(1)</script>",
    "a" * 5000,
    [],
    {},
    [[]],
    {"$ref": "#"},
    "2026-02-30",
    "9999-12-31",
    "0001-01-01T00:00:00Z",
)


def _places(body: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(body, dict):
        for name in body:
            yield body, name
            yield from _places(body[name])
    elif isinstance(body, list):
        for at in range(len(body)):
            yield body, at
            yield from _places(body[at])


def _cut(chance: Random, of: type[Message]) -> tuple[Record, str | None]:
    body = json.dumps(_example(chance, of)).encode()
    return _made(chance, of, body[: chance.randrange(len(body))])


def _noise(chance: Random, of: type[Message]) -> tuple[Record, str | None]:
    return _made(chance, of, chance.randbytes(chance.randrange(2000)))


def _nothing_but_noise(chance: Random, of: type[Message]) -> tuple[Record, str | None]:
    return (chance.randbytes(8), chance.randbytes(chance.randrange(500)), []), None


def _deep(chance: Random, of: type[Message]) -> tuple[Record, str | None]:
    depth = chance.choice((200, 5_000, 100_000))
    opened, closed = chance.choice((("[", "]"), ('{"a":', "}")))
    inner = opened * depth + "1" + closed * chance.choice((0, depth))
    return _made(chance, of, f'{{"version": {inner}}}'.encode())


def _huge(chance: Random, of: type[Message]) -> tuple[Record, str | None]:
    number = chance.choice(("9" * 5_000, "1e400", "-1e999", "0." + "1" * 9_000, "NaN", "Infinity"))
    body = _example(chance, of)
    names = list(body) if isinstance(body, dict) and body else ["version"]
    rest = json.dumps(body)[1:]
    return _made(chance, of, f'{{"{chance.choice(names)}": {number}, {rest}'.encode())


def _twice(chance: Random, of: type[Message]) -> tuple[Record, str | None]:
    rest = json.dumps(_example(chance, of))[1:]
    return _made(chance, of, f'{{"version": 1, "version": 2, {rest}'.encode())


def _packed(chance: Random, of: type[Message]) -> tuple[Record, str | None]:
    return _made(chance, of, gzip.compress(b" " * chance.choice((1_000, 5_000_000)), mtime=0))


def _large(chance: Random, of: type[Message]) -> tuple[Record, str | None]:
    return _made(chance, of, b'{"a": "' + b"x" * chance.choice((262_144, 900_000)) + b'"}')


def _no_body(chance: Random, of: type[Message]) -> tuple[Record, str | None]:
    return _made(chance, of, chance.choice((None, b"", b"null", b"[]", b'"x"', b"\xef\xbb\xbf{}")))


def _header(chance: Random, of: type[Message]) -> tuple[Record, str | None]:
    """One attribute is changed; the message keeps its id, by which it is answered."""
    (key, body, headers), message = _right(chance, of)
    name = chance.choice([one for one, _ in headers if one not in ("ce_id", "ce_source")])
    value = chance.choice((None, b"", b"x\r\nce_id: 1", b"\xff\xfe", b"a" * 60_000, b"bd", b"\0"))
    changed = [(one, value if one == name else old) for one, old in headers]
    return (key, body, changed), message


def _headers_without_id(chance: Random, of: type[Message]) -> tuple[Record, str | None]:
    (key, body, headers), _ = _right(chance, of)
    value = chance.choice((None, b"", b"1", b"\xff" * 16, b"a" * 60_000))
    changed = [(one, value if one == "ce_id" else old) for one, old in headers]
    return (key, body, changed), None


def _many_headers(chance: Random, of: type[Message]) -> tuple[Record, str | None]:
    (key, body, headers), message = _right(chance, of)
    more: list[Header] = [(f"x-{n}", b"y") for n in range(1_000)]
    return (key, body, [*more, *headers]), message


def _structured(chance: Random, of: type[Message]) -> tuple[Record, str | None]:
    """The event as one document, with a body that may be deep, damaged or no JSON."""
    message, headers = whole(chance, of)
    named = ((name.removeprefix("ce_"), value) for name, value in headers)
    told = {name: _text_of(value) for name, value in named if name != "content-type"}
    if chance.random() < 0.3:
        changed = chance.choice([one for one in told if one != "id"])
        told[changed] = chance.choice(("", "\0", "a" * 5000))
    depth = chance.choice((500, 20_000))
    bodies = (
        json.dumps(_example(chance, of)),
        "[" * depth + "]" * depth,
        '{"a":' * depth,
        "1e400",
        chance.choice(("NaN", "nej", '{"version": 1, "version": 2}')),
    )
    document = f'{json.dumps(told)[:-1]}, "data": {chance.choice(bodies)}}}'
    return (told["subject"] or "x", document.encode(), [("content-type", STRUCTURED)]), str(message)


def _text_of(value: str | bytes | None) -> str:
    return value.decode() if isinstance(value, bytes) else value or ""


def _in_anothers_name(chance: Random, of: type[Message]) -> tuple[Record, str | None]:
    body = json.dumps(_example(chance, of)).encode()
    message, headers = whole(chance, of, region=RegionCode(THEIRS))
    return (headers[0][1], body, headers), str(message)


def _other_type(chance: Random, of: type[Message]) -> tuple[Record, str | None]:
    kind = chance.choice(("orders.order.placed.v1", of.wire_type[:-1] + "99", "x.y.z.v1"))
    body = json.dumps(_example(chance, of)).encode()
    message, headers = whole(chance, of, type=kind)
    return (headers[0][1], body, headers), str(message)


KINDS: tuple[tuple[str, Callable[[Random, type[Message]], tuple[Record, str | None]]], ...] = (
    ("right", _right),
    ("wrong types", _wrong_types),
    ("a field too few or too many", _missing),
    ("cut", _cut),
    ("noise", _noise),
    ("nothing but noise", _nothing_but_noise),
    ("deep", _deep),
    ("huge numbers", _huge),
    ("a name twice", _twice),
    ("packed", _packed),
    ("large", _large),
    ("no body", _no_body),
    ("a header", _header),
    ("no id", _headers_without_id),
    ("many headers", _many_headers),
    ("structured", _structured),
    ("in another's name", _in_anothers_name),
    ("another type", _other_type),
)
