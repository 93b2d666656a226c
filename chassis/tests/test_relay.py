import asyncio
import contextlib
import json
import os
import random
import string
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from time import monotonic
from typing import Any
from uuid import UUID

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
from kvitt_chassis.database import Database
from kvitt_chassis.metrics import REGISTRY
from kvitt_chassis.operating.history import History
from kvitt_chassis.relaying import outbox
from kvitt_chassis.relaying.dedicated_connection import DedicatedConnection
from kvitt_chassis.relaying.machine import LEASE_SECONDS, STANDBY_SECONDS
from kvitt_chassis.relaying.outbox import OutboxRow
from kvitt_chassis.relaying.outbox_reader import PAGE_BYTES, SETUP, OutboxReader
from kvitt_chassis.relaying.relay import STATEMENT_SECONDS, Relay
from kvitt_chassis.relaying.steps import Cursor
from kvitt_contracts.envelope import Envelope
from kvitt_contracts.topics import NOTIFICATIONS_MESSAGES
from kvitt_testkit.platform import Platform
from sqlalchemy import text

from chassis.tests.outbox_parts import (
    SERVICE,
    TOPIC,
    Log,
    a_log,
    by_key,
    committed,
    insert,
    once,
    record,
)

pytestmark = pytest.mark.long(seconds=35)


@pytest.fixture
async def log(platform: Platform) -> AsyncIterator[Log]:
    async with a_log(platform) as made:
        yield made
    failpoints.disarm()


@contextlib.asynccontextmanager
async def running(*relays: Relay) -> AsyncIterator[None]:
    """Relays at work; at the end cut off where they stand, as a crash would."""
    tasks = [asyncio.create_task(relay.run()) for relay in relays]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until(condition: Callable[[], Awaitable[bool]], *, seconds: float = 20.0) -> float:
    """Wait for a condition; answers how long it took."""
    begun = monotonic()
    while not await condition():
        assert monotonic() - begun < seconds, "did not happen"
        await asyncio.sleep(0.02)
    return monotonic() - begun


async def until_sent(database: Database, *, seconds: float = 20.0) -> float:
    async def is_sent() -> bool:
        async with database.reading() as session:
            status = await outbox.status(session)
        return status.unsent == 0

    return await until(is_sent, seconds=seconds)


async def test_under_many_writers_nothing_is_lost_and_each_key_keeps_its_order(log: Log) -> None:
    database = log.database(pool_size=12)
    chance = random.Random(7)

    async def write(times: int) -> None:
        for _ in range(times):
            with contextlib.suppress(ZeroDivisionError):
                async with database.unit() as unit:
                    # The transaction gets its number here, long before it takes the key's lock.
                    await unit.session.execute(text("SELECT pg_current_xact_id()"))
                    await asyncio.sleep(chance.random() * 0.01)
                    await insert(unit.session, f"key-{chance.randrange(6)}")
                    await asyncio.sleep(chance.random() * 0.01)
                    unit.wrote_events = True
                    if chance.random() < 0.1:
                        raise ZeroDivisionError

    async with running(log.relay(log.database())):
        await asyncio.gather(*(write(60) for _ in range(10)))
        await until_sent(database)

    sent = by_key(await log.topic())
    assert sent == await committed(database)
    assert sum(map(len, sent.values())) > 400


async def test_what_every_region_recorded_is_sent(log: Log) -> None:
    database = log.database()
    regions = [*"abcdefghijklmnopqrstuvwxyz", "ab", "ac", "bd"]
    for region in regions:
        await record(database, f"key-{region}", count=2, region=region)

    async with running(log.relay(log.database())):
        await until_sent(database)

    assert by_key(await log.topic()) == {f"key-{region}": [1, 2] for region in regions}


