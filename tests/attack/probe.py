"""Somebody who goes on with their work beside an attack, and how long each answer takes them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.attack.setting import THEIRS, Attack
from tests.attack.wire import Wire

PAUSE_SECONDS = 0.1
SLOWEST_SECONDS = 5.0
"""The slowest hundredth of a probe's answers may take so long, on a machine that attacks too."""


@asynccontextmanager
async def probing(on: Attack, what: str, *, port: str = "orders") -> AsyncIterator[None]:
    """Within, another region's system asks a service again and again; how long it took is told."""
    url = f"{on.world.services[port].url}/orders?limit=5"
    headers = (("Authorization", f"Bearer {on.world.region_token(THEIRS)}"),)
    seconds: list[float] = []
    failed: list[str] = []
    ended = asyncio.Event()

    async def probe() -> None:
        async with Wire() as wire:
            while not ended.is_set():
                try:
                    answer = await wire.ask("GET", url, headers)
                    seconds.append(answer.seconds)
                    if answer.status != 200:
                        failed.append(str(answer.status))
                except (OSError, EOFError, TimeoutError) as error:
                    failed.append(repr(error))
                await asyncio.sleep(PAUSE_SECONDS)

    task = asyncio.create_task(probe())
    try:
        yield
    finally:
        ended.set()
        await task
    told = sorted(seconds)
    p99 = told[min(len(told) - 1, int(len(told) * 0.99))] if told else float("inf")
    p50 = told[len(told) // 2] if told else float("inf")
    on.count("probes beside", len(seconds))
    on.figures[f"beside {what}"] = f"p50 {p50 * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms"
    if failed:
        on.find(f"others are not answered beside {what}", times=len(failed), said=failed[0])
    if p99 > SLOWEST_SECONDS:
        on.find(f"others wait beside {what}", p99=f"{p99:.1f} s")
