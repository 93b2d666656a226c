"""Reads histories, logs and topics into evidence. Decides nothing."""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, Message, TopicPartition

from tests.faults.checker.evidence import ErrorLine, HistoryLine, OnWire

_SECONDS = 60.0
_PAGE = 5_000
_PAGE_SECONDS = 0.2  # what the client waits for a page to become full


def read_histories(directory: Path) -> tuple[HistoryLine, ...]:
    """Every line of every file, in the files' order. A line that a kill cut off is the last."""
    return tuple(line for file in sorted(directory.glob("*.jsonl")) for line in _lines(file))


def read_errors(directory: Path, begins: Mapping[str, int]) -> list[ErrorLine]:
    """ERROR and CRITICAL in the logs of services, each from a byte on; and tracebacks, which are
    no JSON.
    """
    found = []
    for service, begin in begins.items():
        file = directory / f"{service}.log"
        if not file.exists():
            continue
        with file.open("rb") as log:
            log.seek(begin)
            for raw in log:
                message = _error(raw.decode(errors="replace").strip())
                if message is not None:
                    found.append(ErrorLine(service=service, message=message))
    return found


def read_topics(client: Mapping[str, Any], topics: Sequence[str]) -> tuple[OnWire, ...]:
    """Every record of these topics, as confluent-kafka's `client` settings reach them.

    Raises TimeoutError when the broker does not give all of it in time.
    """
    consumer = Consumer(
        {
            **client,
            "group.id": "checker",
            "log_level": 0,
            "enable.auto.commit": False,
            "isolation.level": "read_uncommitted",
        }
    )
    try:
        ends = _ends(consumer, topics)
        waiting = {place for place, end in ends.items() if end > 0}
        consumer.assign([TopicPartition(*place, OFFSET_BEGINNING) for place in sorted(waiting)])
        found: list[OnWire] = []
        limit = time.monotonic() + _SECONDS
        while waiting:
            records = consumer.consume(_PAGE, _PAGE_SECONDS)
            if not records and time.monotonic() > limit:
                raise TimeoutError(f"nothing came of {sorted(waiting)[:5]}")
            for record in records:
                error = record.error()
                if error is not None:
                    if error.code() != KafkaError._PARTITION_EOF:
                        raise TimeoutError(str(error))
                    continue
                place = (str(record.topic()), int(record.partition() or 0))
                found.append(_record(record))
                if int(record.offset() or 0) + 1 >= ends[place]:
                    waiting.discard(place)
        return tuple(found)
    finally:
        consumer.close()


def _ends(consumer: Consumer, topics: Sequence[str]) -> dict[tuple[str, int], int]:
    known = consumer.list_topics(timeout=_SECONDS).topics
    places = [(topic, number) for topic in topics for number in known[topic].partitions]
    return {
        place: consumer.get_watermark_offsets(TopicPartition(*place), timeout=_SECONDS)[1]
        for place in places
    }


def _record(record: Message) -> OnWire:
    headers = {name: value or b"" for name, value in _headers(record)}
    _, at = record.timestamp()
    return OnWire(
        topic=str(record.topic()),
        partition=int(record.partition() or 0),
        offset=int(record.offset() or 0),
        key=bytes(record.key() or b"").decode(errors="replace"),
        seq=int(headers.get("ce_sequence", b"0") or 0),
        id=headers.get("ce_id", b"").decode(errors="replace"),
        region=headers.get("ce_region", b"").decode(errors="replace"),
        at=at / 1000,
    )


def _headers(record: Message) -> list[tuple[str, bytes | None]]:
    headers: Any = record.headers() or []
    return list(headers.items()) if isinstance(headers, dict) else list(headers)


def _lines(file: Path) -> Iterator[HistoryLine]:
    for number, text in enumerate(file.read_text().splitlines(), start=1):
        try:
            said = json.loads(text)
        except ValueError:
            return  # cut off by a kill, or by a full disk
        yield HistoryLine(
            what=said["what"],
            file=file.stem,
            line=number,
            service=said["service"],
            topic=said["topic"],
            key=said["key"],
            seq=said["seq"],
            id=said["id"],
            at=said["at"],
        )


def _error(line: str) -> str | None:
    if not line.startswith("{"):
        return line if line.startswith("Traceback") else None
    try:
        said = json.loads(line)
    except ValueError:
        return None
    if said.get("level") not in {"ERROR", "CRITICAL"}:
        return None
    kind = f" ({said['error']})" if "error" in said else ""
    return f"{said.get('logger')}: {said['message']}{kind}"
