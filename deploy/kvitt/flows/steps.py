"""A case as steps, one after another: who says what to whom. The order is the same in every run: by
business day, then by cause and effect, then by name. Values only.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from kvitt_contracts.topics import CATALOGUE, SERVICES

from kvitt.flows.cases import stem
from kvitt.flows.reading import REGION, Said

TIME = "time"
USERS = "users"
LIFELINES = (REGION, USERS, TIME, *SERVICES)
"""Everybody who may say or hear something, from left to right."""

_UNSEEN = (".message.settled", ".refusal.recorded")
_READERS = {message.wire_type: topic.consumers for topic in CATALOGUE for message in topic.types}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One message from a lifeline to another, `days` after the case began; `times` where the same
    is said more than once in a row. `also`: which other services read it. Without a type: time, or
    a user, makes a service act.
    """

    by: str
    to: str
    type: str
    days: int
    also: tuple[str, ...] = ()
    times: int = 1


def steps(case: Sequence[Said]) -> list[Step]:
    """The steps of a case."""
    ordered = _in_order([one for one in case if not _is_between_services_of(one)])
    begun = ordered[0].day
    known = {one.id: one for one in ordered}
    heard: defaultdict[str, set[str]] = defaultdict(set)
    for one in case:
        if one.cause in known and not one.is_told_to_region:
            heard[str(one.cause)].add(one.by)
    found: list[Step] = []
    acting: set[tuple[str, str | None]] = set()
    for one in ordered:
        days = (one.day - begun).days
        if one.by != REGION and one.cause is None and (one.by, one.unit) not in acting:
            acting.add((one.by, one.unit))
            found.append(Step(by=TIME, to=one.by, type="", days=days))
        for to in _hearers(one, heard[one.id]):
            others = _READERS.get(one.type, frozenset()) - {to, one.by}
            found.append(
                Step(by=one.by, to=to, type=one.type, days=days, also=tuple(sorted(others)))
            )
    return _together(found)


def _is_between_services_of(one: Said) -> bool:
    """What a service writes only for the feed to tell on: the feed's own is shown."""
    return stem(one.type).endswith(_UNSEEN) and not one.is_told_to_region


def _hearers(one: Said, acted: set[str]) -> list[str]:
    """To whom a message is drawn: those who acted on it; else who reads it first; else nobody but
    the service itself.
    """
    if one.is_told_to_region:
        return [REGION]
    if one.type.startswith("notifications.message."):
        return [USERS]
    others = [name for name in SERVICES if name in acted - {one.by, "notifications"}]
    if others:
        return others
    if one.by == REGION:
        return [one.topic.rpartition(".")[2]]
    readers = [name for name in SERVICES if name in _READERS.get(one.type, ()) and name != one.by]
    return readers[-1:] if "notifications" in acted else readers[:1] or [one.by]


def _in_order(case: Sequence[Said]) -> list[Said]:
    """Causes before effects, each thing's own messages in their order, and what is free by name."""
    left = {one.id: one for one in case}
    before = _before(case)
    depth: dict[str, int] = {}
    found: list[Said] = []
    while left:
        ready = [one for one in left.values() if not before[one.id] & left.keys()]
        one = min(ready or left.values(), key=lambda one: _rank(one, depth))
        depth[one.id] = depth.get(one.cause or "", 0) + 1
        del left[one.id]
        found.append(one)
    return found


def _rank(one: Said, depth: Mapping[str, int]) -> tuple[date, int, bool, str, str, str]:
    """What is said first among what may be said now."""
    is_region = one.by == REGION
    body = one.body if is_region else ""
    return one.day, depth.get(one.cause or "", 0), not is_region, one.by, stem(one.type), body


def _before(case: Sequence[Said]) -> dict[str, set[str]]:
    """Which messages each must come after."""
    before: dict[str, set[str]] = {one.id: {one.cause} if one.cause else set() for one in case}
    lines: defaultdict[tuple[str, str], list[Said]] = defaultdict(list)
    for one in case:
        if one.by == REGION:
            lines[REGION, one.region].append(one)
        else:
            lines[one.topic, one.key].append(one)
    for line in lines.values():
        line.sort(key=lambda one: (one.number, one.time, one.id))
        for earlier, later in pairwise(line):
            before[later.id].add(earlier.id)
    return before


def _together(found: Sequence[Step]) -> list[Step]:
    """The same step several times in a row becomes one."""
    together: list[Step] = []
    for one in found:
        last = together[-1] if together else None
        if last is not None and replace(last, times=1) == one:
            together[-1] = replace(last, times=last.times + 1)
        else:
            together.append(one)
    return together
