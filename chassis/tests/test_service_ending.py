"""A service's process ends in order, and what a killed one left is done by its successor."""

import asyncio
import time
from uuid import uuid4

import pytest
from kvitt_testkit.platform import Platform
from kvitt_testkit.running import Running
from kvitt_testkit.world import wait_for

from chassis.tests import toy
from chassis.tests.wire import MODULE, read_all

pytestmark = pytest.mark.long(seconds=20)

BODY = {"reader": "k082lno", "about": str(uuid4())}


@pytest.fixture(scope="module", autouse=True)
def toy_database(platform: Platform, prefix: str) -> None:
    urls = platform.database("notifications", prefix, migrate=False)
    toy.make_tables(urls.owner)


async def test_sigterm_ends_in_order_with_all_that_was_accepted_sent(
    platform: Platform, prefix: str, running: Running
) -> None:
    process = await running("notifications", module=MODULE)
    accepted: list[str] = []

    async def load() -> None:
        async with process.http() as client:
            while (answer := await client.post("/letters", json=BODY)).status_code == 201:
                accepted.append(answer.json()["id"])

    loads = [asyncio.create_task(load()) for _ in range(4)]
    await wait_for(lambda: len(accepted) > 50)
    started = time.monotonic()
    process.terminate()
    code = await asyncio.to_thread(process.stop)
    await asyncio.gather(*loads, return_exceptions=True)

    assert (code, time.monotonic() - started < 25) == (0, True), process.said()[-2000:]
    sent = {key for key, _ in await read_all(platform, prefix)}
    assert sent.issuperset(accepted)


async def test_a_killed_process_leaves_nothing_unsent_for_its_successor(
    platform: Platform, prefix: str, running: Running
) -> None:
    first = await running("notifications", module=MODULE, KVITT_FAILPOINTS="relay.before_send=kill")
    async with first.http() as client:
        posted = await client.post("/letters", json={**BODY, "reader": "survivor"})
    assert first.popen is not None
    await asyncio.to_thread(first.popen.wait, 10)

    second = await running(
        "notifications",
        module=MODULE,
    )
    await second.come_to_rest()

    assert posted.json()["id"] in {key for key, _ in await read_all(platform, prefix)}
