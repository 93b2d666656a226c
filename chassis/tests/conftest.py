"""What tests share: the toy with empty tables; the trail's tables, consumer and messages."""

from collections.abc import AsyncIterator

import pytest
from kvitt_chassis.consuming.consumer import Consumer
from kvitt_chassis.database import Database
from kvitt_contracts.policy import Policies
from kvitt_testkit.world import Given, Servers, ServiceUrls, World

from chassis.tests import toy, trail
from chassis.tests.trail import Log


@pytest.fixture(scope="module")
def toy_urls(platform: Servers, prefix: str) -> ServiceUrls:
    urls = platform.database(toy.service.name, prefix, migrate=False)
    toy.make_tables(urls.owner)
    return urls


@pytest.fixture
async def world(given: Given, toy_urls: ServiceUrls) -> AsyncIterator[World]:
    async with given(toy.service, urls=toy_urls) as world:
        yield world


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
