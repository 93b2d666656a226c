"""Somebody who goes on with their work beside an attack, and how long each answer takes them."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.attack.setting import THEIRS, Attack
from tests.attack.wire import Wire

_PAUSE_SECONDS = 0.1
SLOWER, FLOOR_SECONDS = 20.0, 5.0
"""Nineteen of twenty of a probe's answers may take so many times as long as alone, or as long as
the floor: what attacks shares the machine with what is attacked.
"""


@dataclass(slots=True)
class Seen:
    """What somebody was answered: seconds, and what was no answer."""

    seconds: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def at(self, share: float) -> float:
        """The value below which this share lies; infinite where there is none."""
        told = sorted(self.seconds)
        return told[min(len(told) - 1, int(len(told) * share))] if told else float("inf")


def limit_beside(alone: Seen) -> float:
    """The seconds that an answer may take, by what answers take alone."""
    return max(FLOOR_SECONDS, SLOWER * alone.at(0.95))


@contextmanager
def probing(on: Attack, what: str, *, of: float | None) -> Iterator[Seen]:
    """Within, another region's system asks a service again and again, from a thread of its own.
    Each is answered, and nineteen of twenty within `of` seconds; None: they are measured alone.
    """
    url = f"{on.world.services['orders'].url}/orders?limit=5"
    headers = (("Authorization", f"Bearer {on.world.region_token(THEIRS)}"),)
    seen, ended = Seen(), threading.Event()

    async def probe() -> None:
        async with Wire() as wire:
            while not ended.is_set():
                try:
                    answer = await wire.ask("GET", url, headers)
                    seen.seconds.append(answer.seconds)
                    if answer.status != 200:
                        seen.failed.append(str(answer.status))
                except (OSError, EOFError, TimeoutError) as error:
                    seen.failed.append(repr(error))
                await asyncio.sleep(_PAUSE_SECONDS)

    with ThreadPoolExecutor(1, "probe") as pool:
        asked = pool.submit(lambda: asyncio.run(probe()))
        try:
            yield seen
        finally:
            ended.set()
    asked.result()  # what breaks it off is found
    on.figures[f"answers beside {what}"] = (
        f"{len(seen.seconds)}, p50 {seen.at(0.5) * 1000:.0f} ms, p95 {seen.at(0.95) * 1000:.0f} ms"
    )
    if seen.failed:
        times = len(seen.failed)
        on.find(f"others are not answered beside {what}", times=times, said=seen.failed[0])
    if of is not None and seen.at(0.95) > of:
        limit = f"{of:.1f} s"
        on.find(f"others wait beside {what}", p95=f"{seen.at(0.95):.1f} s", limit=limit)
