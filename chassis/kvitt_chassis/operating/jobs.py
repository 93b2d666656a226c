"""Jobs: what a service does beside messages, timers and HTTP, where it calls the network."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

from kvitt_chassis.consuming.faults import describe
from kvitt_chassis.database import Database, is_lock_trouble

log = logging.getLogger(__name__)

_AGAIN_SECONDS = 1.0


class Job(Protocol):
    """Something that is done again and again for as long as its process runs. It may call the
    network, which no handler does, and records what came of it in units of work of its own.
    """

    @property
    def name(self) -> str:
        """What health and the log call it."""

    async def work(self) -> float:
        """Do the next piece of it; answers how many seconds there is nothing to do. What it raises
        is logged, and it is asked again.
        """

    def remark(self) -> str | None:
        """What an operator should know of it, without values; the service is ready all the same."""


MakeJob = Callable[[Database], Job]
"""Makes a job on the service's database, as the worker role. Raises ValueError and OSError where
its settings are wrong: then nothing starts.
"""


# decision 0004: lock trouble is nobody's fault
async def surely(record: Callable[[], Awaitable[None]]) -> None:
    """Have a job record what it has done outside, which nothing undoes: tried again, without limit,
    while what goes wrong is lock trouble. Raises all else.
    """
    while True:
        try:
            return await record()
        except Exception as error:
            if not is_lock_trouble(error):
                raise
            log.warning("a job records again: %s", describe(error))
        await asyncio.sleep(_AGAIN_SECONDS)


async def apart(what: str, work: Awaitable[object]) -> None:
    """Do one of several things that a job does at once: what it raises is logged, and is nothing to
    the others.
    """
    try:
        await work
    except Exception as error:
        log.warning("%s: %s", what, describe(error))


async def keep_at(job: Job) -> None:
    """Do a job until cancelled."""
    while True:
        try:
            pause = await job.work()
        except Exception as error:
            log.warning("%s: %s", job.name, describe(error))
            pause = _AGAIN_SECONDS
        await asyncio.sleep(pause)
