"""The system that the tests of the races run in."""

from collections.abc import AsyncIterator, Callable

import pytest
from kvitt_testkit.world import ServiceUrls

from tests.races.setting import the_policies
from tests.races.system import SERVICES, System


@pytest.fixture
async def system(service_database: Callable[[str], ServiceUrls]) -> AsyncIterator[System]:
    """The three services on the module's databases."""
    made = System({name: service_database(name) for name in SERVICES}, the_policies())
    yield made
    await made.close()
