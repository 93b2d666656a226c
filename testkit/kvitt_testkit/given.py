"""The pytest plugin for services: `given(service)` gives one with empty tables, on a database that
is its module's own.
"""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from uuid import uuid4
from zlib import crc32

import pytest
from kvitt_chassis.policies import read_policies
from kvitt_chassis.service import Service
from kvitt_contracts.envelope import Message
from kvitt_contracts.policy import Policies

from kvitt_testkit.world import Given, Servers, ServiceUrls, World, regions_dir, stockholm

_RUN = uuid4().hex


@pytest.fixture(scope="session")
def policies(pytestconfig: pytest.Config) -> Policies:
    """The policies of this repository's regions."""
    return read_policies(regions_dir(pytestconfig))


@pytest.fixture(scope="module")
def prefix(request: pytest.FixtureRequest) -> str:
    """This module's own prefix on databases, topics and groups; another one in each run, since
    runs may share servers.
    """
    name = request.node.nodeid
    stem = re.sub(r"[^a-z0-9]+", "_", Path(name).stem.lower())[-20:].strip("_")
    return f"t{crc32((_RUN + name).encode()):08x}_{stem}_"


@pytest.fixture(scope="module")
def service_database(platform: Servers, prefix: str) -> Callable[[str], ServiceUrls]:
    """`service_database("bmb")`: a migrated database of this module, copied from a template."""
    made: dict[str, ServiceUrls] = {}

    def database(service: str) -> ServiceUrls:
        if service not in made:
            made[service] = platform.database(service, prefix)
        return made[service]

    return database


@pytest.fixture(scope="session")
def hears() -> Callable[[Message], None]:
    """What is called with each message before a service handles it; a conftest.py may override it
    to refuse, by raising, what no sender sends.
    """
    return lambda _: None


@pytest.fixture
def given(
    service_database: Callable[[str], ServiceUrls],
    policies: Policies,
    hears: Callable[[Message], None],
) -> Given:
    """`async with given(service, at=stockholm("2026-03-02 08:00")) as world`: empty tables, and
    business time set.
    """

    @asynccontextmanager
    async def make(
        service: Service,
        *,
        at: datetime | None = None,
        policies: Policies = policies,
        urls: ServiceUrls | None = None,
    ) -> AsyncIterator[World]:
        world = World(service, urls or service_database(service.name), policies, hears=hears)
        try:
            await world.begin(at or stockholm("2026-03-02 08:00"))
            yield world
        finally:
            await world.close()

    return make
