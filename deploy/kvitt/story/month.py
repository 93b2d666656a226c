"""The month: each region's files in order, in parallel, with business time advanced at barriers."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

from kvitt_contracts.calendar import STOCKHOLM

from kvitt.story.barrier import Barrier
from kvitt.story.files import RegionFiles, Stage
from kvitt.story.region_client import RegionClient

MORNING = time(6)

Shown = Callable[[str, int], None]
"""Told when a stage is done: its name, and how many messages it had."""

Acted = Callable[[str, Path], Awaitable[None]]
"""Does what users of a region do on a day, which a file says."""

Begun = Callable[[date], None]
"""Told when the messages of a stage of this day have been acknowledged, and their effects begin."""


def stages_of(regions: Sequence[RegionFiles]) -> list[tuple[str, date]]:
    """The names of all stages, each with its day, in time order."""
    order: dict[tuple[str, date], None] = {}
    for region in sorted(regions, key=lambda one: len(one.stages), reverse=True):
        order |= dict.fromkeys((stage.name, stage.day) for stage in region.stages)
    return sorted(order, key=lambda one: one[1])


async def publish_month(
    regions: Sequence[RegionFiles],
    *,
    clients: Sequence[RegionClient],
    barrier: Barrier,
    until: date | None = None,
    shown: Shown = lambda name, count: None,
    begun: Begun = lambda day: None,
    acted: Acted | None = None,
) -> int:
    """Publish everything, or the days `until` one; afterwards business time is the morning after
    that day, or the month's last. Answers how many messages. What users do over HTTP is done by
    `acted`, when what was published has had its effect.

    What was published before has no effect, and business time is not changed when it is later.
    Raises LocalProblem.
    """
    total = 0
    last = until or max(region.end for region in regions) - timedelta(days=1)
    for name, day in stages_of(regions):
        if day > last:
            break
        await barrier.move_clock(morning_of(day))
        counts = asyncio.gather(
            *(_publish(files, client, name) for files, client in zip(regions, clients, strict=True))
        )
        count = sum(await counts)
        begun(day)
        await barrier.reach()
        if acted is not None and await _act(regions, name, acted):
            await barrier.reach()
        shown(name, count)
        total += count
    end = last + timedelta(days=1)
    await barrier.move_clock(morning_of(end))
    await barrier.reach()
    shown(end.isoformat(), 0)
    return total


def morning_of(day: date) -> datetime:
    """06:00 of a day in Stockholm."""
    return datetime.combine(day, MORNING, STOCKHOLM)


async def _act(regions: Sequence[RegionFiles], name: str, acted: Acted) -> bool:
    """Have users act, region by region; False where nobody does on that day."""
    found = [
        (region.code, stage.acts)
        for region in regions
        for stage in region.stages
        if stage.name == name and stage.acts is not None
    ]
    for code, file in found:
        await acted(code, file)
    return bool(found)


async def _publish(files: RegionFiles, client: RegionClient, name: str) -> int:
    found: list[Stage] = [stage for stage in files.stages if stage.name == name]
    return sum([await client.publish(one.messages(region=files.code)) for one in found])
