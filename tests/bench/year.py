"""Part `year`: a hundredth of a year of Sweden's 21 regions, in bursts, each to its last effect:
how many hours the whole year takes, and what grows meanwhile. One region's system sends all of it.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic

from tests.bench.machine import Used, tell
from tests.bench.report import Plot, Section, Table
from tests.bench.system import World, running

LINES, TRANSFERS = 3_000_000, 600_000
"""Order lines and transfers of a year, assumed; each line is sent as an order of its own."""
_BURSTS = 20
"""At 1:100 a burst is 1,500 orders: a region's file, not a flood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    """What one burst came to: events recorded by it and before it, seconds, bytes of memory by
    process, and bytes of all five databases after it.
    """

    behind: int
    events: int
    seconds: float
    used: Used
    memory: Mapping[str, int]
    stored: int

    @property
    def rate(self) -> float:
        """Events recorded in a second."""
        return self.events / self.seconds


async def measure(*, quick: bool) -> Section:
    """1:100, or 1:10,000 when tried. Raises RuntimeError when something came to nothing."""
    share = 10_000 if quick else 100
    orders, transfers = LINES // share // _BURSTS, TRANSFERS // share // _BURSTS
    section = Section("year", "A year of 21 regions")
    async with running() as world:
        await world.stock(deliveries=5)
        before = _stored(world)
        bursts = []
        for number in range(_BURSTS):
            tell(f"year: burst {number + 1} of {_BURSTS}")
            bursts.append(await _burst(world, orders=orders, transfers=transfers))
        _check(world, "orders", "orders.order.delivered.v1", _BURSTS * orders)
        _check(world, "bmb", "bmb.transfer.completed.v1", _BURSTS * transfers)
    seconds = sum(one.seconds for one in bursts)
    events = sum(one.events for one in bursts)
    cpu_seconds = sum(one.used.cpu_seconds for one in bursts)
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
                    f"{1000 * cpu_seconds / events:.2f}",
                    f"{cpu_seconds / seconds:.2f}",
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
            [
                [
                    f"{number}",
                    f"{one.behind:,}",
                    f"{one.rate:,.0f}",
                    f"{sum(one.memory.values()) / 2**20:,.0f}",
                    f"{one.stored / 1e6:,.0f}",
                ]
                for number, one in enumerate(bursts, start=1)
            ],
            "Last memory: "
            + ", ".join(
                f"{name} {size / 2**20:.0f} MiB" for name, size in bursts[-1].memory.items()
            )
            + ".",
        )
    )
    points = [(float(one.behind), one.rate) for one in bursts]
    section.plots.append(
        Plot("year", "A year in bursts", "events behind", "events/s", {"events/s": points})
    )
    return section


async def _burst(world: World, *, orders: int, transfers: int) -> Burst:
    """Orders and their deliveries; loans, their transfers and acceptances."""
    make = world.business
    behind = sum(world.recorded().values())
    world.processes.begin()
    begun = monotonic()
    placed = [make.order() for _ in range(orders)]
    await world.settle(placed)
    await world.settle([make.dispatch(one) for one in placed])
    loans = [make.loan() for _ in range(transfers)]
    await world.settle(loans)
    saved = [make.transfer(one) for one in loans]
    await world.settle(saved)
    await world.settle([make.accept(one) for one in saved])
    seconds, used = monotonic() - begun, world.processes.used()
    return Burst(
        behind=behind,
        events=sum(world.recorded().values()) - behind,
        seconds=seconds,
        used=used,
        memory=await asyncio.to_thread(world.processes.memory),
        stored=_stored(world),
    )


def _check(world: World, service: str, wire_type: str, count: int) -> None:
    """Raises RuntimeError when a service has not recorded so many events of a type."""
    with world.connect(service) as connection:
        query = "SELECT count(*) FROM events WHERE type = %s"
        (found,) = connection.execute(query, [wire_type]).fetchone() or (0,)
    if found != count:
        raise RuntimeError(f"{service} has recorded {found} of {count} {wire_type}")


def _stored(world: World) -> int:
    """Bytes of all services' databases."""
    found = 0
    for service in world.system.services:
        with world.connect(service) as connection:
            row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
            found += int(row[0]) if row else 0
    return found
