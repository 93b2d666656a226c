"""A log that was restored, or is of another place, waits for an operator."""

import pytest
from kvitt_chassis import failpoints
from kvitt_chassis.relaying import outbox

from chassis.tests.outbox_parts import (
    Log,
    by_key,
    once,
    record,
)
from chassis.tests.relaying.running import fail, running, true, until, until_sent

pytestmark = pytest.mark.long(seconds=35)


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
        await until(lambda: true(relay.refusal is not None))
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

    failpoints.arm("relay.after_send", fail)
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
