"""Fixtures of the portal's tests: the whole system, until the last of them, and a browser, once for
each worker.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import pytest
import pytest_asyncio
from kvitt_testkit.platform import Platform
from playwright.async_api import Browser, async_playwright
from pytest_asyncio import is_async_test

from portal.tests import kept, system
from portal.tests.billed import bill
from portal.tests.browser import (
    FLAGS,
    HOW_TO_GET_CHROMIUM,
    WIDE,
    Actor,
    MakeActor,
    Visitor,
    chromium,
    logged_in,
)
from portal.tests.handover import Handover, a_handover
from portal.tests.scene import Scene
from portal.tests.system import PortalSystem
from portal.tests.ward import Ward, a_ward

HERE = Path(__file__).parent
_PATIENCE_SECONDS = 900
IN_BRIEF = {
    f"test_{name}"
    for name in (
        "answers", "applications", "baskets", "cases", "damages", "fault_reports", "invoicing",
        "log_in", "moving", "ordering", "orders", "pickups", "receipts", "returning", "sending",
        "taking_over", "unlocking", "users", "withdrawals", "work_orders",
    )
}  # fmt: skip
"""The flows of which a whole run does one task in Chromium."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The tests of this folder share one event loop: the browser's connection lives in it. Whoever
    comes first starts the system, which takes minutes on a busy machine.

    A whole run does the first counted task of each module in IN_BRIEF, and what else holds a clause
    that no other test holds; the other tasks and ways (by keyboard alone, without script, pressed
    twice) are left to `make portal`.
    """
    for item in _other_ways(items):
        item.add_marker(pytest.mark.thorough)
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.timeout(_PATIENCE_SECONDS), append=False)
            if is_async_test(item):
                item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


def _other_ways(items: Sequence[pytest.Item]) -> Iterator[pytest.Item]:
    """Tests in a browser that are not the first counted task of a module in IN_BRIEF."""
    ways = [item for item in items if _is_done_in_a_browser(item)]
    counted = [item for item in reversed(ways) if item.get_closest_marker("task")]
    first = {item.path: item for item in counted if item.path.stem in IN_BRIEF}
    return (item for item in ways if first.get(item.path) is not item)


def _is_done_in_a_browser(item: pytest.Item) -> bool:
    used: Sequence[str] = getattr(item, "fixturenames", ())
    return item.path.is_relative_to(HERE / "tasks") and "actor" in used


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def portal_system(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    pytestconfig: pytest.Config,
) -> AsyncIterator[PortalSystem]:
    """The five services and the portal, after the first days of the regions' month. What a test
    needs that nobody else touches it makes itself, by `scene`.
    """
    logs = tmp_path_factory.mktemp("portal")
    if (directory := kept.directory()) is not None:
        async with kept.attached(directory, logs, pytestconfig.rootpath) as found:
            yield found
        return
    platform: Platform = request.getfixturevalue("platform")
    async with system.running(platform, logs, pytestconfig.rootpath, begin=bill) as found:
        yield found


@pytest.fixture(scope="package")
def issuers(portal_system: PortalSystem) -> Sequence[str]:
    """Identity providers, running, whose tokens the services take."""
    return portal_system.issuers


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium, once for each worker. Where there is none, what needs it is skipped by name."""
    program = chromium()
    if program is None:
        pytest.skip(HOW_TO_GET_CHROMIUM)
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield opened
        await opened.close()


@pytest_asyncio.fixture(loop_scope="session")
async def actor(browser: Browser, portal_system: PortalSystem) -> AsyncIterator[MakeActor]:
    """`anna = await actor("f101", at="/bmb/att-gora")`: somebody at the portal. Afterwards the test
    fails for what the browser has complained of.
    """
    made: list[Actor] = []

    async def make(
        user: str,
        at: str = "/",
        *,
        region: str = "ac",
        script: bool = True,
        width: int = WIDE,
        operates: str = "",
    ) -> Actor:
        who = Visitor(
            user=user, region=region, at=at, has_script=script, width=width, operates=operates
        )
        one = await logged_in(browser, portal_system.url, who)
        made.append(one)
        return one

    yield make
    for one in made:
        await one.page.context.close()
    assert [fault for one in made for fault in one.faults] == []


@pytest_asyncio.fixture(loop_scope="session")
async def scene(portal_system: PortalSystem) -> Scene:
    """Persons, users, units and devices of a test's own, as the region ac states them."""
    return Scene(portal_system)


@pytest_asyncio.fixture(loop_scope="session")
async def ward(scene: Scene) -> Ward:
    """A ward whose store has no cushion."""
    return await a_ward(scene)


@pytest_asyncio.fixture(loop_scope="session")
async def handover(scene: Scene) -> Handover:
    """A handover of one device."""
    return await a_handover(scene)
