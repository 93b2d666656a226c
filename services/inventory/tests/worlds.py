"""What tests on real PostgreSQL read of inventory, and the refusal that an attempt ends with."""

from collections.abc import Awaitable

import pytest
from inventory.devices.models import DeviceRow
from inventory.stock.models import BalanceRow
from kvitt_contracts.policy import Policies, PolicyHistory
from kvitt_contracts.policy_parts import StocktakingPolicy
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import Money, RegionCode
from kvitt_testkit.world import World

from contracts.tests.builders.story import CENTRAL, device_id


async def balance(world: World, number: str, store: str = CENTRAL) -> tuple[int, int, int]:
    """Available, reserved, on order."""
    for row in await world.rows(BalanceRow):
        if row.article_number == number and row.store == store:
            return (row.available, row.reserved, row.on_order)
    return (0, 0, 0)


async def device(world: World, number: str = "170098") -> DeviceRow:
    """The device that was registered under a number."""
    return await world.row(DeviceRow, device_id(number))


async def refusal(attempt: Awaitable[object]) -> Refused:
    """The refusal that an attempt ends with."""
    with pytest.raises(Refused) as refused:
        await attempt
    return refused.value


def with_a_limit(policies: Policies) -> Policies:
    """Of region ac what costs less than 1 000 kronor is scrapped when its patient moves away."""
    region = RegionCode("ac")
    limit = {"scrap_below": Money(net_ore=100_000, vat_percent=25)}
    changed = [one.model_copy(update=limit) for one in policies.of(region).versions]
    return Policies({region: PolicyHistory(versions=tuple(changed))})


def made_fit(policies: Policies) -> Policies:
    """What comes back to the device service of region ac is reconditioned."""
    region = RegionCode("ac")
    changed = [
        one.model_copy(update={"reconditioning": True}) for one in policies.of(region).versions
    ]
    return Policies({region: PolicyHistory(versions=tuple(changed))})


def counted_yearly(policies: Policies) -> Policies:
    """The stores of region ac are counted in November, and told of it a month before."""
    region = RegionCode("ac")
    told = {"stocktaking": StocktakingPolicy(month=11, notice_days=30)}
    changed = [one.model_copy(update=told) for one in policies.of(region).versions]
    return Policies({region: PolicyHistory(versions=tuple(changed))})
