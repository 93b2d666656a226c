"""INV-10 on real PostgreSQL: counts and business in any order."""

import random

import pytest
from inventory.devices.models import DeviceRow
from kvitt_contracts.refusals import Refused
from kvitt_testkit.world import World

from contracts.tests.builders.bmb import a_transfer_requested_from_store
from contracts.tests.builders.orders import (
    a_device_line,
    a_line,
    a_withdrawal_placed,
)
from contracts.tests.builders.regions import (
    a_device_returned,
)
from contracts.tests.builders.story import (
    CUSHION,
    OWN,
    ROLLATOR,
)
from services.inventory.tests.stocktaking.rounds import (
    ONE,
    THREE,
    TWO,
    assert_shelves_have_their_devices,
    counted,
    finding,
    later,
    opened,
    posted,
)


@pytest.mark.rule("INV-10d", "INV-10e", "INV-10g")
@pytest.mark.parametrize("seed", range(12))
async def test_no_order_of_counts_and_business_makes_a_balance_negative_or_loses_a_device(
    world: World, seed: int
) -> None:
    chance = random.Random(seed)
    await opened(world)
    for step in range(14):
        await attempt(world, chance, step)
        await later(world)
        await assert_shelves_have_their_devices(world)

    assert len(await world.rows(DeviceRow)) == 3


async def attempt(world: World, chance: random.Random, step: int) -> None:
    """One act that may be refused."""
    number = chance.choice((ONE, TWO, THREE))
    act = chance.choice(("count", "count", "post", "withdraw", "return", "find", "transfer"))
    here = [row.device_number for row in await world.rows(DeviceRow) if row.state().store == OWN]
    try:
        match act:
            case "count":
                seen = tuple(one for one in here if chance.random() < 0.7)
                cushions = chance.randrange(8)
                await counted(world, (ROLLATOR, len(seen), seen), (CUSHION, cushions, ()))
            case "post":
                await posted(world)
                await opened(world)
            case "withdraw":
                line = chance.choice(
                    (a_device_line(number, order=f"O-{step}"), a_line(CUSHION, order=f"O-{step}"))
                )
                await world.handle(a_withdrawal_placed(line, reference=f"O-{step}"))
            case "return":
                await world.handle(a_device_returned(number))
            case "find":
                await world.handle(finding(number), subject=number)
            case "transfer":
                name = f"BMB-{step}"
                await world.handle(
                    a_transfer_requested_from_store(number, store=OWN, transfer=name)
                )
    except Refused:
        return
