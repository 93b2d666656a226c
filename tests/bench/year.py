"""Part `year`: a hundredth of a year of Sweden's 21 regions, in bursts, each to its last effect:
how many hours the whole year takes, and what grows meanwhile. One region's system sends all of it.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import monotonic

from tests.bench.machine import Used, tell
from tests.bench.report import Plot, Section, Table
from tests.bench.system import World, running

LINES, TRANSFERS = 3_000_000, 600_000
"""Order lines and transfers of a year, assumed; each line is sent as an order of its own."""
_BURSTS = 20
_LARGEST = 1_500
"""So many messages at once at most: a region's file, not a flood."""


@dataclass(frozen=True, slots=True)
class Burst:
    """What one burst came to. Bytes are those of all five databases, and of all processes."""

    events: int
    seconds: float
    used: Used
    stored: int
    memory: int


async def measure(*, quick: bool) -> Section:
    """1:100, or 1:10,000 when tried."""
    share = 10_000 if quick else 100
    section = Section("year", "A year of 21 regions")
    async with running() as world:
        await world.stock(deliveries=5)
        before = _stored(world)
        bursts = [await _burst(world, number, share) for number in range(_BURSTS)]
        memory = await asyncio.to_thread(world.processes.memory)
    seconds = sum(one.seconds for one in bursts)
    events = sum(one.events for one in bursts)
    section.tables.append(
        Table(
            f"1:{share:,} of a year of 21 regions: {LINES // share:,} order lines placed, planned, "
            f"dispatched, delivered and charged, {TRANSFERS // share:,} devices stated and "
            f"transferred, in {_BURSTS} bursts, telemetry on (goal: the year in ≤ 4 h)",
            ["events", "seconds", "events/s", "the year in h", "CPU ms/event", "cores used", "MB"],
            [
                [
                    f"{events:,}",
                    f"{seconds:.0f}",
                    f"{events / seconds:,.0f}",
                    f"**{seconds * share / 3600:.1f}**",
                    f"{sum(map(_cpu, bursts)) / events * 1000:.2f}",
                    f"{sum(map(_cpu, bursts)) / seconds:.2f}",
                    f"{(bursts[-1].stored - before) / 1e6:,.0f}",
                ]
            ],
            f"A year of {events * share / 1e6:.0f} M events. *MB*: what the databases grew by. "
            "Each burst is published as fast as Kafka takes it and waited for until no service "
            "has anything left to do; the hours are its seconds times the share, so they hold for "
            "logs that are a hundredth as long: see the consumer and the relay against history.",
        )
    )
    section.tables.append(
        Table(
            "As it went on",
            ["burst", "events behind", "events/s", "memory of everything, MiB", "databases, MB"],
            [[*row] for row in _rows(bursts)],
            "Last memory: "
            + ", ".join(f"{name} {size / 2**20:.0f} MiB" for name, size in memory.items())
            + ".",
        )
    )
    section.plots.append(
        Plot("year", "A year in bursts", "events", "events/s", {"events/s": [*_points(bursts)]})
    )
    return section


async def _burst(world: World, number: int, share: int) -> Burst:
    """One of the bursts: orders, their deliveries, loans, transfers, acceptances."""
    tell(f"year: burst {number + 1} of {_BURSTS}")
    before = sum(world.recorded().values())
    world.processes.begin()
    begun = monotonic()
    await _deliver(world, LINES // share // _BURSTS)
    await _transfer(world, TRANSFERS // share // _BURSTS)
    seconds, used = monotonic() - begun, world.processes.used()
    memory = await asyncio.to_thread(world.processes.memory)
    events = sum(world.recorded().values()) - before
    return Burst(events, seconds, used, _stored(world), sum(memory.values()))


async def _deliver(world: World, count: int) -> None:
    make = world.business
    for many in _pieces(count):
        orders = [make.order() for _ in range(many)]
        await world.settle(orders)
        await world.settle([make.dispatch(one) for one in orders])


async def _transfer(world: World, count: int) -> None:
    make = world.business
    for many in _pieces(count):
        loans = [make.loan() for _ in range(many)]
        await world.settle(loans)
        transfers = [make.transfer(one) for one in loans]
        await world.settle(transfers)
        await world.settle([make.accept(one) for one in transfers])


def _pieces(count: int) -> Iterator[int]:
    while count > 0:
        yield min(count, _LARGEST)
        count -= _LARGEST


def _rows(bursts: Sequence[Burst]) -> Iterator[Sequence[str]]:
    behind = 0
    for number, one in enumerate(bursts):
        yield (
            f"{number + 1}",
            f"{behind:,}",
            f"{one.events / one.seconds:,.0f}",
            f"{one.memory / 2**20:,.0f}",
            f"{one.stored / 1e6:,.0f}",
        )
        behind += one.events


def _points(bursts: Sequence[Burst]) -> Iterator[tuple[float, float]]:
    behind = 0
    for one in bursts:
        behind += one.events
        yield float(behind), one.events / one.seconds


def _cpu(burst: Burst) -> float:
    """Seconds of CPU of all processes."""
    return burst.used.seconds * sum(burst.used.shares.values())


def _stored(world: World) -> int:
    found = 0
    for service in world.system.services:
        with world.connect(service) as connection:
            row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
            found += int(row[0]) if row else 0
    return found
