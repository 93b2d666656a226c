"""The files that hold what a region sends, and what stands in each: CloudEvents as JSON, alone, in
a list or one a line; the records of `examples/regions`; the examples of the contract.
"""

import base64
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from kvitt_contracts.envelope import BINARY, STRUCTURED, Envelope, EnvelopeError, from_structured
from kvitt_contracts.topics import CATALOGUE, REGION

from kvitt.local.problems import LocalProblem

_HEADERS = "ce_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One record as a region's client writes it. `place` tells a person where it stands;
    `partition` and `offset` are known of what was read from a topic: then it `is_placed`.
    """

    place: str
    topic: str
    key: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    value: bytes
    partition: int = 0
    offset: int = 0
    is_placed: bool = False

    @property
    def envelope(self) -> Envelope | None:
        """Its attributes, None where they cannot be read."""
        try:
            if self.is_structured:
                return from_structured(self.value)[0]
            return Envelope.from_headers(self.headers)
        except EnvelopeError:
            return None

    @property
    def region(self) -> str | None:
        """The region that it says, also where other attributes cannot be read."""
        told: Any = dict(self.headers).get("ce_region", b"").decode(errors="replace")
        if self.is_structured:
            try:
                told = json.loads(self.value)["region"]
            except (ValueError, KeyError, TypeError):
                return None
        return told if told and isinstance(told, str) else None

    @property
    def is_structured(self) -> bool:
        """True where the attributes stand beside the body."""
        told = dict(self.headers).get("content-type", b"")
        return told.decode(errors="replace").startswith(STRUCTURED)


def read(files: Iterable[Path], *, region: str, topic: str | None = None) -> Iterator[Sent]:
    """Every message of the files, in their order. `topic`: where all of them go; else each goes
    where the catalogue has its type. Raises LocalProblem.
    """
    for file in files:
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise LocalProblem(
                f"{file} is not UTF-8.", remedy="Write it anew in UTF-8; Kvitt reads nothing else."
            ) from error
        for place, document in _documents(file, text):
            yield _sent(place, document, region=region, topic=topic)


def topic_of(wire_type: str, region: str) -> str | None:
    """The topic of a region that takes a type, or will take it; None where none does."""
    for topic in CATALOGUE:
        if topic.is_inbound and wire_type in topic.wire_types | topic.reserved:
            return topic.name.replace(REGION, region)
    return None


def nearest(wire_type: str) -> str:
    """The types of regions that are spelt almost so, as a person reads them; empty for none."""
    known = {one for topic in CATALOGUE if topic.is_inbound for one in topic.wire_types}
    return ", ".join(get_close_matches(wire_type, sorted(known)))


def _documents(file: Path, text: str) -> Iterator[tuple[str, Any]]:
    try:
        whole = json.loads(text)
    except ValueError:
        yield from _lines(file, text)
        return
    if isinstance(whole, list):
        yield from ((f"{file}[{number}]", one) for number, one in enumerate(whole))
    else:
        yield str(file), whole


def _lines(file: Path, text: str) -> Iterator[tuple[str, Any]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            yield f"{file}:{number}", json.loads(line)
        except ValueError as error:
            raise LocalProblem(
                f"{file}:{number} is not JSON: {error}.",
                remedy="A file holds one CloudEvent, a list of them, or one on each line.",
            ) from error


def _sent(place: str, document: Any, *, region: str, topic: str | None) -> Sent:
    if not isinstance(document, dict):
        raise LocalProblem(
            f"{place} is no JSON object.",
            remedy="kvitt sample TYPE prints a message as a file holds it.",
        )
    if "headers" in document and "topic" in document:  # as in examples/regions
        return Sent(
            place=place,
            topic=topic or f"region.{region}.{document['topic']}",
            key=str(document.get("key", "")).encode(),
            headers=tuple((name, str(it).encode()) for name, it in document["headers"].items()),
            value=_body(document),
        )
    if "envelope" in document:  # as in contracts/examples
        document = {**document["envelope"], "specversion": "1.0", "data": document["data"]}
    wire_type = str(document.get("type", ""))
    found = topic or topic_of(wire_type, region)
    if found is None and not wire_type:
        raise LocalProblem(
            f"{place} is no CloudEvent: it has no type.",
            remedy="kvitt sample TYPE prints a message as a file holds it; a body alone is its"
            " data.",
        )
    if found is None:
        near = nearest(wire_type)
        raise LocalProblem(
            f"{place}: no topic of a region takes the type {wire_type}.",
            remedy=f"{f'Is it {near}? ' if near else ''}kvitt sample lists the types; --topic"
            " names a topic all the same.",
        )
    return Sent(
        place=place,
        topic=found,
        key=str(document.get("subject", "")).encode(),
        headers=(("content-type", STRUCTURED.encode()),),
        value=json.dumps(document, ensure_ascii=False).encode(),
    )


def _body(record: dict[str, Any]) -> bytes:
    if "raw_base64" in record:
        return base64.b64decode(record["raw_base64"])
    return json.dumps(record.get("data"), ensure_ascii=False, separators=(",", ":")).encode()


def binary(envelope: Envelope, data: Any, *, place: str, topic: str) -> Sent:
    """A message in binary mode, as most clients write it."""
    headers = [(n, v) for n, v in envelope.headers() if n != "content-type"]
    return Sent(
        place=place,
        topic=topic,
        key=envelope.subject.encode(),
        headers=(*headers, ("content-type", BINARY.encode())),
        value=json.dumps(data, ensure_ascii=False).encode(),
    )


def inbound_topics(region: str) -> list[str]:
    """The topics that a region writes."""
    return [topic.name.replace(REGION, region) for topic in CATALOGUE if topic.is_inbound]
