"""Part `memory`: the whole system under a steady load for half an hour, its memory by process."""

import asyncio
import os
from statistics import linear_regression
from time import monotonic

from tests.bench.machine import tell
from tests.bench.report import Plot, Section, Table
from tests.bench.system import World, running

_ORDERS = 40
"""A second; each is five events of all services."""
_SETTLED = 1 / 3
"""The share of the time after which caches and pools are full; slopes are taken from there on."""

Samples = dict[str, list[tuple[float, float]]]
"""Minutes and MiB by process."""


async def measure(*, quick: bool) -> Section:
    """For MINUTES (30), one minute when tried."""
    minutes = 1 if quick else int(os.environ.get("MINUTES") or 30)
    seconds, every = minutes * 60, 5 if quick else 30
    section = Section("memory", "Memory under a steady load")
    async with running() as world:
        await world.stock(deliveries=5)
        orders = [world.business.order() for _ in range(_ORDERS * seconds)]
        before = sum(world.recorded().values())
        begun = monotonic()
        sending = asyncio.create_task(world.pace(orders, rate=_ORDERS))
        samples = await _watch(world, sending, every=every)
        recorded = sum(world.recorded().values()) - before
        reached, left = recorded / (monotonic() - begun), monotonic()
        await world.rest()
        left = monotonic() - left
    section.tables.append(
        Table(
            f"{_ORDERS} orders/s for {seconds / 60:.0f} min, {reached:.0f} events/s of all "
            f"services, at rest {left:.1f} s after the last: MiB, shared pages divided (PSS)",
            ["process", "at first", "after a third", "at last", "highest", "MiB/h since a third"],
            [_row(name, points) for name, points in samples.items()],
            f"Taken every {every} s.",
        )
    )
    section.plots.append(
        Plot(
            "memory",
            f"Memory at {_ORDERS * 5} events/s",
            "minutes",
            "MiB (PSS)",
            {name: points for name, points in samples.items() if name != "all"},
        )
    )
    return section


async def _watch(world: World, sending: "asyncio.Task[object]", *, every: float) -> Samples:
    """Look every so often until all is sent. Raises what `sending` raises."""
    samples: Samples = {}
    begun = monotonic()
    while not sending.done():
        minutes = (monotonic() - begun) / 60
        found = await asyncio.to_thread(world.processes.memory)
        for name, size in (*found.items(), ("all", sum(found.values()))):
            samples.setdefault(name, []).append((minutes, size / 2**20))
        tell(f"{minutes:.1f} min: {samples['all'][-1][1]:,.0f} MiB")
        await asyncio.wait([sending], timeout=every)
    await sending
    return samples


def _row(name: str, points: list[tuple[float, float]]) -> list[str]:
    sizes = [size for _, size in points]
    settled = points[int(len(points) * _SETTLED) :]
    slope = linear_regression(*zip(*settled, strict=True)).slope * 60
    return [
        name,
        *(f"{size:.0f}" for size in (sizes[0], settled[0][1], sizes[-1], max(sizes))),
        f"{slope:+.0f}",
    ]
