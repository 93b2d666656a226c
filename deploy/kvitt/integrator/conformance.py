"""What a region's messages must be to each other, in the order in which they are sent: ids that
name one message, versions that grow, keys in one place, an order that can be relied upon.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from kvitt.integrator.checking import Checked, Finding, finding

_WAYS_ON = {
    "ID_REUSED": "A corrected message has a new ce_id; the old one belongs to its content.",
    "VERSION_TAKEN": "Raise the version when the content changes.",
    "OBSOLETE": "A newer version was sent before; send them in rising order.",
    "TIME_GOES_BACK": "ce_time is when it was decided; send what is said of a thing in that order.",
    "KEY_MOVES": "One key lies in one partition: place it by murmur2.",
    "SAME_CONTENT_ANOTHER_ID": "A repetition has the same ce_id; else it is done once more.",
}
GROUPS = {
    "contract": "each message follows its schema, its days and its topic",
    "ids": "an id names one message, and a message has one id",
    "versions": "the versions of a fact grow, and each has one content",
    "order": "what is said of one thing comes in order, in one partition",
    "idempotency": "a repetition is the same message, byte for byte or in meaning",
}
_GROUP_OF = {
    "ID_REUSED": "ids",
    "VERSION_TAKEN": "versions",
    "OBSOLETE": "versions",
    "TIME_GOES_BACK": "order",
    "KEY_MOVES": "order",
    "NOT_PLACED_BY_MURMUR2": "order",
    "KEY_IS_NOT_THE_SUBJECT": "order",
    "SAME_CONTENT_ANOTHER_ID": "idempotency",
}


@dataclass(slots=True)
class Report:
    """What was found, by what was looked at. `repeated` are messages that came again as they were:
    no fault, and without a second effect.
    """

    messages: int = 0
    repeated: int = 0
    sources: set[str] = field(default_factory=set)
    types: dict[str, int] = field(default_factory=dict)
    findings: dict[str, list[Finding]] = field(
        default_factory=lambda: {name: [] for name in GROUPS}
    )

    @property
    def is_conforming(self) -> bool:
        """True when nothing was found."""
        return not any(self.findings.values())


def judge(messages: Iterable[Checked]) -> Report:
    """Judge a region's output, in the order in which it was sent."""
    report, seen = Report(), _Seen()
    for one in messages:
        report.messages += 1
        incoming = one.incoming
        if incoming is not None and incoming.envelope is not None:
            report.sources.add(incoming.envelope.source)
            kind = incoming.envelope.type
            report.types[kind] = report.types.get(kind, 0) + 1
        for found in one.findings:
            report.findings[_GROUP_OF.get(found.reason, "contract")].append(found)
        if seen.is_repeated(one):
            report.repeated += 1
            continue
        for reason, name in seen.faults(one):
            report.findings[_GROUP_OF[reason]].append(finding(one, reason, name, _WAYS_ON[reason]))
    return report


class _Seen:
    """What has been sent so far."""

    def __init__(self) -> None:
        self._contents: dict[tuple[str, str], str | None] = {}
        self._versions: dict[tuple[str, str, str, str], tuple[int, str | None]] = {}
        self._times: dict[tuple[str, str, str], datetime] = {}
        self._places: dict[tuple[str, bytes], int] = {}
        self._commands: dict[tuple[str, str], str] = {}

    def is_repeated(self, one: Checked) -> bool:
        """True for a message that was sent before, with its id and its content."""
        incoming = one.incoming
        if incoming is None or incoming.envelope is None or incoming.content is None:
            return False
        name = (incoming.sender, str(incoming.envelope.id))
        return name in self._contents and self._contents[name] == incoming.content

    def faults(self, one: Checked) -> Iterator[tuple[str, str]]:
        """Each reason, with the field at fault; it is remembered as sent."""
        incoming = one.incoming
        if incoming is None or incoming.envelope is None:
            return
        envelope = incoming.envelope
        sender, identity = incoming.sender, str(envelope.id)
        if self._contents.setdefault((sender, identity), incoming.content) != incoming.content:
            yield "ID_REUSED", "ce_id"
        yield from self._version_faults(one)
        # commands alone: a fact that is said again has its version
        if incoming.is_command and incoming.content is not None:
            before = self._commands.setdefault((sender, incoming.content), identity)
            if before != identity:
                yield "SAME_CONTENT_ANOTHER_ID", "ce_id"
        last = self._times.get((sender, one.sent.topic, envelope.subject))
        if last is not None and envelope.time < last:
            yield "TIME_GOES_BACK", "ce_time"
        self._times[(sender, one.sent.topic, envelope.subject)] = max(
            last or envelope.time, envelope.time
        )
        if one.sent.is_placed and one.sent.key is not None:
            place = self._places.setdefault((one.sent.topic, one.sent.key), one.sent.partition)
            if place != one.sent.partition:
                yield "KEY_MOVES", "partition"

    def _version_faults(self, one: Checked) -> Iterator[tuple[str, str]]:
        incoming = one.incoming
        assert incoming is not None
        assert incoming.envelope is not None
        if incoming.version is None:
            return
        envelope = incoming.envelope
        name = (incoming.sender, envelope.type, envelope.subject, incoming.thing)
        version, statement = self._versions.get(name, (0, None))
        if incoming.version == version and statement != incoming.statement:
            yield "VERSION_TAKEN", "version"
        elif incoming.version < version:
            yield "OBSOLETE", "version"
        if incoming.version > version:
            self._versions[name] = (incoming.version, incoming.statement)
