"""What the tests of the races share: a system on databases of the module's own."""

from collections.abc import AsyncIterator, Callable

import pytest
from kvitt_testkit.world import ServiceUrls

from tests.races.lot import explore, seeds
from tests.races.setting import the_policies
from tests.races.system import SERVICES, System


@pytest.fixture
async def system(service_database: Callable[[str], ServiceUrls]) -> AsyncIterator[System]:
    """The three services on the module's databases."""
    made = System({name: service_database(name) for name in SERVICES}, the_policies())
    yield made
    await made.close()


async def all_hold(system: System, first: int, count: int) -> None:
    """Assert that so many seeds hold; each that does not is named with how to repeat it."""
    runs = await explore(system, seeds(range(first, first + count)))
    broken = [f"make races SEED={run.seed}: {run.violations[0]}" for run in runs if run.violations]
    assert broken == []
