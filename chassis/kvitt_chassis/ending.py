"""How tasks that run until they are cancelled are ended."""

import asyncio
from collections.abc import Iterable
from typing import Any

PATIENCE = 6.0
"""Seconds in which a cancelled task ends in order: longer than a rollback may take."""


async def end_tasks(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel tasks and wait until they have ended, whatever they raise.

    One that goes on is cancelled again: a library may have lost a cancellation that came in the
    instant in which what it waited for was done.
    """
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        ended, left = await asyncio.wait(left, timeout=PATIENCE)
        for task in ended:
            if not task.cancelled():
                task.exception()  # it is seen: nobody asks for it
