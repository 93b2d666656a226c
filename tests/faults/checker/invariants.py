"""I1–I9 of docs/messaging-facts.md §7 as functions: evidence in, violations out. Reads nothing."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from statistics import median

from tests.faults.checker.evidence import Evidence, OnWire, Violation

SLOWER = 2.0
"""Keys that a fault does not touch keep their p99 below so many times that without it (I7)."""


def violations(evidence: Evidence) -> list[Violation]:
    """Everything that does not hold, in a stable order."""
    found = {one for check in INVARIANTS.values() for one in check(evidence)}
    return sorted(found)


def duplicates_on_wire(evidence: Evidence) -> int:
    """Records that repeat a number which their key has had."""
    return sum(1 for _, _, is_again in _in_order(evidence) if is_again)


def _lost(evidence: Evidence) -> Iterator[Violation]:
    sent = {(one.topic, one.key, one.seq) for one in evidence.wire}
    marks = {(one.service, one.topic, one.key): one.seq for one in evidence.marks}
    parked = {(one.service, one.topic, one.key) for one in evidence.parked}
    for event in evidence.logged:
        place = f"{event.topic} {event.key}"
        if (event.topic, event.key, event.seq) not in sent:
            yield Violation("I1", place, f"number {event.seq} ({event.id}) is not in Kafka")
        for reader in sorted(evidence.consumers.get(event.topic, ())):
            known = (reader, event.topic, event.key)
            if marks.get(known, 0) < event.seq and known not in parked:
                told = f"{reader} has come to {marks.get(known, 0)}, the log to {event.seq}"
                yield Violation("I1", place, f"{told}, and nothing is parked")
    for message in evidence.published:
        if (message.service, message.id) in evidence.seen:
            continue
        if (message.service, message.topic, message.key) not in parked:
            place = f"{message.topic} {message.key}"
            yield Violation("I1", place, f"{message.service} has not seen message {message.id}")


def _twice(evidence: Evidence) -> Iterator[Violation]:
    first: dict[tuple[str, str, str, int, str], str] = {}
    for line in evidence.history:
        if line.what != "applied":
            continue
        effect = (line.service, line.topic, line.key, line.seq, "" if line.seq else line.id)
        where = f"{line.file}:{line.line}"
        if effect in first:
            told = f"{line.service} applied number {line.seq} ({line.id}) at"
            yield Violation("I2", f"{line.topic} {line.key}", f"{told} {first[effect]} and {where}")
        first.setdefault(effect, where)


def _disordered(evidence: Evidence) -> Iterator[Violation]:
    for before, record, is_again in _in_order(evidence):
        if not is_again and record.seq != before + 1:
            where = f"partition {record.partition}, offset {record.offset}"
            told = f"number {record.seq} stands behind {before} at {where}"
            yield Violation("I3", f"{record.topic} {record.key}", told)
    partitions: dict[tuple[str, str], int] = {}
    for record in _said_by_services(evidence):
        place = partitions.setdefault((record.topic, record.key), record.partition)
        if place != record.partition:
            told = f"is in partitions {place} and {record.partition}"
            yield Violation("I3", f"{record.topic} {record.key}", told)
    applied: dict[tuple[str, str, str, str], int] = {}
    for line in evidence.history:
        if line.what != "applied" or not line.seq:
            continue
        of = (line.file, line.service, line.topic, line.key)
        if line.seq < applied.get(of, 0):
            told = f"{line.service} applied {line.seq} after {applied[of]}"
            yield Violation("I3", f"{line.topic} {line.key}", f"{told} at {line.file}:{line.line}")
        applied[of] = max(line.seq, applied.get(of, 0))
    numbers: dict[tuple[str, str], list[int]] = defaultdict(list)
    for event in evidence.logged:
        numbers[event.topic, event.key].append(event.seq)
    for (topic, key), found in numbers.items():
        if sorted(found) != list(range(1, len(found) + 1)):
            yield Violation("I3", f"{topic} {key}", f"its log has the numbers {sorted(found)}")


def _ghosts(evidence: Evidence) -> Iterator[Violation]:
    committed = {(one.topic, one.key, one.seq): one.id for one in evidence.logged}
    owned = {one.topic for one in evidence.logged} | {one.topic for one in evidence.wire}
    for record in _said_by_services(evidence):
        told = committed.get((record.topic, record.key, record.seq))
        if told != record.id:
            where = f"partition {record.partition}, offset {record.offset}"
            what = f"number {record.seq} ({record.id}) at {where}"
            yield Violation("I4", f"{record.topic} {record.key}", f"{what} is in no log")
    for line in evidence.history:
        if line.topic not in owned:
            continue
        if committed.get((line.topic, line.key, line.seq)) != line.id:
            what = f"{line.service} {line.what} number {line.seq} ({line.id})"
            where = f"at {line.file}:{line.line}"
            yield Violation("I4", f"{line.topic} {line.key}", f"{what} {where}, in no log")


def _not_conserved(evidence: Evidence) -> Iterator[Violation]:
    for balance in evidence.balances:
        place = f"{balance.region} {balance.article} in {balance.store}"
        if balance.stands != balance.moved:
            told = f"stands at {balance.stands}, its moves make {balance.moved}"
            yield Violation("I5", place, told)
        if min(balance.stands) < 0:
            yield Violation("I5", place, f"stands at {balance.stands}")
    yield from _payers_differ(evidence)
    for device, claim in evidence.claimed.items():
        if claim not in evidence.open_claims:
            yield Violation("I5", f"device {device}", f"is claimed by {claim}, which has ended")
    for key in evidence.unfolded:
        yield Violation("I5", key, "its row is not what its events say")
    for case in evidence.cases:
        if case.reached != case.wanted:
            told = f"is {case.reached or 'unknown'}, not {case.wanted}"
            yield Violation("I5", f"{case.region} {case.kind} {case.reference}", told)


def _payers_differ(evidence: Evidence) -> Iterator[Violation]:
    by_day: dict[tuple[str, str, str], dict[str, str | None]] = defaultdict(dict)
    for point in evidence.payers:
        told = by_day[point.region, point.device, point.day]
        if point.source in told and told[point.source] != point.payer:
            both = f"{told[point.source]} and {point.payer} pay from {point.day}"
            yield Violation(
                "I5", f"{point.region} device {point.device}", f"{both}: {point.source}"
            )
        told[point.source] = point.payer
    billed = {(one.region, one.device) for one in evidence.payers if one.source == "billing"}
    for (region, device, day), told in by_day.items():
        if told == {"inventory": None} and (region, device) not in billed:
            continue  # it has always stood in a store
        if len(set(told.values())) > 1 or set(told) != {"inventory", "billing"}:
            said = ", ".join(f"{source} {payer}" for source, payer in sorted(told.items()))
            yield Violation("I5", f"{region} device {device}", f"pays from {day}: {said}")


def _foreign(evidence: Evidence) -> Iterator[Violation]:
    regions = {one.id: one.region for one in evidence.logged}
    keys: dict[str, set[str]] = defaultdict(set)
    for event in evidence.logged:
        keys[event.key].add(event.region)
        cause = regions.get(event.cause or "")
        if cause is not None and cause != event.region:
            told = f"number {event.seq} of {event.region} was caused by an event of {cause}"
            yield Violation("I6", f"{event.topic} {event.key}", told)
        if event.topic.startswith("region.") and event.topic.split(".")[1] != event.region:
            told = f"number {event.seq} is of {event.region}"
            yield Violation("I6", f"{event.topic} {event.key}", told)
    for record in _said_by_services(evidence):
        if regions.get(record.id, record.region) != record.region:
            told = f"says {record.region} at offset {record.offset}, its log {regions[record.id]}"
            yield Violation("I6", f"{record.topic} {record.key}", told)
    for row in evidence.rows:
        if row.key in keys and row.region not in keys[row.key]:
            told = f"{row.service}.{row.table} has it as {row.region}'s"
            yield Violation("I6", row.key, f"{told}, it is {', '.join(sorted(keys[row.key]))}'s")


def _slowed(evidence: Evidence) -> Iterator[Violation]:
    if evidence.latency is None:
        return
    ratios = [with_fault / without for without, with_fault in evidence.latency.pairs]
    if median(ratios) >= SLOWER:
        said = ", ".join(f"{one:.2f}" for one in ratios)
        yield Violation("I7", "untouched keys", f"their p99 grew by {said}")


def _not_recovered(evidence: Evidence) -> Iterator[Violation]:
    took = evidence.recovered_in
    if took is None:
        yield Violation("I8", "lag", "something waits still")
    elif took > evidence.recovery_limit:
        yield Violation("I8", "lag", f"gone after {took:.1f} s, not {evidence.recovery_limit:.0f}")


def _unexplained(evidence: Evidence) -> Iterator[Violation]:
    for error in evidence.errors:
        if not any(re.search(pattern, error.message) for pattern in evidence.explained):
            yield Violation("I9", error.service, f"an error without a cause: {error.message[:300]}")
    for entry in evidence.parked:
        if not entry.is_shown:
            told = f"{entry.service} has it {entry.state} ({entry.cause}) and shows it to nobody"
            yield Violation("I9", f"{entry.topic} {entry.key}", told)


def _in_order(evidence: Evidence) -> Iterator[tuple[int, OnWire, bool]]:
    """Each record with its key's highest number before it, and whether it repeats one."""
    highest: dict[tuple[str, str], int] = defaultdict(int)
    said = _said_by_services(evidence)
    for record in sorted(said, key=lambda one: (one.topic, one.partition, one.offset)):
        before = highest[record.topic, record.key]
        yield before, record, record.seq <= before
        highest[record.topic, record.key] = max(before, record.seq)


def _said_by_services(evidence: Evidence) -> Iterator[OnWire]:
    for record in evidence.wire:
        if (record.topic, record.partition, record.offset) not in evidence.planted:
            yield record


INVARIANTS: dict[str, Callable[[Evidence], Iterator[Violation]]] = {
    "I1": _lost,
    "I2": _twice,
    "I3": _disordered,
    "I4": _ghosts,
    "I5": _not_conserved,
    "I6": _foreign,
    "I7": _slowed,
    "I8": _not_recovered,
    "I9": _unexplained,
}
