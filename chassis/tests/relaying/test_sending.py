"""What is recorded is sent: all of it, each key in its order, as it was."""

import asyncio
import contextlib
import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from kvitt_chassis import failpoints
from kvitt_chassis.operating.history import History
from kvitt_chassis.relaying import outbox
from kvitt_chassis.relaying.dedicated_connection import DedicatedConnection
from kvitt_chassis.relaying.outbox import OutboxRow
from kvitt_chassis.relaying.outbox_reader import PAGE_BYTES, SETUP, OutboxReader
from kvitt_chassis.relaying.publisher import Placed
from kvitt_chassis.relaying.relay import STATEMENT_SECONDS
from kvitt_chassis.relaying.steps import Cursor
from kvitt_contracts.envelope import Envelope
from sqlalchemy import text

from chassis.tests.outbox_parts import (
    SERVICE,
    TOPIC,
    Log,
    by_key,
    committed,
    insert,
    once,
    record,
)
from chassis.tests.relaying.running import fail, running, until, until_sent

pytestmark = pytest.mark.long(seconds=35)


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
    failpoints.arm("relay.after_send", fail, on_hit=4)

    async with running(log.relay(log.database(), page=50)):
        await until_sent(database)

    assert once(by_key(await log.topic())) == await committed(database)


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

    async def counted(rows: Sequence[Placed]) -> None:
        pages.append(sum(len(row.payload) for row in rows if isinstance(row, OutboxRow)))
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
