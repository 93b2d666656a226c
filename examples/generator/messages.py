"""The lines of the files: one message each, as a region's own system would publish it.

No business rules, and no clock: the day is an argument.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid5

from kvitt_contracts.calendar import STOCKHOLM
from kvitt_contracts.envelope import Envelope, Message
from kvitt_contracts.types import RegionCode

_IDS = UUID("0d6d1f0e-7c61-5b0c-9a41-3a6f6f2f6a11")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One message: the topic's short name, Kafka's key, the headers as text, and its body.

    `data` is the body as JSON; a body that is no JSON is in `raw_base64` instead.
    """

    topic: str
    key: str
    headers: Mapping[str, str]
    data: Any = None
    raw_base64: str | None = None

    @property
    def message_id(self) -> str:
        """The message's own id."""
        return self.headers["ce_id"]

    def text(self) -> str:
        """The line as it is written to the file."""
        said: dict[str, Any] = {"topic": self.topic, "key": self.key, "headers": dict(self.headers)}
        if self.raw_base64 is None:
            said["data"] = self.data
        else:
            said["raw_base64"] = self.raw_base64
        return json.dumps(said, ensure_ascii=False, separators=(",", ":"))

    @staticmethod
    def json_of(data: Any) -> bytes:
        """A body's bytes as they are published."""
        return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def parse(cls, text: str) -> "Line":
        """A line of a file."""
        said = json.loads(text)
        return cls(
            topic=said["topic"],
            key=said["key"],
            headers=said["headers"],
            data=said.get("data"),
            raw_base64=said.get("raw_base64"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What a user does over HTTP: `name` is its own among the region's acts. Without `data` it is a
    look. A person in `data` goes by the region's id, where the API has a reference.
    """

    name: str
    by: str
    service: str
    path: str
    data: Any = None

    def text(self) -> str:
        """The act as it is written to the file."""
        said = {"name": self.name, "by": self.by, "service": self.service, "path": self.path}
        whole = said if self.data is None else {**said, "data": self.data}
        return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def parse(cls, text: str) -> "Act":
        """An act of a file."""
        return cls(**json.loads(text))


@dataclass(slots=True)
class Pen:
    """Writes a region's messages, with ids that follow from the seed and times that rise.

    `times` has, for each day, the instant of the day's latest message; the first is after `begins`.
    `tale`: of a pen of its own, whose messages change no other's id.
    """

    region: RegionCode
    seed: int
    tale: str = ""
    written: int = 0
    begins: time = time(6, 30)
    times: dict[date, datetime] = field(default_factory=dict)

    # decision 0475
    def apart(self, tale: str) -> "Pen":
        """A pen for a tale whose messages come after the others of their days."""
        return Pen(region=self.region, seed=self.seed, tale=tale, times=self.times)

    @property
    def source(self) -> str:
        """The name of the region's own system."""
        return f"urn:region:{self.region}:hjalpmedelssystem"

    def write(self, topic: str, subject: str, body: Message, *, day: date) -> Line:
        """A message about `subject`, sent on a Stockholm day."""
        data = body.model_dump(mode="json", exclude_none=True, exclude_defaults=False)
        return self.write_data(topic, subject, body.wire_type, data, day=day)

    def write_data(self, topic: str, subject: str, wire_type: str, data: Any, *, day: date) -> Line:
        """A message with a body that no contract has checked."""
        return Line(
            topic=topic, key=subject, headers=self._headers(subject, wire_type, day), data=data
        )

    def _headers(self, subject: str, wire_type: str, day: date) -> dict[str, str]:
        self.written += 1
        series = f"{self.seed}/{self.tale}" if self.tale else f"{self.seed}"
        envelope = Envelope(
            id=uuid5(_IDS, f"{self.region}/{series}/{self.written}"),
            source=self.source,
            type=wire_type,
            time=self._next_instant(day),
            subject=subject,
            region=self.region,
        )
        return {name: value.decode() for name, value in envelope.headers()}

    def _next_instant(self, day: date) -> datetime:
        before = self.times.get(day, datetime.combine(day, self.begins, STOCKHOLM).astimezone(UTC))
        self.times[day] = before + timedelta(seconds=13)
        return self.times[day]


def days_from(first: date, last: date) -> Iterator[date]:
    """Every day from `first` to `last`, both included."""
    while first <= last:
        yield first
        first += timedelta(days=1)