async def test_a_long_transaction_holds_up_nobody_and_is_sent_when_it_commits(log: Log) -> None:
    database = log.database()
    async with running(log.relay(log.database())):
        async with database.unit() as long:
            await insert(long.session, "long")
            await record(database, "short", count=3)

            async def short_is_sent() -> bool:
                return by_key(await log.topic()) == {"short": [1, 2, 3]}

            await until(short_is_sent)
        await until_sent(database)

    assert by_key(await log.topic()) == {"short": [1, 2, 3], "long": [1]}


async def test_an_older_transaction_that_gets_the_lock_later_is_sent_later(log: Log) -> None:
    database = log.database()
    async with database.unit() as older:
        await older.session.execute(text("SELECT pg_current_xact_id()"))
        await record(database, "key")
        await insert(older.session, "key")

    async with running(log.relay(log.database())):
        await until_sent(database)

    assert by_key(await log.topic()) == {"key": [1, 2]}


async def test_a_page_holds_only_what_its_snapshot_sees_however_late_it_is_read(log: Log) -> None:
    database = log.database()
    connection = DedicatedConnection(log.database(), setup=SETUP, seconds=STATEMENT_SECONDS)
    reader = OutboxReader(connection, page=10)
    start = Cursor(s1="3:3:")
    async with database.unit() as long:
        await insert(long.session, "long")
        await record(database, "short")
        looked = await reader.look(start)

    page = await reader.read(replace(start, s2=looked.snapshot))
    following = await reader.look(Cursor(s1=looked.snapshot))
    await connection.drop()

    assert [row.key for row in page.rows] == ["short"]
    assert [row.key for row in following.page.rows] == ["long"]


async def test_a_backlog_of_many_pages_is_sent_in_order(log: Log) -> None:
    database = log.database()
    for n in range(40):
        await record(database, f"key-{n % 4}", count=13)

    async with running(log.relay(log.database(), page=50)):
        await until_sent(database)

    sent = by_key(await log.topic())
    assert sent == await committed(database)
    assert sum(map(len, sent.values())) == 520


async def test_a_backlog_survives_a_failing_page_in_its_middle(log: Log) -> None:
    database = log.database()
    for n in range(40):
        await record(database, f"key-{n % 4}", count=13)
    failpoints.arm("relay.after_send", _fail, on_hit=4)

    async with running(log.relay(log.database(), page=50)):
        await until_sent(database)

    assert once(by_key(await log.topic())) == await committed(database)


async def test_when_the_relay_that_holds_the_lease_dies_the_other_takes_over(log: Log) -> None:
    database = log.database()
    holder, heir = log.relay(log.database()), log.relay(log.database())
    async with running(holder):
        await until(lambda: _true(holder.is_holder))
        standby = asyncio.create_task(heir.run())
    await record(database, "key")
    await until_sent(database)
    standby.cancel()
    await asyncio.gather(standby, return_exceptions=True)

    assert heir.is_holder
    assert LEASE_SECONDS + STANDBY_SECONDS < 3.0  # what is promised where nothing else is slow
    assert by_key(await log.topic()) == {"key": [1]}


async def test_while_one_relay_holds_the_lease_the_other_stands_by(log: Log) -> None:
    database = log.database()
    holder, standby = log.relay(log.database()), log.relay(log.database())
    async with running(holder):
        await until(lambda: _true(holder.is_holder))
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
        await until(lambda: _true(first.is_holder != second.is_holder))

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
        await until(lambda: _true(not relay.is_holder))

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


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("system_identifier = '1'", "the database server"),
        ("timeline = '0000000A'", "timeline"),
        ("cluster_id = 'another'", "Kafka cluster"),
        ("s1 = '900000000000:900000000000:'", "restored"),
        ("s2 = '3:900000000000:'", "restored"),
    ],
)
async def test_a_log_of_another_place_is_not_sent_until_an_operator_decides(
    log: Log, change: str, named: str
) -> None:
    database = log.database()
    await record(database, "key")
    async with running(first := log.relay(log.database())):
        await until_sent(database)
        await first.drain()
    await log.as_owner(f"UPDATE relay SET {change}, leased_until = '-infinity'")
    await record(database, "key")

    relay = log.relay(log.database())
    async with running(relay):
        await until(lambda: _true(relay.refusal is not None))
        assert relay.refusal is not None
        assert named in relay.refusal
        assert "kvitt outbox rebase" in relay.refusal
        assert by_key(await log.topic()) == {"key": [1]}

        async with database.unit() as unit:
            assert await outbox.rebase(unit.session, resend=1) == 1
        relay.wake()
        await until_sent(database)

    assert by_key(await log.topic()) == {"key": [1, 2]}


