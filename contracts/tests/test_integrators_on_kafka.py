"""The code samples as a region's system runs them: its own user, a real broker."""

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.partitioner import DefaultPartitioner
from kvitt_contracts.envelope import Envelope
from kvitt_contracts.examples import Example, examples
from kvitt_contracts.topics import REGION_EVENTS, REGION_ORDERS, for_region
from kvitt_testkit.platform import Platform
from kvitt_testkit.wire import client_settings

pytestmark = pytest.mark.long(seconds=10)

SAMPLES = Path(__file__).parents[2] / "docs" / "integrators"
PREFIX = "integrators-"
ORDERS = f"{PREFIX}region.ac.orders"
EVENTS = f"{PREFIX}region.ac.events"


async def _run(platform: Platform, sample: str, *arguments: str) -> str:
    user = platform.credentials("region-ac")
    environment = {
        **os.environ,
        "KAFKA_BOOTSTRAP": platform.bootstrap,
        "KAFKA_SECURITY": "SASL_PLAINTEXT",
        "KAFKA_USERNAME": user.username if user else "",
        "KAFKA_PASSWORD": user.password if user else "",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(SAMPLES / f"{sample}.py"),
        *arguments,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return output.decode()


async def _publish(platform: Platform, topic: str, *several: Example) -> None:
    producer = AIOKafkaProducer(**client_settings(platform, "notifications"))
    await producer.start()
    try:
        for one in several:
            key = one.envelope.subject.encode()
            await producer.send_and_wait(topic, one.body, key=key, headers=one.headers)
    finally:
        await producer.stop()


async def test_what_the_sample_sends_lies_where_java_would_put_it(
    platform: Platform, tmp_path: Path
) -> None:
    platform.create_topics(PREFIX, ["ac"], topics=[for_region(REGION_ORDERS, "ac")])
    order = examples("orders.order.place.v1")[0]
    subjects = [f"VB-2026-{number:05}" for number in range(6)]
    file = tmp_path / "order.json"
    file.write_bytes(order.body)

    await asyncio.gather(
        *(_run(platform, "send", ORDERS, order.wire_type, one, str(file)) for one in subjects)
    )

    consumer = AIOKafkaConsumer(
        ORDERS, auto_offset_reset="earliest", **client_settings(platform, "orders")
    )
    await consumer.start()
    try:
        records = [await asyncio.wait_for(consumer.getone(), 20) for _ in subjects]
    finally:
        await consumer.stop()
    assert {Envelope.from_headers(record.headers).subject for record in records} == set(subjects)
    for record in records:
        assert json.loads(record.value) == order.data
        assert record.partition == DefaultPartitioner()(record.key, list(range(6)), list(range(6)))


async def test_the_sample_tells_each_message_of_the_feed_once(
    platform: Platform, tmp_path: Path
) -> None:
    platform.create_topics(PREFIX, ["ac"], topics=[for_region(REGION_EVENTS, "ac")])
    order, transfer = (examples(f"region.{noun}.reported.v1")[0] for noun in ("order", "transfer"))
    arguments = (EVENTS, f"{PREFIX}region-ac-journal", str(tmp_path / "journal.sqlite"))
    await _publish(platform, EVENTS, order, order)

    told = await _run(platform, "read_feed", *arguments)
    await _publish(platform, EVENTS, order, transfer)
    told_later = await _run(platform, "read_feed", *arguments)

    assert told == "VB-2026-00871: delivered\n"
    assert told_later == f"{transfer.data['transfer']}: {transfer.data['status']}\n"
