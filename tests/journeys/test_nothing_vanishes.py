"""Whatever a region writes, by Kafka or over HTTP, has its receipt or its refusal on the feed;
through Kafka, orders and notifications.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.partitioner import murmur2
from kvitt.story.region_client import RegionClient
from kvitt_testkit.platform import Platform
from kvitt_testkit.running import Running, ServiceProcess
from kvitt_testkit.sending import (
    AsEvent,
    an_event,
    send_batch,
    send_binary,
    send_structured,
)
from kvitt_testkit.wire import client_settings, read_records
from kvitt_testkit.world import ServiceUrls, an_envelope

from contracts.tests.builders.regions import a_payer_stated, a_person_stated

pytestmark = pytest.mark.long(seconds=30)


async def test_what_a_region_writes_is_answered_on_its_feed(
    platform: Platform,
    prefix: str,
    service_database: Callable[[str], ServiceUrls],
    running: Running,
) -> None:
    processes: dict[str, ServiceProcess] = {}
    for name in ("orders", "notifications"):
        service_database(name)
        processes[name] = await running(name)
        await processes[name].come_to_rest()
    written: list[dict[str, bytes | None]] = [
        {"ce_type": b"region.payr.stated.v1"},
        {"ce_type": b"region.payer.stated.v9", "ce_subject": b"P-2"},
        {"ce_id": None, "ce_subject": b"P-3"},
    ]
    async with AIOKafkaProducer(**client_settings(platform, "region-ac")) as producer:
        places = [await _write(producer, prefix, one) for one in written]
        good = await _write(producer, prefix, {"ce_subject": b"81001"})
        told = await _told(platform, prefix, len(written) + 1)

    by_reason = {one["reason"]: one for one in told if "reason" in one}
    assert set(by_reason) == {"UNKNOWN_TYPE", "UNKNOWN_VERSION", "UNREADABLE"}
    assert by_reason["UNKNOWN_TYPE"]["field"] == "ce_type"
    assert by_reason["UNKNOWN_VERSION"]["outcome"] == "quarantined"
    lost = by_reason["UNREADABLE"]
    assert (lost["partition"], lost["offset"]) == places[2]
    (receipt,) = [one for one in told if one.get("outcome") == "applied"]
    assert (receipt["partition"], receipt["offset"]) == good
    assert (receipt["subject"], receipt["thing"]) == ("81001", "payer")

    # the same over HTTP, in one batch and in the other modes
    payer, wrong = _payer("81002"), _payer("81003", type="region.payr.stated.v1")
    person = an_event(a_person_stated(), subject="ac-person-1")
    again, umlauts = replace(payer, data=payer.data | {"version": 1}), _payer("81004")
    async with processes["orders"].http(region="ac") as client:
        batch = await send_batch(client, payer, wrong, person, again)
        single = await send_structured(client, umlauts)
        binary = await send_binary(client, _payer("81005"))

    assert [one.status_code for one in (batch, single, binary)] == [202, 202, 202]
    verdicts = batch.json()["results"]
    assert [one["accepted"] for one in verdicts] == [True, False, True, True]
    assert (verdicts[1]["reason"], verdicts[1]["field"]) == ("UNKNOWN_TYPE", "ce_type")

    records = await read_records(
        platform, f"{prefix}region.ac.orders", f"{prefix}region.ac.persons", principal="orders"
    )
    (stands,) = [one for one in records if one.key == "81004"]
    assert stands.partition == (murmur2(b"81004") & 0x7FFFFFFF) % 6
    assert stands.envelope.id == UUID(umlauts.id)
    assert json.loads(stands.value) == umlauts.data
    assert "Umeå".encode() in stands.value
    assert wrong.id not in str(records)

    told = await _told(platform, prefix, len(written) + 1 + 5)
    over_http = [one for one in told if one.get("subject") not in ("81001", "P-2", "P-3")]
    assert sorted((one["subject"], one["outcome"]) for one in over_http) == [
        ("81002", "applied"),
        ("81002", "duplicate"),
        ("81004", "applied"),
        ("81005", "applied"),
        ("ac-person-1", "applied"),
    ]
    (of_person,) = [one for one in told if one.get("subject") == "ac-person-1"]
    assert "thing" not in of_person


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
    async with client, asyncio.timeout(30):
        while len(found := await client.feed()) < number:
            pass
        return [dict(one.data) for one in found]


def _payer(number: str, **changes: Any) -> AsEvent:
    fact = a_payer_stated(number, name=f"Umeå {number}")
    return an_event(fact, subject=number).but(**changes)
