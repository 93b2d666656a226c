"""Two at once in a test: the second comes while the first is done and not yet committed."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.envelope import Kind, Message
from kvitt_contracts.types import RegionCode
from sqlalchemy import text

from kvitt_testkit.world import REGION, World, an_envelope, wait_for

Act = Callable[[Transaction], Awaitable[object]]
"""What a handler does in its transaction, by the name of what it is: a timer's, for one."""

# not of pg_stat_activity, which hides from one role for what another waits
_WAITING = text(
    """
    SELECT count(*) FROM pg_locks AS awaited
    WHERE NOT granted AND EXISTS (
        SELECT FROM pg_locks AS held JOIN pg_database ON pg_database.oid = held.database
        WHERE held.pid = awaited.pid AND datname = current_database())
    """
)


async def meet(
    world: World,
    first: Message | Act,
    second: Coroutine[Any, Any, object],
    *,
    subject: str | None = None,
) -> None:
    """Do `first`, a message of this `subject` or an act, and commit it when `second` waits for it.

    Raises what `second` raises, and AssertionError where nothing of the first holds it back.
    """
    async with world.worker.unit() as unit:
        if isinstance(first, Message):
            envelope = an_envelope(first, subject=subject)
            is_command = first.message_kind is Kind.COMMAND
            tx = unit.begin(region=envelope.region, message=envelope, is_command=is_command)
            route = world.service.handlers.messages[type(first)]
            await unit.load_ahead([(route, first, tx)])
            await route.handler(first, tx)
        else:
            await first(unit.begin(region=RegionCode(REGION)))
        await unit.flush()
        rival = asyncio.create_task(second)

        async def waits() -> bool:
            async with world.worker.reading() as session:
                blocked: int = (await session.execute(_WAITING)).scalar_one()
            return blocked > 0 or rival.done()

        await wait_for(waits)
        assert not rival.done(), "nothing held the second one back"
    await rival
