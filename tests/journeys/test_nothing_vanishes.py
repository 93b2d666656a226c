"""Whatever a region writes that has no effect is told on its feed, within two seconds on a system
that rests; through Kafka, orders and notifications.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from kvitt.story.region_client import RegionClient
from kvitt_testkit.platform import Platform
from kvitt_testkit.running import Running
from kvitt_testkit.wire import client_settings
from kvitt_testkit.world import ServiceUrls, an_envelope

from contracts.tests.builders.regions import a_payer_stated

pytestmark = pytest.mark.long(seconds=30)


async def test_what_a_region_writes_in_vain_is_on_its_feed_within_two_seconds(
    platform: Platform,
    prefix: str,
    service_database: Callable[[str], ServiceUrls],
    running: Running,
) -> None:
    for name in ("orders", "notifications"):
        service_database(name)
        await (await running(name)).come_to_rest()
    written: list[dict[str, bytes | None]] = [
        {"ce_type": b"region.payr.stated.v1"},
        {"ce_type": b"region.payer.stated.v9", "ce_subject": b"P-2"},
        {"ce_id": None, "ce_subject": b"P-3"},
    ]
    async with AIOKafkaProducer(**client_settings(platform, "region-ac")) as producer:
        places = [await _write(producer, prefix, one) for one in written]
        told = await _told(platform, prefix, len(written))

    by_reason = {one["reason"]: one for one in told}
    assert set(by_reason) == {"UNKNOWN_TYPE", "UNKNOWN_VERSION", "UNREADABLE"}
    assert by_reason["UNKNOWN_TYPE"]["field"] == "ce_type"
    assert by_reason["UNKNOWN_VERSION"]["outcome"] == "quarantined"
    lost = by_reason["UNREADABLE"]
    assert (lost["partition"], lost["offset"]) == places[2]


async def _write(
    producer: AIOKafkaProducer, prefix: str, changes: dict[str, bytes | None]
) -> tuple[int, int]:
    fact = a_payer_stated("81001", version=1, name="Umeå")
    described: dict[str, bytes | None] = dict(an_envelope(fact, subject="81001").headers())
    headers = [(name, value) for name, value in (described | changes).items() if value is not None]
    done = await producer.send_and_wait(
        f"{prefix}region.ac.orders", fact.model_dump_json().encode(), headers=headers
    )
    return done.partition, done.offset


async def _told(platform: Platform, prefix: str, number: int) -> list[dict[str, Any]]:
    credentials = platform.credentials("region-ac")
    assert credentials is not None
    client = RegionClient(
        "ac", bootstrap=platform.bootstrap, credentials=credentials, topic_prefix=prefix
    )
    async with client, asyncio.timeout(20):
        while len(found := await client.feed()) < number:
            pass
        return [dict(one.data) for one in found]
