"""Relays at work, and waiting for what they do."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from time import monotonic

from kvitt_chassis import failpoints
from kvitt_chassis.database import Database
from kvitt_chassis.ending import end_tasks
from kvitt_chassis.relaying import outbox
from kvitt_chassis.relaying.relay import Relay


@contextlib.asynccontextmanager
async def running(*relays: Relay) -> AsyncIterator[None]:
    """Relays at work; at the end cut off where they stand, as a crash would."""
    tasks = [asyncio.create_task(relay.run()) for relay in relays]
    try:
        yield
    finally:
        await end_tasks(tasks)


async def until(condition: Callable[[], Awaitable[bool]], *, seconds: float = 20.0) -> float:
    """Wait for a condition; answers how long it took."""
    begun = monotonic()
    while not await condition():
        assert monotonic() - begun < seconds, "did not happen"
        await asyncio.sleep(0.02)
    return monotonic() - begun


async def until_sent(database: Database, *, seconds: float = 20.0) -> float:
    async def is_sent() -> bool:
        async with database.reading() as session:
            status = await outbox.status(session)
        return status.unsent == 0

    return await until(is_sent, seconds=seconds)


def fail() -> None:
    """What a failpoint is armed with."""
    raise failpoints.FailpointHit


async def true(value: bool) -> bool:
    """What is awaited where nothing has to be asked."""
    return value
