"""What tests of the inbox and the park share: the trail's tables, its consumer and its messages."""

from collections.abc import AsyncIterator

import pytest
from kvitt_chassis.consuming.consumer import Consumer
from kvitt_chassis.database import Database
from kvitt_contracts.policy import Policies
from kvitt_testkit.world import Servers, ServiceUrls

from chassis.tests import trail
from chassis.tests.trail import Log


@pytest.fixture(scope="module")
def urls(platform: Servers, prefix: str) -> ServiceUrls:
    return trail.make_database(platform, prefix)


@pytest.fixture
async def database(urls: ServiceUrls, policies: Policies) -> AsyncIterator[Database]:
    async with trail.emptied(urls, policies) as database:
        yield database


@pytest.fixture
def consumer(database: Database) -> Consumer:
    return trail.a_consumer(database)


@pytest.fixture
def log() -> Log:
    return Log()
