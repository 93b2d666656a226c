"""Searches places for texts: topics, files, pages, databases, whatever is handed over in pieces.

Knows addresses alone: no service, no topic, no table, no person.
"""

import base64
import binascii
import gzip
import html
import io
import json
import re
import unicodedata
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx
import psycopg
from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition
from psycopg import sql
from pypdf import PdfReader

Piece = tuple[str, bytes | str]
"""Where something stands, and what stands there."""

_SECONDS = 30.0
_PAUSE_SECONDS = 0.2
_ROWS = 500
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_PDF = re.compile(rb"%PDF-.*?%%EOF", re.DOTALL)
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){8,}")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_UNPACKED = (gzip.decompress, zlib.decompress)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A text that stands where it must not. `place` as the piece calls it."""

    place: str
    text: str


@dataclass(frozen=True, slots=True)
class Sought:
    """The texts that are looked for, whatever their case."""

    texts: frozenset[str]

    @classmethod
    def of(cls, *, words: Iterable[str] = (), numbers: Iterable[str] = ()) -> "Sought":
        """Words as they are, and numbers of 12 digits in every way that people write them."""
        forms = {form for number in numbers for form in forms_of(number)}
        return cls(frozenset(word.casefold() for word in {*words, *forms}))

    def within(self, content: bytes | str) -> set[str]:
        """Those that stand in the content, also encoded: escaped, in hexadecimal, in base64, with
        letters in two parts, packed.
        """
        texts = [unicodedata.normalize("NFC", text).casefold() for text in _readings(content)]
        return {sought for sought in self.texts if any(sought in text for text in texts)}

    def search(self, pieces: Iterable[Piece]) -> list[Found]:
        """Everything that is found in the pieces."""
        return [
            Found(place=place, text=text)
            for place, content in pieces
            for text in sorted(self.within(content))
        ]


def forms_of(number: str) -> set[str]:
    """A number of 12 digits, and of 10, as one row and with hyphen, plus or space before the last
    four.
    """
    return {
        f"{first[start:]}{mark}{last}"
        for first, last in [(number[:-4], number[-4:])]
        for start in (0, 2)
        for mark in ("", "-", "+", " ")
    }


# -- places ----------------------------------------------------------------------------------------


def topics(client: Mapping[str, Any]) -> Iterator[Piece]:
    """Every record of every topic, Kafka's own included: key, headers and value, unpacked."""
    consumer = Consumer(
        {
            **client,
            "group.id": "search",
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            "enable.partition.eof": True,
        }
    )
    try:
        known = consumer.list_topics(timeout=_SECONDS).topics.values()
        waiting = {(one.topic, number) for one in known for number in one.partitions}
        consumer.assign([TopicPartition(topic, number, 0) for topic, number in sorted(waiting)])
        until = monotonic() + _SECONDS
        while waiting:
            if monotonic() > until:
                raise TimeoutError(f"neither a record nor the end of {sorted(waiting)[:3]}")
            for record in consumer.consume(1_000, timeout=_PAUSE_SECONDS):
                until = monotonic() + _SECONDS
                place = (str(record.topic()), int(record.partition() or 0))
                error = record.error()
                if error is None:
                    yield f"{place[0]}@{place[1]}:{record.offset()}", _whole(record)
                elif error.code() == KafkaError._PARTITION_EOF:
                    waiting.discard(place)
                else:
                    raise KafkaException(error)
    finally:
        consumer.close()


def files(directory: Path) -> Iterator[Piece]:
    """Every file below a directory."""
    for file in sorted(directory.rglob("*")):
        if file.is_file():
            yield file.name, file.read_bytes()


def pages(urls: Iterable[str], *, headers: Mapping[str, str] | None = None) -> Iterator[Piece]:
    """What is answered to GET. Raises httpx.HTTPStatusError for anything but success."""
    with httpx.Client(timeout=_SECONDS, headers=dict(headers or {})) as client:
        for url in urls:
            yield url, client.get(url).raise_for_status().text


def databases(admin_url: str) -> Iterator[Piece]:
    """Every column of every table of every database: `database.table.column`."""
    with psycopg.connect(admin_url, autocommit=True) as admin:
        names = [name for (name,) in admin.execute(_DATABASES).fetchall()]
    for name in names:
        with psycopg.connect(urlsplit(admin_url)._replace(path=f"/{name}").geturl()) as inside:
            for schema, table in inside.execute(_TABLES).fetchall():
                yield from _table(inside, f"{name}.{table}", sql.Identifier(schema, table))


def _table(inside: psycopg.Connection, place: str, name: sql.Identifier) -> Iterator[Piece]:
    with inside.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT * FROM {}").format(name))
        columns = [column.name for column in cursor.description or ()]
        while rows := cursor.fetchmany(_ROWS):
            for column, values in zip(columns, zip(*rows, strict=True), strict=True):
                yield f"{place}.{column}", b"\n".join(_as_bytes(value) for value in values)


def _as_bytes(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str).encode()
    return str(value).encode()


def _whole(record: Any) -> bytes:
    headers: Sequence[tuple[str, bytes | None]] = record.headers() or ()
    named = [part for name, value in headers for part in (name.encode(), value or b"")]
    return b"\n".join([record.key() or b"", record.value() or b"", *named])


# -- encodings -------------------------------------------------------------------------------------


def _readings(content: bytes | str) -> Iterator[str]:
    for text in _decoded(content):
        yield text
        if "%" in text or "+" in text:
            plain = unquote(unquote(text))
            yield plain
            yield plain.replace("+", " ")
        if "&" in text:
            yield html.unescape(text)
        if "\\u" in text:
            yield _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
        for inner in _packed(text):
            yield from _decoded(inner)


def _decoded(content: bytes | str) -> Iterator[str]:
    if isinstance(content, str):
        yield content
        return
    for found in _PDF.finditer(content):
        yield from _said(found[0])
    if b"\0" in content:  # of two bytes a letter
        yield from (content.decode(kind, errors="replace") for kind in ("utf-16-le", "utf-16-be"))
    for unpack in _UNPACKED:
        with suppress(OSError, EOFError, zlib.error):
            yield from _decoded(unpack(content))
    try:
        yield content.decode()
    except UnicodeDecodeError:
        yield content.decode(errors="replace")
        yield content.decode("latin-1")


def _said(pdf: bytes) -> Iterator[str]:
    """What a document says: of itself, and on each page."""
    reader = PdfReader(io.BytesIO(pdf))
    yield str(reader.metadata)
    if (packet := reader.root_object.get("/Metadata")) is not None:
        yield packet.get_object().get_data().decode()
    yield from (page.extract_text() for page in reader.pages)


def _packed(text: str) -> Iterator[bytes]:
    for found in _HEX.finditer(text):
        yield bytes.fromhex(found[0])
    for found in _BASE64.finditer(text):
        token = found[0].rstrip("=").replace("-", "+").replace("_", "/")
        try:
            yield base64.b64decode(token + "=" * (-len(token) % 4))
        except binascii.Error:
            continue


_DATABASES = "SELECT datname FROM pg_database WHERE datallowconn ORDER BY datname"
_TABLES = """
    SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
      AND n.nspname NOT LIKE 'pg_toast%'
    ORDER BY 1, 2
"""
