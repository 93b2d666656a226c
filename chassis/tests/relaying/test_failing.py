"""Kafka or the database fails, and the relay outlasts it."""

import asyncio
import random
import string
from dataclasses import replace
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from confluent_kafka.admin import (
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ResourceType,
)
from kvitt.local.servers import admin_client
from kvitt_chassis import failpoints
from kvitt_chassis.metrics import REGISTRY
from kvitt_contracts.topics import NOTIFICATIONS_MESSAGES
from kvitt_testkit.platform import Platform

from chassis.tests.outbox_parts import (
    SERVICE,
    TOPIC,
    Log,
    a_log,
    by_key,
    once,
    record,
)
from chassis.tests.relaying.running import fail, running, true, until, until_sent

pytestmark = pytest.mark.long(seconds=35)


async def test_a_page_that_kafka_refuses_is_sent_again_until_it_takes_it(
    platform: Platform,
) -> None:
    small = replace(NOTIFICATIONS_MESSAGES, max_message_bytes=2_000)
    noise = "".join(random.Random(1).choices(string.printable, k=9_000))
    async with a_log(platform, topics=[small]) as log:
        database = log.database()
        relay = log.relay(log.database())
        async with running(relay):
            await record(database, "key")
            await until_sent(database)
            await record(database, "key", payload=noise)
            await record(database, "key")
            failures = _failures()
            await until(lambda: true(_failures() >= failures + 2))

            client = admin_client(platform.bootstrap, platform.admin)
            resource = ConfigResource(
                ResourceType.TOPIC,
                log.prefix + TOPIC,
                incremental_configs=[
                    ConfigEntry(
                        "max.message.bytes",
                        "1048576",
                        incremental_operation=AlterConfigOpType.SET,
                    )
                ],
            )
            for done in client.incremental_alter_configs([resource]).values():
                done.result(10)
            await until_sent(database)

        assert once(by_key(await log.topic())) == {"key": [1, 2, 3]}


async def test_a_producer_is_given_up_after_an_error(log: Log) -> None:
    database = log.database()
    relay = log.relay(log.database())
    async with running(relay):
        await record(database, "key")
        await until_sent(database)
        producers = [relay._publisher._producer]
        for where in ("relay.before_send", "relay.after_send"):
            failpoints.arm(where, fail)
            await record(database, "key")
            await until_sent(database)
            producers.append(relay._publisher._producer)

    assert None not in producers
    assert len(set(producers)) == 3
    assert once(by_key(await log.topic())) == {"key": [1, 2, 3]}


async def test_a_send_that_is_never_answered_ends_at_its_deadline(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kvitt_chassis.relaying.publisher.PUBLISH_SECONDS", 1.0)
    database = log.database()
    send_batch, unanswered = AIOKafkaProducer.send_batch, [True]

    async def silent_at_first(producer: Any, *batch: Any, **place: Any) -> Any:
        answer = await send_batch(producer, *batch, **place)
        return asyncio.Future() if unanswered and unanswered.pop() else answer

    monkeypatch.setattr(AIOKafkaProducer, "send_batch", silent_at_first)
    async with running(log.relay(log.database())):
        await record(database, "key")
        await until_sent(database)

    assert not unanswered
    assert once(by_key(await log.topic())) == {"key": [1]}


async def test_a_lost_database_connection_is_outlasted(log: Log) -> None:
    database = log.database()
    async with running(log.relay(log.database())):
        await record(database, "key")
        await until_sent(database)
        await log.as_owner(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        fresh = log.database()
        await record(fresh, "key")
        await until_sent(fresh)

    assert by_key(await log.topic()) == {"key": [1, 2]}


def _failures() -> float:
    found = REGISTRY.get_sample_value("relay_failures_total", {"service": SERVICE, "part": "kafka"})
    return found or 0.0