async def test_rows_of_a_restored_dump_are_sent_after_a_rebase_and_new_ones_follow(
    log: Log,
) -> None:
    database = log.database()
    await record(database, "key", count=25)
    # A dump brings the rows with the transaction numbers of the server that they were made on.
    await log.as_owner("UPDATE events SET xid = '900000000000'")
    async with database.unit() as unit:
        assert await outbox.rebase(unit.session, resend="everything") == 25

    async with running(log.relay(log.database(), page=10)):
        await record(database, "key", count=2)
        await until_sent(database)

    assert by_key(await log.topic()) == {"key": list(range(1, 28))}


async def test_rows_of_a_restored_dump_are_not_sent_when_transactions_reach_their_numbers(
    log: Log,
) -> None:
    database = log.database()
    await record(database, "old", count=25)
    await log.as_owner(
        "UPDATE events SET xid = CAST(CAST(CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) "
        "AS text) AS bigint) + 20 AS text) AS xid8)"
    )
    async with database.unit() as unit:
        await outbox.rebase(unit.session, resend="nothing")

    async with running(log.relay(log.database())):
        await record(database, "new")
        await until_sent(database)
        for _ in range(40):
            await record(database, "new")
        await until_sent(database)

    assert by_key(await log.topic()) == {"new": list(range(1, 42))}


async def test_rows_of_a_restored_dump_are_not_sent_when_a_failed_page_is_read_again(
    log: Log,
) -> None:
    database = log.database()
    await record(database, "old")
    await log.as_owner(
        "UPDATE events SET xid = CAST(CAST(CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) "
        "AS text) AS bigint) + 20 AS text) AS xid8)"
    )
    async with database.unit() as unit:
        await outbox.rebase(unit.session, resend="nothing")
    for _ in range(40):
        await record(database, "new")

    failpoints.arm("relay.after_send", _fail)
    async with running(log.relay(log.database())):
        await until_sent(database)

    assert once(by_key(await log.topic())) == {"new": list(range(1, 41))}


async def test_a_rebase_can_send_nothing_of_what_is_there(log: Log) -> None:
    database = log.database()
    await record(database, "key", count=3)
    async with database.unit() as unit:
        assert await outbox.rebase(unit.session, resend="nothing") == 0

    async with running(log.relay(log.database())):
        await record(database, "key")
        await until_sent(database)

    assert by_key(await log.topic()) == {"key": [4]}


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
            await until(lambda: _true(_failures() >= failures + 2))

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
            failpoints.arm(where, _fail)
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


async def test_the_largest_permitted_event_is_sent_and_a_larger_one_is_not_even_written(
    log: Log,
) -> None:
    database = log.database()
    await record(database, "key", payload='"' + "x" * (256 * 1024 - 2) + '"')
    with pytest.raises(Exception, match="ck_events_contract_limit"):
        await record(database, "key", payload='"' + "x" * (256 * 1024 - 1) + '"')

    async with running(log.relay(log.database())):
        await until_sent(database)

    (sent,) = await log.topic()
    assert len(sent.value) == 256 * 1024


