"""A batch that nobody here handles: one call moves its marks, or it is settled as others are."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from aiokafka import ConsumerRecord, TopicPartition
from kvitt_chassis.consuming.consumer import Consumer
from kvitt_chassis.consuming.incoming import Incoming
from kvitt_chassis.consuming.passing import pass_over, passages
from kvitt_chassis.consuming.positions import DatabaseBehind
from kvitt_chassis.consuming.verdicts import REMEMBERED_IDS
from kvitt_contracts.types import OrderId
from kvitt_testkit.sent import sent
from kvitt_testkit.world import ServiceUrls, wait_for

from chassis.tests import trail
from chassis.tests.tables import marks, parked
from chassis.tests.trail import Log, table, trail_of
from contracts.tests.builders.reservations import (
    an_order_picking_started,
)

REMEMBERED = "SELECT key, seq, event_ids FROM marks ORDER BY key"
WAIT_FOR_LOCK = """
    CREATE FUNCTION wait_for_lock() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM pg_advisory_xact_lock_shared(1);
        RETURN new;
    END
    $$;
    CREATE TRIGGER waits BEFORE UPDATE ON marks FOR EACH ROW EXECUTE FUNCTION wait_for_lock()
    """
WAITS = "SELECT true FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
POSITIONS = "SELECT topic, partition, next_offset FROM positions"


def unused(log: Log, order: UUID, number: int) -> ConsumerRecord[bytes, bytes]:
    return log.event(an_order_picking_started(OrderId(order)), order, number)


def read(consumer: Consumer, records: Sequence[ConsumerRecord[bytes, bytes]]) -> list[Incoming]:
    return [consumer.shared.reader.read(record) for record in records]


async def passed(
    consumer: Consumer, records: Sequence[ConsumerRecord[bytes, bytes]], **more: Any
) -> bool:
    return await pass_over(consumer.database, read(consumer, records), more.get("reached", {}))


async def test_each_batch_that_nobody_handles_is_one_statement(
    consumer: Consumer, log: Log
) -> None:
    order, other = uuid4(), uuid4()
    batches = [[unused(log, order, 1), unused(log, other, 1)], [unused(log, order, 2)]]

    with sent(consumer.database.engine.sync_engine) as statements:
        for batch in batches:
            await consumer.settle(batch)

    assert len(statements) == len(batches)
    assert {(key, seq) for _, key, seq in await marks(consumer.database)} == {
        (str(order), 2),
        (str(other), 1),
    }


@pytest.mark.parametrize("sizes", [(1, 1, 1), (2, 1), (REMEMBERED_IDS + 3,), (3, REMEMBERED_IDS)])
async def test_it_leaves_what_settling_one_by_one_leaves(
    consumer: Consumer, log: Log, sizes: tuple[int, ...]
) -> None:
    order = uuid4()
    records = [unused(log, order, number) for number in range(1, sum(sizes) + 1)]
    begun = 0
    for size in sizes:
        assert await passed(consumer, records[begun : begun + size])
        begun += size

    ((key, seq, ids),) = await table(consumer.database, REMEMBERED)
    ((_, _, offset),) = await table(consumer.database, POSITIONS)

    told = [one.envelope.id for one in read(consumer, records) if one.envelope]
    assert (key, seq, ids) == (str(order), len(records), told[-REMEMBERED_IDS:])
    assert offset == records[-1].offset + 1


async def test_what_somebody_here_handles_is_not_passed_over(consumer: Consumer, log: Log) -> None:
    order = uuid4()

    assert passages(read(consumer, [unused(log, order, 1), log.released(order, 2)])) is None


async def test_a_number_that_came_before_or_is_missing_moves_nothing_of_the_batch(
    consumer: Consumer, log: Log
) -> None:
    order, other = uuid4(), uuid4()
    first, second, third = (unused(log, order, number) for number in (1, 2, 3))
    await consumer.settle([first])

    for wrong in ([first], [third], [first, second], [second, first]):
        assert not await passed(consumer, [unused(log, other, 1), *wrong])

    assert [(key, seq) for _, key, seq in await marks(consumer.database)] == [(str(order), 1)]
    await consumer.settle([third])
    assert await parked(consumer.database) == [(str(order), "waiting", "gap", 1)]


async def test_what_comes_behind_a_parked_message_is_parked_too(
    consumer: Consumer, log: Log
) -> None:
    order = uuid4()
    await consumer.settle([log.refused(order, 1, "payer unknown")])

    await consumer.settle([unused(log, order, 1)])

    assert await marks(consumer.database) == [(trail.RESERVATIONS, str(order), 0)]
    ((_, _, _, count),) = await parked(consumer.database)
    assert count == 2


async def test_a_number_with_another_id_is_a_fork_all_the_same(
    consumer: Consumer, log: Log
) -> None:
    order = uuid4()
    await consumer.settle([unused(log, order, 1)])

    await consumer.settle([unused(log, order, 1)])

    assert await parked(consumer.database) == [(str(order), "quarantined", "fork", 1)]


async def test_a_restored_database_is_noticed_by_a_batch_that_nobody_handles(
    consumer: Consumer, log: Log
) -> None:
    record = unused(log, uuid4(), 1)
    reached = {TopicPartition(record.topic, record.partition): record.offset + 5}

    with pytest.raises(DatabaseBehind):
        await consumer.inbox.apply(read(consumer, [record]), reached=reached)

    assert await marks(consumer.database) == []


async def test_two_processes_with_one_batch_pass_over_it_once(consumer: Consumer, log: Log) -> None:
    keys = [uuid4() for _ in range(20)]
    records = [unused(log, key, number) for key in keys for number in (1, 2)]
    rivals = [trail.a_consumer(consumer.database) for _ in range(3)]

    did = await asyncio.gather(*(passed(one, records) for one in rivals))

    assert sorted(did) == [False, False, True]
    assert {seq for _, _, seq in await marks(consumer.database)} == {2}


@pytest.fixture
async def held_moves(urls: ServiceUrls) -> AsyncIterator[asyncpg.Connection]:
    """Whoever moves a mark waits for a lock that this connection has."""
    owner = await asyncpg.connect(urls.owner.replace("+asyncpg", ""))
    await owner.execute(WAIT_FOR_LOCK)
    await owner.execute("SELECT pg_advisory_lock(1)")
    yield owner
    await owner.execute("DROP FUNCTION wait_for_lock CASCADE")
    await owner.close()


async def test_a_key_that_a_rival_begins_meanwhile_is_not_passed_over(
    consumer: Consumer, log: Log, held_moves: asyncpg.Connection
) -> None:
    known, fresh = uuid4(), uuid4()
    await consumer.settle([unused(log, known, 1)])
    begun = unused(log, fresh, 1)
    passing = asyncio.create_task(passed(consumer, [unused(log, known, 2), begun]))

    async def waits() -> bool:
        return bool(await held_moves.fetchval(WAITS))

    await wait_for(waits)
    await trail.a_consumer(consumer.database).settle([begun])
    await held_moves.execute("SELECT pg_advisory_unlock(1)")

    assert not await passing
    assert {(key, seq) for _, key, seq in await marks(consumer.database)} == {
        (str(known), 1),
        (str(fresh), 1),
    }


async def test_the_number_after_what_was_passed_over_is_applied(
    consumer: Consumer, log: Log
) -> None:
    order = uuid4()

    await consumer.settle([unused(log, order, 1)])
    await consumer.settle([log.released(order, 2)])

    assert await trail_of(consumer.database, order) == (2,)
