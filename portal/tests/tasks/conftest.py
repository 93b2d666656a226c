"""Fixtures of the tasks: what a task is done with, of the test's own."""

import pytest_asyncio

from portal.tests.fetching import Fetching, a_fetching
from portal.tests.handover import Handover, a_handover
from portal.tests.leaving import Leaving, a_leaving
from portal.tests.scene import Scene
from portal.tests.system import BY_LINE, PortalSystem
from portal.tests.working import Working, a_working


@pytest_asyncio.fixture(loop_scope="session")
async def by_line(portal_system: PortalSystem) -> Handover:
    """A handover of two devices in the region where each is answered by itself."""
    return await a_handover(Scene(portal_system, BY_LINE), devices=2)


@pytest_asyncio.fixture(loop_scope="session")
async def home(scene: Scene) -> Fetching:
    """A patient with three devices at home."""
    return await a_fetching(scene)


@pytest_asyncio.fixture(loop_scope="session")
async def working(scene: Scene) -> Working:
    """A patient with devices at home, and a service that is ordered on them."""
    return await a_working(scene)


@pytest_asyncio.fixture(loop_scope="session")
async def leaving(scene: Scene) -> Leaving:
    """A patient who leaves the region, with devices and unmarked goods at home."""
    return await a_leaving(scene)