async def test_a_page_of_large_events_is_short_and_none_is_left_out(log: Log) -> None:
    database = log.database()
    for n in range(3):
        await record(database, f"key-{n}", count=40, payload='"' + "x" * (256 * 1024 - 2) + '"')
    relay = log.relay(log.database(), page=50)
    publish, pages = relay._publisher.publish, []

    async def counted(rows: Sequence[OutboxRow]) -> None:
        pages.append(sum(len(row.payload) for row in rows))
        await publish(rows)

    relay._publisher.publish = counted  # type: ignore[method-assign]
    async with running(relay):
        await until_sent(database)

    assert by_key(await log.topic()) == await committed(database)
    assert max(pages) <= PAGE_BYTES + 256 * 1024


async def test_a_record_carries_the_cloudevent_of_its_row(log: Log) -> None:
    database = log.database()
    await record(database, "key", payload='{"text":"åäö"}')
    await log.as_owner(
        "UPDATE events SET correlation_id = 'c', causation_id = 'd', actor = 'u1', "
        "traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'"
    )
    async with running(log.relay(log.database())):
        await until_sent(database)

    async with database.reading() as session:
        (row,) = await outbox.of_key(session, TOPIC, "key")
    (sent,) = await log.topic()
    envelope = Envelope.from_headers(sent.headers)
    assert envelope.id == row.event_id
    assert envelope.time == row.time
    assert envelope.source == f"urn:kvitt:{SERVICE}"
    assert envelope.sequence == 1
    assert list(sent.headers) == envelope.headers()
    assert sent.value.decode() == '{"text":"åäö"}'


async def test_one_keys_events_can_be_sent_again_as_they_were(log: Log) -> None:
    database = log.database()
    await record(database, "key", count=5)
    await record(database, "other")
    relay = log.relay(log.database())
    async with running(relay):
        await until_sent(database)
        assert await relay.republish(TOPIC, "key", 3) == 3

    records = await log.topic()
    assert by_key(records) == {"key": [1, 2, 3, 4, 5, 3, 4, 5], "other": [1]}
    ids: dict[int, set[UUID]] = {}
    for one in records:
        if one.key == "key":
            ids.setdefault(one.seq, set()).add(Envelope.from_headers(one.headers).id)
    assert all(len(found) == 1 for found in ids.values())


async def test_the_status_counts_what_is_not_sent(log: Log) -> None:
    database = log.database()
    await record(database, "key", count=4)
    async with database.reading() as session:
        status = await outbox.status(session)
        assert (status.unsent, status.holder) == (4, "")
        assert await outbox.last_numbers(session, TOPIC, limit=2) == [("key", 4)]

    async with running(log.relay(log.database())):
        await until_sent(database)
        async with database.reading() as session:
            status = await outbox.status(session)

    assert status.unsent == 0
    assert status.oldest_unsent_seconds == 0
    assert status.lease_seconds_left > 0


async def test_a_commit_wakes_the_relay_of_its_process(log: Log) -> None:
    database = log.database()
    async with running(log.relay(database)):
        await record(database, "key")
        await until_sent(database)
        delays = []
        for _ in range(5):
            await record(database, "key")
            delays.append(await until_sent(database))

    # Polling alone would take a quarter of a second on average.
    assert sorted(delays)[2] < 0.2


async def test_an_emitted_history_is_written_when_it_is_asked_for(log: Log, tmp_path: Any) -> None:
    database = log.database()
    await record(database, "key", count=2)
    async with running(log.relay(log.database(), history=History(tmp_path, SERVICE))):
        await until_sent(database)

    (file,) = tmp_path.iterdir()
    lines = file.read_text().splitlines()
    assert len(lines) == 2
    assert f'"topic":"{TOPIC}","key":"key","seq":2' in lines[1]


async def _true(value: bool) -> bool:
    return value


def _fail() -> None:
    raise failpoints.FailpointHit


def _failures() -> float:
    found = REGISTRY.get_sample_value("relay_failures_total", {"service": SERVICE, "part": "kafka"})
    return found or 0.0
