"""A request takes one connection: however many ask at once, none waits for another's second."""

import asyncio

from kvitt_contracts.types import Role

from contracts.tests.builders.story import RECEIVER, RECEIVING, transfer_id
from services.bmb.tests.worlds import Registered, registered, sent

__all__ = ["registered"]

AT_ONCE = 12
"""More than a service has connections."""


async def test_many_who_look_at_a_transfer_at_once_are_all_answered(
    registered: Registered,
) -> None:
    async with registered() as world:
        await sent(world)
        address = f"/transfers/{transfer_id()}"
        async with world.http(
            user=RECEIVER, roles=[Role.PRESCRIBER], service_points=[RECEIVING]
        ) as client:
            answers = await asyncio.gather(*(client.get(address) for _ in range(AT_ONCE)))

    assert [one.status_code for one in answers] == [200] * AT_ONCE
