"""The thousand random orders that the tests of this folder judge: lived through once."""

import asyncio
from collections.abc import Callable, Sequence
from random import Random

import pytest
from kvitt_contracts.policy import Policies
from kvitt_testkit.world import ServiceUrls

from tests.previews.month import RegionMonth
from tests.previews.setting import REGIONS, with_covers
from tests.races.system import SERVICES, System

ORDERS = 250
"""In each region."""
SEED = 20260608


@pytest.fixture(scope="module")
def months(
    service_database: Callable[[str], ServiceUrls], policies: Policies
) -> Sequence[RegionMonth]:
    """Each region's month, with what was shown of its orders and what came of them."""

    async def live() -> Sequence[RegionMonth]:
        system = System({name: service_database(name) for name in SERVICES}, with_covers(policies))
        try:
            return await asyncio.gather(
                *(
                    RegionMonth(system, region, ORDERS, number, Random(SEED + number)).live()
                    for number, region in enumerate(REGIONS, start=1)
                )
            )
        finally:
            await system.close()

    return asyncio.run(live())
