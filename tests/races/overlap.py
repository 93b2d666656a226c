"""Two transactions of a run that overlap: the first stands before its commit until the second is
done, or waits for a lock of the first. So who comes first is the same each time.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from tests.races.system import GATE, Gate, Running

_LOOK_SECONDS: Final = 0.001

Work = Callable[[], Awaitable[None]]
Outcome = BaseException | None


async def overlap(running: Running, first: Work, second: Work) -> tuple[Outcome, Outcome]:
    """Do both; answers what each has raised."""
    held, free = Gate(is_open=False), Gate(is_open=True)
    before = asyncio.create_task(_at(held, first))
    reached = asyncio.create_task(held.reached.wait())
    await asyncio.wait((before, reached), return_when=asyncio.FIRST_COMPLETED)
    reached.cancel()
    after = asyncio.create_task(_at(free, second))
    try:
        while not after.done():
            if free.pid and held.pid and await running.is_held_up(free, by=held):
                break
            await asyncio.sleep(_LOOK_SECONDS)
    finally:
        held.opened.set()
    outcomes: tuple[Outcome, Outcome] = await asyncio.gather(before, after, return_exceptions=True)
    return outcomes


async def _at(gate: Gate, work: Work) -> None:
    GATE.set(gate)
    await work()
