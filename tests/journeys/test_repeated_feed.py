"""A relay that dies between sending a page and storing its cursor sends the page again: the records
stand in the region's feed twice, and each reader of the feed takes them once.
"""

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from aiokafka import AIOKafkaProducer
from kvitt.story.region_client import RegionClient
from kvitt_contracts.envelope import Event
from kvitt_testkit.platform import Platform
from kvitt_testkit.running import Running
from kvitt_testkit.wire import Record, client_settings, read_records, repeated
from kvitt_testkit.world import ServiceUrls, an_envelope

from contracts.tests.builders.orders import a_person_registered, an_order_placed

pytestmark = pytest.mark.long(seconds=20)

READ_FEED = Path(__file__).parents[2] / "docs" / "integrators" / "read_feed.py"
ORDER = an_order_placed(reference="VB-2026-17")
PERSON = a_person_registered()


@pytest.fixture
async def feed(
    platform: Platform,
    prefix: str,
    service_database: Callable[[str], ServiceUrls],
    running: Running,
) -> list[Record]:
    """What stands in the feed of region ac after an order was placed and a relay has died."""
    service_database("notifications")
    first = await running("notifications", KVITT_FAILPOINTS="relay.after_send=kill")
    await _publish(platform, f"{prefix}orders.persons", PERSON, PERSON.person)
    await _publish(platform, f"{prefix}orders.customer-orders", ORDER, ORDER.order_id)
    assert first.popen is not None
    assert await asyncio.to_thread(first.popen.wait, 30) < 0, first.said()[-2000:]
    second = await running("notifications")
    await second.come_to_rest()
    return await read_records(platform, f"{prefix}region.ac.events")


async def test_the_feeds_readers_pass_over_what_a_dead_relay_has_sent_twice(
    platform: Platform, prefix: str, feed: list[Record], tmp_path: Path
) -> None:
    assert len(feed) == 4  # the order and its line, twice
    assert len(repeated(feed)) == 2

    told = await _told_to_the_story(platform, prefix)
    lines = await _told_to_an_integrator(platform, prefix, tmp_path)

    assert sorted(told) == ["ordered", "registered"]
    assert sorted(lines) == ["VB-2026-17: ordered", "VB-2026-17: registered"]


async def _publish(platform: Platform, topic: str, event: Event, subject: UUID) -> None:
    envelope = an_envelope(event, subject=str(subject))
    async with AIOKafkaProducer(**client_settings(platform, "orders")) as producer:
        await producer.send_and_wait(
            topic,
            event.model_dump_json().encode(),
            key=envelope.subject.encode(),
            headers=envelope.headers(),
        )


async def _told_to_the_story(platform: Platform, prefix: str) -> list[str]:
    credentials = platform.credentials("region-ac")
    assert credentials is not None
    client = RegionClient(
        "ac", bootstrap=platform.bootstrap, credentials=credentials, topic_prefix=prefix
    )
    async with client:
        return [one.data["status"] for one in await client.feed()]


async def _told_to_an_integrator(platform: Platform, prefix: str, directory: Path) -> list[str]:
    user = platform.credentials("region-ac")
    assert user is not None
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(READ_FEED),
        f"{prefix}region.ac.events",
        f"{prefix}region-ac",
        str(directory / "journal.sqlite"),
        env={
            **os.environ,
            "KAFKA_BOOTSTRAP": platform.bootstrap,
            "KAFKA_SECURITY": "SASL_PLAINTEXT",
            "KAFKA_USERNAME": user.username,
            "KAFKA_PASSWORD": user.password,
        },
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    assert process.returncode == 0
    return output.decode().splitlines()
