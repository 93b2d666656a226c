"""Of part `transfers`: a month of a region's transfers, day by day with business time moved along,
until the last has ended; then every end is compared with what the month was planned to come to.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import cycle
from time import monotonic
from typing import Any

from kvitt.story.files import Outgoing
from kvitt.story.month import morning_of

from tests.bench.load import REGION
from tests.bench.machine import Used, tell
from tests.bench.report import Table
from tests.bench.system import World

TRANSFERS = 20_000
_GOAL_MINUTES = 10
_DAYS_TO_ANSWER = 6  # the region's policy: then it is executed automatically
_LATER = timedelta(days=7)
_SATURDAY = 5

_ENDS = ("accepted",) * 12 + ("accepted later",) * 2 + ("rejected",) * 2 + ("withdrawn",)
ENDS = (*_ENDS, "automatic", "automatic", "automatic")
"""How twenty in turn end: some of those that are accepted take effect a week later."""
_STATUS = {"rejected": "rejected", "withdrawn": "withdrawn"}
_CHECKS: Mapping[str, Sequence[str]] = {"inventory": ("custody", "claims"), "billing": ("payers",)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """Who sends and receives at a service point, and who may say yes there."""

    prescriber: str
    service_point: str
    answers: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """What a month came to: transfers by their end, seconds by day, events, CPU."""

    transfers: int
    ends: Counter[str]
    days: Mapping[date, float]
    events: int
    used: Used
    compared: float

    @property
    def seconds(self) -> float:
        """All of it."""
        return sum(self.days.values())


async def live_through(world: World, *, transfers: int) -> Month:
    """Raises RuntimeError where a transfer, a custody or a payer did not become as planned."""
    units = units_of(world)
    first = world.business.files.cut_over
    days = _working_days(first)
    pairs = [(units[n % len(units)], _elsewhere(units, n)) for n in range(transfers)]
    loans = [world.business.loan(prescriber=sender.prescriber) for sender, _ in pairs]
    tell(f"{transfers:,} devices on loan")
    await world.settle(loans)
    by_day, planned = _plan(world, days, pairs, loans)
    before = sum(world.recorded().values())
    world.processes.begin()
    took = {}
    for day in _each_day(first + timedelta(days=1), max(by_day) + _LATER):
        begun = monotonic()
        await world.barrier.move_clock(morning_of(day))
        await world.settle(by_day.get(day, []))
        took[day] = monotonic() - begun
    used = world.processes.used()
    month = Month(
        transfers=transfers,
        ends=planned,
        days=took,
        events=sum(world.recorded().values()) - before,
        used=used,
        compared=await _compare(world),
    )
    _refuse_other_ends(world, planned, [one.key.decode() for one in loans])
    return month


def table(month: Month) -> Table:
    """The month in one line."""
    slowest, seconds = max(month.days.items(), key=lambda one: one[1])
    return Table(
        f"A month of {month.transfers:,} transfers in a region, business time moved along day by "
        f"day until the last of them has ended, telemetry on (goal: 20,000 in ≤ {_GOAL_MINUTES} "
        "min)",
        ["seconds", "days", "the slowest", "events", "events/s", "transfers/s", "CPU"],
        [
            [
                f"**{month.seconds:.0f}**",
                f"{len(month.days)}",
                f"{slowest}: {seconds:.1f} s",
                f"{month.events:,}",
                f"{month.events / month.seconds:,.0f}",
                f"{month.transfers / month.seconds:,.0f}",
                month.used.told(),
            ]
        ],
        "A device each, from and to the prescribers of all units: "
        + ", ".join(f"{count:,} {end}" for end, count in sorted(month.ends.items()))
        + ". Sent on working days and answered on the next one; accepted later: with a date a week "
        f"ahead; automatic: executed {_DAYS_TO_ANSWER} days after it was sent, since nobody "
        "answered. The month's invoice run is among the days. Afterwards every end is as planned, "
        "and custody, claims and payers of all devices are equal in tables, events and services "
        f"(compared in {month.compared:.0f} s). Stating the devices is not counted.",
    )


def units_of(world: World) -> list[Unit]:
    """The prescribers of the region, each at the service point that is his default."""
    said: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in world.business.registry():
        said[dict(one.headers)["ce_type"].decode()].append(json.loads(one.value))
    mains = {one["service_point"]: one["main"] for one in said["region.responsibles.stated.v1"]}
    return [
        Unit(
            prescriber=one["user_id"],
            service_point=one["default_service_point"],
            answers=mains.get(one["default_service_point"]) or one["user_id"],
        )
        for one in said["region.user.stated.v1"]
        if one["roles"] == ["prescriber"] and one["active"]
    ]


def _elsewhere(units: Sequence[Unit], number: int) -> Unit:
    """The receiver of the transfer with this number: at another service point than its sender."""
    sender = units[number % len(units)]
    others = [one for one in units if one.service_point != sender.service_point]
    return others[number // len(units) % len(others)]


def _plan(
    world: World,
    days: Sequence[date],
    pairs: Sequence[tuple[Unit, Unit]],
    loans: Sequence[Outgoing],
) -> tuple[Mapping[date, list[Outgoing]], Counter[str]]:
    """What is published on which day, and how many transfers end how."""
    make, by_day, planned = world.business, defaultdict[date, list[Outgoing]](list), Counter[str]()
    following = dict(zip(days, [*days[1:], _next_working_day(days[-1])], strict=True))
    ends = cycle(ENDS)
    for number, ((sender, receiver), loan) in enumerate(zip(pairs, loans, strict=True)):
        day, end = days[number * len(days) // len(pairs)], next(ends)
        sent = make.transfer(
            loan,
            sender=sender.prescriber,
            to=receiver.prescriber,
            on=day + _LATER if end == "accepted later" else None,
        )
        by_day[day].append(sent)
        answer = None
        if end.startswith("accepted"):
            answer = make.accept(sent, by=receiver.answers, customer=receiver.service_point)
        elif end == "rejected":
            answer = make.reject(sent, by=receiver.answers)
        elif end == "withdrawn":
            answer = make.act(sent, "withdraw", by=sender.prescriber)
        if answer is not None:
            by_day[following[day]].append(answer)
        planned[end] += 1
    return by_day, planned


def _working_days(first: date) -> list[date]:
    """Those of the month after its first day."""
    every = _each_day(first + timedelta(days=1), first + timedelta(days=31))
    return [one for one in every if one.month == first.month and one.weekday() < _SATURDAY]


def _next_working_day(day: date) -> date:
    following = day + timedelta(days=1)
    return following if following.weekday() < _SATURDAY else _next_working_day(following)


def _each_day(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


async def _compare(world: World) -> float:
    """Seconds of the comparisons of custody, claims and payers. Raises RuntimeError where records
    differ.
    """
    operator, begun = world.services.as_operator(), monotonic()
    for service, names in _CHECKS.items():
        body = {"checks": list(names), "region": REGION, "why": "bench"}
        answer = await operator.try_to(
            "POST", service, "/admin/reconciliation:run", json=body, timeout=None
        )
        for one in answer.raise_for_status().json():
            if one["differences"] or one["failed"]:
                raise RuntimeError(f"{service} has other {one['check']} than its events: {one}")
    return monotonic() - begun


def _refuse_other_ends(world: World, planned: Counter[str], numbers: Sequence[str]) -> None:
    expected: Counter[str] = Counter()
    for end, count in planned.items():
        expected[_STATUS.get(end, "completed")] += count
    with world.connect("bmb") as connection:
        query = """
            SELECT t.status, count(*) FROM transfers t JOIN devices d
            ON t.devices ->> 0 = d.device_id::text AND jsonb_array_length(t.devices) = 1
            WHERE d.device_number = ANY (%s) GROUP BY 1
        """
        found: Counter[str] = Counter(dict(connection.execute(query, [list(numbers)]).fetchall()))
    if found != expected:
        raise RuntimeError(f"transfers ended as {dict(found)}, planned were {dict(expected)}")
