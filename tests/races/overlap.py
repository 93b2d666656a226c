"""Two transactions of a run that overlap: the first stands before its commit until the second
stands there too, or waits for a lock of the first. They commit one after the other, so that it is
known who came first, and the same each time.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from kvitt_testkit.world import wait_for

from tests.races.system import GATE, Gate, Running

_LOOK_SECONDS: Final = 0.001

Work = Callable[[], Awaitable[None]]
Outcome = BaseException | None


async def overlap(running: Running, first: Work, second: Work) -> tuple[Outcome, Outcome]:
    """Do both; answers what each has raised."""
    before, after = Gate(), Gate()
    doing = asyncio.create_task(_at(before, first))
    await _stands(before, doing)
    meanwhile = asyncio.create_task(_at(after, second))
    standing = asyncio.create_task(_stands(after, meanwhile))

    async def it_has_come_as_far_as_it_can() -> bool:
        return standing.done() or await running.is_held_up(after, by=before)

    try:
        await wait_for(it_has_come_as_far_as_it_can, every=_LOOK_SECONDS)
        if standing.done():  # nothing holds it up, so it ends first
            after.opened.set()
            await asyncio.wait((meanwhile,))
        before.opened.set()
        await asyncio.wait((doing,))
    finally:
        before.opened.set()
        after.opened.set()
        outcomes = await asyncio.gather(doing, meanwhile, standing, return_exceptions=True)
    return outcomes[0], outcomes[1]


async def _at(gate: Gate, work: Work) -> None:
    GATE.set(gate)
    await work()


async def _stands(gate: Gate, task: "asyncio.Task[None]") -> None:
    """Wait until the transaction stands at its gate, or is done without."""
    reached = asyncio.create_task(gate.reached.wait())
    await asyncio.wait((reached, task), return_when=asyncio.FIRST_COMPLETED)
    reached.cancel()
