"""The consumer on real Kafka and PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import UUID, uuid4

import pytest
from aiokafka import TopicPartition as AioPartition
from kvitt.local.servers import admin_client
from kvitt_chassis import failpoints
from kvitt_chassis.consuming.consumer import Consumer
from kvitt_chassis.consuming.kafka_client import KafkaClient
from kvitt_chassis.consuming.pauses import store_pause
from kvitt_chassis.database import Database
from kvitt_contracts.policy import Policies
from kvitt_testkit.platform import Platform
from kvitt_testkit.world import wait_for
from sqlalchemy import create_engine, make_url, text

from chassis.tests import trail
from chassis.tests.brokers import Broker, running

pytestmark = pytest.mark.long(seconds=30)


@pytest.fixture
def broker(platform: Platform) -> Broker:
    prefix = f"c{uuid4().hex[:8]}_"
    platform.create_topics(prefix, topics=trail.TOPICS)
    return Broker(platform, prefix)


@pytest.fixture
async def database(
    platform: Platform, policies: Policies, tmp_path: Path
) -> AsyncIterator[Database]:
    urls = platform.database(trail.SERVICE, f"d{uuid4().hex[:8]}_", migrate=False)
    trail.make_tables(urls.owner)
    made = Database(urls.worker, service=trail.SERVICE, role="worker", policies=policies)
    yield made
    await made.dispose()


@pytest.fixture
async def consumer(broker: Broker, database: Database) -> AsyncIterator[Consumer]:
    async with running(broker, database) as made:
        yield made


async def test_what_stands_on_the_topics_is_applied_once_in_order_and_its_offsets_committed(
    broker: Broker, database: Database, consumer: Consumer
) -> None:
    log = trail.Log(prefix=broker.prefix)
    orders = [uuid4() for _ in range(5)]
    records = [log.released(order, number) for number in (1, 2, 3) for order in orders]

    await broker.publish([*records, log.stated("4711", 1, "Umeå")])

    await wait_for(lambda: _is_done(consumer), within=20)
    assert await trail.trails(database) == dict.fromkeys(orders, (1, 2, 3))
    assert await trail.table(database, "SELECT name FROM payers") == [("Umeå",)]


async def test_a_new_process_goes_on_where_the_last_one_stopped(
    broker: Broker, database: Database
) -> None:
    log = trail.Log(prefix=broker.prefix)
    order = uuid4()
    for number in (1, 2, 3):
        await broker.publish([log.released(order, number)])
        async with running(broker, database) as consumer:
            await wait_for(partial(_is_done, consumer), within=20)

    assert await trail.trail_of(database, order) == (1, 2, 3)
    assert await _settled(database) == 3  # none was even looked at twice


async def test_a_batch_whose_offsets_were_not_committed_has_no_effect_again(
    broker: Broker, database: Database
) -> None:
    log = trail.Log(prefix=broker.prefix)
    order = uuid4()
    await broker.publish([log.released(order, number) for number in (1, 2)])

    failpoints.arm("consumer.before_offsets", _raise)
    async with running(broker, database) as consumer:
        await wait_for(lambda: "consumer.before_offsets" not in failpoints._armed, within=20)
        await broker.publish([log.released(order, 3)])
        await wait_for(lambda: _trail_is(database, order, (1, 2, 3)), within=20)
        await wait_for(lambda: _is_done(consumer), within=20)

    assert await trail.trail_of(database, order) == (1, 2, 3)


async def test_members_that_come_and_go_apply_each_message_once(
    broker: Broker, database: Database
) -> None:
    log = trail.Log(prefix=broker.prefix)
    orders = [uuid4() for _ in range(12)]

    async with running(broker, database):
        for number in range(1, 7):
            records = [
                log.released(order, number, partition=place % 6)
                for place, order in enumerate(orders)
            ]
            if number % 2:
                async with running(broker, database) as second:
                    await broker.publish(records)
                    await wait_for(second.assigned, within=20)
            else:
                await broker.publish(records)
        expected = dict.fromkeys(orders, tuple(range(1, 7)))
        await wait_for(lambda: _trails_are(database, expected), within=30)

    assert await trail.table(database, "SELECT count(*) FROM parked_keys") == [(0,)]


async def test_a_client_that_has_fallen_silent_is_started_anew(
    broker: Broker, database: Database
) -> None:
    log = trail.Log(prefix=broker.prefix)
    order = uuid4()
    restarts = _restarts()
    async with running(broker, database, stuck_after=0.5, watch_every=0.1) as consumer:
        await broker.publish([log.released(order, 1)])
        await wait_for(lambda: _trail_is(database, order, (1,)), within=20)

        for task in consumer.client.subscriber.tasks:  # what a dead heartbeat does to its loop
            task.cancel()
        await broker.publish([log.released(order, 2)])

        await wait_for(lambda: _trail_is(database, order, (1, 2)), within=20)
    assert (
        trail.sample("consumer_restarts_total", service=trail.SERVICE, group=trail.SERVICE)
        > restarts
    )


async def test_a_client_is_stopped_when_the_commit_under_way_is_done_and_no_other_begun(
    broker: Broker, database: Database, consumer: Consumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, order, client, happened = trail.Log(prefix=broker.prefix), uuid4(), consumer.client, []
    await broker.publish([log.released(order, 1)])
    await wait_for(lambda: _is_done(consumer), within=20)
    (partition, *_) = sorted(client.assignment())
    is_held = asyncio.Event()
    commit, stop = client.subscriber.consumer.commit, client.subscriber.stop

    async def slowly(offsets: Any) -> None:
        happened.append("begun")
        await is_held.wait()
        await commit(offsets)
        happened.append("committed")

    async def stopped() -> None:
        happened.append("stopped")
        await stop()

    monkeypatch.setattr(client.subscriber.consumer, "commit", slowly)
    monkeypatch.setattr(client.subscriber, "stop", stopped)
    under_way = asyncio.create_task(client.commit({partition: 0}))
    await wait_for(lambda: happened == ["begun"])
    restarting = asyncio.create_task(client.restart())
    await asyncio.sleep(0)  # the restart has had its first turn
    assert not await client.commit({partition: 0})
    is_held.set()

    assert await under_way
    await restarting
    assert happened == ["begun", "committed", "stopped"]
    assert await client.commit({partition: 0})


async def test_an_offset_out_of_range_stops_the_consumer_instead_of_jumping(
    broker: Broker, database: Database
) -> None:
    log = trail.Log(prefix=broker.prefix)
    order = uuid4()
    await broker.publish([log.released(order, 1)])
    async with running(broker, database) as consumer:
        await wait_for(lambda: _is_done(consumer), within=20)
    await broker.publish([log.released(order, number) for number in (2, 3, 4)])
    broker.lose(trail.RESERVATIONS, before=3)

    async with running(broker, database) as consumer:
        halted = await wait_for(lambda: consumer.halted, within=20)

        assert halted is not None
        assert "offset 1 is out of range 3-4" in halted
        assert not consumer.is_ready()
    assert await trail.trail_of(database, order) == (1,)


async def test_an_operator_who_deletes_the_groups_offsets_lets_it_read_what_kafka_has(
    broker: Broker, database: Database
) -> None:
    log = trail.Log(prefix=broker.prefix)
    orders = [uuid4() for _ in range(3)]
    await broker.publish([log.released(orders[0], 1)])
    async with running(broker, database) as consumer:
        await wait_for(lambda: _is_done(consumer), within=20)
    await broker.publish([log.released(order, 1) for order in orders[1:]])
    broker.lose(trail.RESERVATIONS, before=2)
    async with running(broker, database) as consumer:
        await wait_for(lambda: consumer.halted, within=20)

    client = admin_client(broker.platform.bootstrap, broker.platform.admin)
    for future in client.delete_consumer_groups([consumer.group]).values():
        future.result(10)

    async with running(broker, database) as consumer:
        await wait_for(lambda: _is_done(consumer), within=20)
        await broker.publish([log.released(orders[2], 2)])
        await wait_for(lambda: _trail_is(database, orders[2], (1, 2)), within=20)
        assert consumer.halted is None
    assert await trail.trail_of(database, orders[1]) == ()


@pytest.mark.parametrize("is_running", [False, True])
async def test_a_restored_database_is_read_again_from_what_it_knows(
    platform: Platform, broker: Broker, database: Database, is_running: bool
) -> None:
    log = trail.Log(prefix=broker.prefix)
    first, second = [log.stated(payer, 1, "Umeå") for payer in ("4711", "4712")]
    async with running(broker, database) as consumer:
        await broker.publish([first])
        await wait_for(lambda: _is_done(consumer), within=20)
        restore = _back_up(platform, database)
        await broker.publish([second])
        await wait_for(lambda: _payers_are(database, 2), within=20)
        await wait_for(lambda: _is_done(consumer), within=20)
        if is_running:  # no message comes that would ask
            restore()
            await wait_for(lambda: _payers_are(database, 2), within=40)
    if is_running:
        return

    restore()
    assert await trail.table(database, "SELECT count(*) FROM payers") == [(1,)]
    async with running(broker, database):
        await wait_for(lambda: _payers_are(database, 2), within=20)


async def test_a_batch_is_not_settled_in_a_database_that_has_lost_the_one_before(
    platform: Platform, broker: Broker, database: Database
) -> None:
    log = trail.Log(prefix=broker.prefix)
    payers = [log.stated(payer, 1, "Umeå") for payer in ("4711", "4712", "4713")]
    async with running(broker, database) as consumer:
        await broker.publish(payers[:1])
        await wait_for(lambda: _is_done(consumer), within=20)
        restore = _back_up(platform, database)
        await broker.publish(payers[1:2])
        await wait_for(lambda: _payers_are(database, 2), within=20)
        restore()
        await broker.publish(payers[2:])

        await wait_for(lambda: _payers_are(database, 3), within=40)
    order = "SELECT subject FROM inbound_facts ORDER BY subject"
    assert await trail.table(database, order) == [("4711",), ("4712",), ("4713",)]


async def test_nothing_is_settled_before_what_was_assigned_is_checked(
    broker: Broker, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = trail.Log(prefix=broker.prefix)
    order = uuid4()
    await broker.publish([log.released(order, 1)])
    answer, asked = KafkaClient.begins, asyncio.Event()
    silent = True

    async def silent_at_first(client: KafkaClient, partitions: Any) -> Any:
        asked.set()
        if silent:
            raise TimeoutError
        return await answer(client, partitions)

    monkeypatch.setattr(KafkaClient, "begins", silent_at_first)
    async with running(broker, database) as consumer:
        await asyncio.wait_for(asked.wait(), 20)
        await wait_for(lambda: not consumer.idle(), within=20)
        assert not consumer.is_ready()
        assert await trail.trail_of(database, order) == ()

        silent = False
        await wait_for(lambda: _trail_is(database, order, (1,)), within=20)
        assert consumer.is_ready()


async def test_a_pause_is_put_back_when_another_process_gets_the_partition(
    broker: Broker, database: Database
) -> None:
    log = trail.Log(prefix=broker.prefix)
    held, free = uuid4(), uuid4()
    name = broker.prefix + trail.RESERVATIONS
    async with database.unit() as unit:
        group = broker.prefix + trail.SERVICE
        await store_pause(unit.session, group, (name, 0), 6.0, "a test")
    await broker.publish([log.released(held, 1), log.released(free, 1, partition=1)])

    async with running(broker, database, watch_every=0.1):
        await wait_for(lambda: _trail_is(database, free, (1,)), within=20)
        assert await trail.trail_of(database, held) == ()

        await wait_for(lambda: _trail_is(database, held, (1,)), within=20)


async def test_an_unknown_version_is_tried_again_with_each_assignment(
    broker: Broker, database: Database
) -> None:
    """An older replica that was ending may have read it; then it has left, and all are assigned."""
    log = trail.Log(prefix=broker.prefix)
    unknown = b"inventory.reservation.released.v99"
    record = log.released(uuid4(), 1)
    record.headers = [
        (name, unknown if name == "ce_type" else value) for name, value in record.headers
    ]
    await broker.publish([record])

    async with running(broker, database) as consumer:
        await wait_for(lambda: _parked_is(database, "quarantined"), within=20)
        await consumer.shared.stop()  # the drain, which would try it at once
        await consumer._on_assigned(sorted(consumer.client.assignment()))

        assert await _parked_is(database, "waiting")


async def test_partitions_are_given_away_when_the_message_in_hand_is_done_and_no_other_begun(
    broker: Broker, database: Database
) -> None:
    log = trail.Log(prefix=broker.prefix)
    order, other = uuid4(), uuid4()
    in_hand, going_on = asyncio.Event(), asyncio.Event()

    async def hold_the_first_by_itself() -> None:
        if trail.mood.failures:  # first and second of the whole batch, which failed
            in_hand.set()
            await going_on.wait()

    trail.mood.until = hold_the_first_by_itself
    records = [log.refused(order, 1, "hangs"), log.refused(order, 2, "fails")]
    await broker.publish([*records, log.released(other, 1)])

    async with running(broker, database) as consumer:
        await asyncio.wait_for(in_hand.wait(), 20)
        revoked = asyncio.create_task(consumer._on_revoked(sorted(consumer.client.assignment())))
        await wait_for(lambda: consumer._is_revoking)
        going_on.set()
        await revoked

        assert await trail.trails(database) == {order: (1,)}


async def test_stop_ends_within_its_time_with_a_handler_in_hand(
    broker: Broker, database: Database
) -> None:
    log = trail.Log(prefix=broker.prefix)
    order = uuid4()
    trail.mood.hangs = 1.0
    before = trail.mood.calls
    async with running(broker, database) as consumer:
        await broker.publish([log.refused(order, 1, "hangs")])
        await wait_for(lambda: trail.mood.calls > before, within=20)
        began = monotonic()
        await consumer.stop()
        took = monotonic() - began

    assert took < 25  # what a service may take to end
    assert await trail.trail_of(database, order) == (1,)


async def test_a_header_whose_name_is_not_utf8_is_quarantined_and_the_others_flow(
    broker: Broker, database: Database
) -> None:
    log = trail.Log(prefix=broker.prefix)
    order = uuid4()
    await broker.publish_poison(trail.INBOUND)
    await broker.publish([log.stated("4711", 1, "Umeå"), log.released(order, 1)])

    async with running(broker, database) as consumer:
        await wait_for(lambda: _is_done(consumer), within=20)
        (entry,) = await consumer.quarantine.entries()

    assert await trail.trail_of(database, order) == (1,)
    assert await trail.table(database, "SELECT name FROM payers") == [("Umeå",)]
    assert (entry.field, entry.offset) == ("headers", 0)


async def test_records_that_the_client_left_out_are_read_again(
    broker: Broker, database: Database
) -> None:
    log = trail.Log(prefix=broker.prefix)
    order = uuid4()
    async with running(broker, database) as consumer:
        await broker.publish([log.released(order, 1)])
        await wait_for(lambda: _trail_is(database, order, (1,)), within=20)
        client = consumer.client.subscriber.consumer
        client.pause(*client.assignment())
        await broker.publish([log.released(order, number) for number in (2, 3, 4)])
        client.seek(AioPartition(broker.prefix + trail.RESERVATIONS, 0), 3)
        client.resume(*client.assignment())

        await wait_for(lambda: _trail_is(database, order, (1, 2, 3, 4)), within=20)
    assert await trail.table(database, "SELECT * FROM parked_keys") == []


def _restarts() -> float:
    return trail.sample("consumer_restarts_total", service=trail.SERVICE, group=trail.SERVICE)


def _raise() -> None:
    raise failpoints.FailpointHit


async def _trail_is(database: Database, order: UUID, numbers: tuple[int, ...]) -> bool:
    return await trail.trail_of(database, order) == numbers


async def _trails_are(database: Database, expected: dict[UUID, tuple[int, ...]]) -> bool:
    return await trail.trails(database) == expected


def _back_up(platform: Platform, database: Database) -> Callable[[], None]:
    """Keep what a backup would hold; call the answer to have the database as it was."""
    url = make_url(platform.database_admin_url).set(database=database.engine.url.database)
    engine = create_engine(url.set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        names = connection.scalars(text(trail.TABLES)).all()
        for name in names:
            connection.execute(text(f"CREATE TABLE saved_{name} AS TABLE {name}"))

    def restore() -> None:
        with engine.begin() as connection:
            connection.execute(text(f"TRUNCATE {', '.join(names)}"))
            for name in names:
                held = f"INSERT INTO {name} OVERRIDING SYSTEM VALUE TABLE saved_{name}"
                connection.execute(text(held))
        engine.dispose()

    return restore


async def _payers_are(database: Database, count: int) -> bool:
    return await trail.table(database, "SELECT count(*) FROM payers") == [(count,)]


async def _settled(database: Database) -> int:
    ((total,),) = await trail.table(database, "SELECT sum(seq) FROM marks")
    return int(total)


async def _is_done(consumer: Consumer) -> bool:
    return bool(consumer.assigned()) and await consumer.lag() == 0 and consumer.idle()


async def _parked_is(database: Database, state: str) -> bool:
    async with database.reading() as session:
        found = await session.scalars(text("SELECT state FROM parked_keys"))
        return list(found) == [state]
