"""One relay sends: who holds the lease, who takes over, and what a killed process leaves."""

import asyncio
import json
import os
import sys

import pytest
from kvitt_chassis.ending import end_tasks
from kvitt_chassis.relaying.machine import LEASE_SECONDS, STANDBY_SECONDS
from sqlalchemy import text

from chassis.tests.outbox_parts import (
    SERVICE,
    Log,
    by_key,
    committed,
    once,
    record,
)
from chassis.tests.relaying.running import running, true, until, until_sent

pytestmark = pytest.mark.long(seconds=35)


async def test_when_the_relay_that_holds_the_lease_dies_the_other_takes_over(log: Log) -> None:
    database = log.database()
    holder, heir = log.relay(log.database()), log.relay(log.database())
    async with running(holder):
        await until(lambda: true(holder.is_holder))
        standby = asyncio.create_task(heir.run())
    await record(database, "key")
    await until_sent(database)
    await end_tasks([standby])

    assert heir.is_holder
    assert LEASE_SECONDS + STANDBY_SECONDS < 3.0  # what is promised where nothing else is slow
    assert by_key(await log.topic()) == {"key": [1]}


async def test_while_one_relay_holds_the_lease_the_other_stands_by(log: Log) -> None:
    database = log.database()
    holder, standby = log.relay(log.database()), log.relay(log.database())
    async with running(holder):
        await until(lambda: true(holder.is_holder))
        async with running(standby):
            for _ in range(5):
                await record(database, "key")
                await until_sent(database)
                await asyncio.sleep(STANDBY_SECONDS)  # each time it asks for the lease
                assert (holder.is_holder, standby.is_holder) == (True, False)
        async with database.reading() as session:
            epoch = (await session.execute(text("SELECT epoch FROM relay"))).scalar_one()

    assert epoch == 1
    assert by_key(await log.topic()) == {"key": [1, 2, 3, 4, 5]}


async def test_two_relays_with_a_forced_double_lease_keep_order_and_one_of_them_stops(
    log: Log,
) -> None:
    database = log.database()
    first, second = log.relay(log.database(), page=20), log.relay(log.database(), page=20)
    async with running(first, second):
        for _ in range(6):
            await asyncio.gather(*(record(database, f"key-{n}", count=30) for n in range(5)))
            await log.as_owner("UPDATE relay SET leased_until = '-infinity'")
        await until_sent(database)
        await until(lambda: true(first.is_holder != second.is_holder))

    assert once(by_key(await log.topic())) == await committed(database)


async def test_a_dead_relays_lease_from_before_the_databases_clock_went_back_is_taken(
    log: Log,
) -> None:
    database = log.database()
    await record(database, "key")
    await log.as_owner(
        "UPDATE relay SET holder = 'dead', epoch = 7, leased_until = now() + interval '1 hour'"
    )
    async with running(log.relay(log.database())):
        await until_sent(database)  # in seconds, not after the hour

    assert by_key(await log.topic()) == {"key": [1]}


async def test_a_relay_that_lost_its_lease_stores_nothing(log: Log) -> None:
    database = log.database()
    relay = log.relay(log.database())
    async with running(relay):
        await record(database, "key")
        await until_sent(database)
        await log.as_owner(
            "UPDATE relay SET epoch = epoch + 1, holder = 'another', "
            "leased_until = 'infinity', last_id = 4711"
        )
        await until(lambda: true(not relay.is_holder))

    async with database.reading() as session:
        stored = (await session.execute(text("SELECT holder, last_id FROM relay"))).one()
    assert tuple(stored) == ("another", 4711)


async def test_after_a_drain_the_next_relay_sends_only_what_is_new(log: Log) -> None:
    database = log.database()
    await record(database, "key", count=5)
    first = log.relay(log.database())
    async with running(first):
        assert await first.drain()
    assert by_key(await log.topic()) == {"key": [1, 2, 3, 4, 5]}
    async with database.reading() as session:  # given back: nobody waits for its end
        assert (await session.execute(text("SELECT leased_until <= now() FROM relay"))).scalar_one()

    await record(database, "key", count=2)
    async with running(log.relay(log.database())):
        await until_sent(database)

    assert by_key(await log.topic()) == {"key": [1, 2, 3, 4, 5, 6, 7]}


_PROCESS = """
import asyncio, json, os
from kvitt_chassis import failpoints
from kvitt_chassis.database import Database
from kvitt_chassis.operating.history import History
from kvitt_chassis.metrics import REGISTRY
from kvitt_chassis.relaying.relay import Relay
from kvitt_chassis.relaying.machine import LEASE_SECONDS, STANDBY_SECONDS
from kvitt_contracts.policy import Policies

async def main():
    how = json.loads(os.environ["HOW"])
    database = Database(how["url"], service=how["service"], role="worker", policies=Policies({}))
    relay = Relay(database, kafka=how["kafka"], topic_prefix=how["prefix"], page=10)
    await relay.run()

failpoints.arm_from(os.environ["KVITT_FAILPOINTS"])
asyncio.run(main())
"""


@pytest.mark.parametrize(
    "where", ["relay.before_send=kill@3", "relay.after_send=kill@3", "relay.before_store=kill@2"]
)
async def test_a_process_killed_around_publish_and_cursor_loses_nothing(
    log: Log, where: str
) -> None:
    database = log.database()
    for n in range(10):
        await record(database, f"key-{n % 3}", count=7)
    how = {"url": log.urls.worker, "service": SERVICE, "kafka": log.kafka, "prefix": log.prefix}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        _PROCESS,
        env={**os.environ, "HOW": json.dumps(how), "KVITT_FAILPOINTS": where},
    )
    assert await process.wait() == -9
    sent_before = len(await log.topic())

    async with running(log.relay(log.database(), page=10)):
        await until_sent(database)

    records = await log.topic()
    assert once(by_key(records)) == await committed(database)
    if "after_send" in where or "before_store" in where:
        assert sent_before > 0
        assert len(records) > 70  # what was sent and not yet remembered stands there twice
