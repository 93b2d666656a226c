"""The ladder of failure: batch, one by one, a few tries, the park with its back-off, quarantine."""

import asyncio
import logging
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from kvitt_chassis.consuming import parking
from kvitt_chassis.consuming.consumer import Consumer, Tuning
from kvitt_chassis.consuming.machine import Limits
from kvitt_chassis.consuming.verdicts import Cause
from kvitt_chassis.database import Database
from kvitt_chassis.ending import end_tasks
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import OrderId
from kvitt_testkit.world import Servers, ServiceUrls, wait_for
from sqlalchemy import text

from chassis.tests import trail
from chassis.tests.trail import Log, table, trail_of
from contracts.tests.builders.reservations import (
    an_order_picking_started,
)

pytestmark = pytest.mark.long(seconds=20)


@pytest.fixture
async def draining(consumer: Consumer) -> AsyncIterator[Consumer]:
    loop = asyncio.create_task(consumer.drain.run())
    yield consumer
    await end_tasks([loop])


async def test_one_failing_message_costs_the_others_of_its_batch_nothing(
    consumer: Consumer, log: Log
) -> None:
    orders = [uuid4() for _ in range(5)]
    bad = uuid4()

    await consumer.settle(
        [
            *(log.released(order, 1) for order in orders),
            log.refused(bad, 1, "fails"),
            *(log.released(order, 2) for order in orders),
        ]
    )

    assert await trail.trails(consumer.database) == dict.fromkeys(orders, (1, 2))
    assert await _keys(consumer.database) == [(str(bad), "waiting", "fault")]


async def test_a_fault_is_tried_a_few_times_before_its_key_parks(
    consumer: Consumer, log: Log
) -> None:
    await consumer.settle([log.refused(uuid4(), 1, "fails")])

    assert trail.mood.calls == Limits().tries


async def test_what_comes_for_a_parked_key_joins_the_park_in_order(
    consumer: Consumer, log: Log
) -> None:
    order = uuid4()
    trail.mood.failing = {"for now"}

    await consumer.settle([log.refused(order, 1, "for now"), log.released(order, 2)])
    await consumer.settle([log.released(order, 3)])
    trail.mood.failing.clear()
    await trail.drain_now(consumer)

    assert await trail_of(consumer.database, order) == (1, 2, 3)
    assert await _keys(consumer.database) == []


async def test_a_key_that_was_parked_before_the_clock_went_back_is_tried_soon(
    consumer: Consumer, log: Log
) -> None:
    order = uuid4()
    trail.mood.failing = {"for now"}
    await consumer.settle([log.refused(order, 1, "for now")])
    trail.mood.failing.clear()
    an_hour_on = "UPDATE parked_keys SET next_at = next_at + interval '1 hour'"
    async with consumer.database.unit() as unit:
        await unit.session.execute(text(an_hour_on))
        assert await parking.seconds_to_next(unit.session) == 0

    await consumer.drain.settle_due()

    assert await trail_of(consumer.database, order) == (1,)


async def test_what_a_region_sends_later_waits_behind_its_parked_message(
    consumer: Consumer, log: Log
) -> None:
    trail.mood.failing = {"for now"}

    await consumer.settle([log.stated("4711", 1, "for now")])
    await consumer.settle([log.stated("4711", 2, "Umeå")])
    assert await table(consumer.database, "SELECT name FROM payers") == []
    trail.mood.failing.clear()
    await trail.drain_now(consumer)

    assert await table(consumer.database, "SELECT name, changes FROM payers") == [("Umeå", 2)]


async def test_the_number_of_a_parked_message_that_nobody_here_handles_is_not_lost(
    consumer: Consumer, log: Log
) -> None:
    order = uuid4()
    started = an_order_picking_started(OrderId(order))
    unused = consumer.shared.reader.read(log.event(started, order, 1))

    await consumer.inbox.park(unused, Cause.FAULT, "the database")
    await consumer.settle([log.released(order, 2)])
    await trail.drain_now(consumer)

    assert await trail_of(consumer.database, order) == (2,)
    assert await _keys(consumer.database) == []


async def test_a_message_that_is_parked_before_its_turn_is_not_lost(
    consumer: Consumer, log: Log
) -> None:
    order = uuid4()
    first, second = log.released(order, 1), log.released(order, 2)

    await consumer.inbox.park(consumer.shared.reader.read(second), Cause.FAULT, "the database")
    await consumer.settle([first])
    await trail.drain_now(consumer)

    assert await trail_of(consumer.database, order) == (1, 2)
    assert await _keys(consumer.database) == []


async def test_the_same_record_read_again_is_parked_once(consumer: Consumer, log: Log) -> None:
    record = log.refused(uuid4(), 1, "fails")

    await consumer.settle([record])
    await consumer.settle([record])

    assert await table(consumer.database, "SELECT count(*) FROM parked_messages") == [(1,)]


async def test_a_refusal_that_cannot_be_recorded_holds_up_no_other_key(
    consumer: Consumer, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = uuid4()
    trail.mood.failing = {"for now", "k001abc"}
    await consumer.settle([log.void("order-1", by="k001abc"), log.refused(order, 1, "for now")])
    trail.mood.failing.clear()

    def fail(*_: object) -> None:
        raise trail.Trouble

    monkeypatch.setattr("kvitt_chassis.consuming.inbox.record_refusal", fail)
    await trail.drain_now(consumer)

    assert await trail_of(consumer.database, order) == (1,)
    assert await table(consumer.database, "SELECT cause, tries FROM parked_keys") == [("fault", 1)]


async def test_lock_trouble_of_one_parked_key_holds_up_no_other(
    consumer: Consumer, log: Log
) -> None:
    held, free = uuid4(), uuid4()
    trail.mood.failing = {"for now"}
    await consumer.settle([log.refused(held, 1, "for now"), log.refused(free, 1, "for now")])
    trail.mood.failing.clear()

    async with consumer.database.unit() as rival:
        await rival.session.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        await rival.session.execute(
            text("SELECT 1 FROM marks WHERE key = :key FOR UPDATE"), {"key": str(held)}
        )
        await trail.drain_now(consumer)
        await consumer.drain.settle_due()  # waiting for the lock took the region's time

    assert await trail_of(consumer.database, free) == (1,)
    assert await _keys(consumer.database) == [(str(held), "waiting", "fault")]


async def test_a_parked_key_is_tried_again_later_each_time_later(
    consumer: Consumer, log: Log
) -> None:
    await consumer.settle([log.refused(uuid4(), 1, "fails")])

    waits = []
    for _ in range(3):
        await trail.drain_now(consumer)
        waits += await table(
            consumer.database, "SELECT round(extract(epoch FROM next_at - now())) FROM parked_keys"
        )

    assert [int(wait) for (wait,) in waits] == [1, 2, 4]


async def test_a_fault_that_stays_ends_in_quarantine(consumer: Consumer, log: Log) -> None:
    order = uuid4()
    await consumer.settle([log.refused(order, 1, "fails"), log.released(order, 2)])

    for _ in range(10):
        await trail.drain_now(consumer)

    assert await _keys(consumer.database) == [(str(order), "quarantined", "fault")]
    assert await trail_of(consumer.database, order) == ()


async def test_the_reason_says_what_and_where_and_repeats_no_value(
    consumer: Consumer, log: Log, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    await consumer.settle([log.refused(uuid4(), 1, "fails")])

    ((reason,),) = await table(consumer.database, "SELECT reason FROM parked_keys")
    assert reason.startswith("Trouble in on_release_refused (trail.py:")
    assert "189001019802" not in reason + caplog.text


async def test_what_is_not_known_yet_waits_and_goes_on_as_soon_as_it_is(
    draining: Consumer, log: Log
) -> None:
    order = uuid4()

    await draining.settle([log.refused(order, 1, "payer 4711"), log.released(order, 2)])
    assert await _keys(draining.database) == [(str(order), "waiting", "not_yet_known")]
    async with draining.database.unit() as unit:  # nobody looks at it for an hour by itself
        await unit.session.execute(
            text("UPDATE parked_keys SET next_at = clock_timestamp() + interval '1 hour'")
        )
    await draining.settle([log.stated("4711", 1, "Umeå")])

    await wait_for(lambda: _is_empty(draining.database))
    assert await trail_of(draining.database, order) == (1, 2)


async def test_what_never_becomes_known_ends_in_quarantine_at_its_deadline(
    consumer: Consumer, log: Log
) -> None:
    await consumer.settle([log.refused(uuid4(), 1, "payer 4711")])
    await trail.drain_now(consumer)
    async with consumer.database.unit() as unit:
        await unit.session.execute(
            text("UPDATE parked_keys SET parked_at = parked_at - interval '16 minutes'")
        )
    await trail.drain_now(consumer)

    assert await table(consumer.database, "SELECT state, cause FROM parked_keys") == [
        ("quarantined", "not_yet_known")
    ]


async def test_a_refusal_of_a_service_by_a_service_is_a_fault(consumer: Consumer, log: Log) -> None:
    await consumer.settle([log.refused(uuid4(), 1, "refuses")])

    assert await table(consumer.database, "SELECT cause FROM parked_keys") == [("fault",)]
    assert await table(consumer.database, "SELECT count(*) FROM refusals") == [(0,)]


async def test_a_parked_command_that_is_refused_later_is_answered_then(
    consumer: Consumer, log: Log
) -> None:
    trail.mood.failing = {"k082lno"}
    await consumer.settle([log.void("order-1")])
    trail.mood.failing.clear()
    await trail.drain_now(consumer)

    assert await _keys(consumer.database) == []
    assert await table(consumer.database, "SELECT reason FROM refusals") == [("NOT_ALLOWED",)]


async def test_a_handler_that_hangs_is_ended_and_parked(database: Database, log: Log) -> None:
    consumer = trail.a_consumer(database, tuning=Tuning(handler_budget=5.0))
    order, other = uuid4(), uuid4()
    trail.mood.hangs = 60

    await consumer.settle([log.refused(order, 1, "hangs"), log.released(other, 1)])

    assert await trail_of(database, other) == (1,)
    assert await _keys(database) == [(str(order), "waiting", "fault")]


async def test_an_error_of_the_system_in_a_handler_is_a_fault_not_a_lost_connection(
    consumer: Consumer, log: Log
) -> None:
    await consumer.settle([log.refused(uuid4(), 1, "misses a file")])

    ((cause, reason),) = await table(consumer.database, "SELECT cause, reason FROM parked_keys")
    assert cause == "fault"
    assert reason.startswith("FileNotFoundError in on_release_refused")


async def test_a_lock_that_somebody_holds_is_waited_for_and_parks_nothing(
    consumer: Consumer, urls: ServiceUrls, policies: Policies, log: Log
) -> None:
    order = uuid4()
    await consumer.settle([log.released(order, 1)])
    other = Database(urls.worker, service=trail.SERVICE, role="worker", policies=policies)
    async with other.unit() as unit:
        await unit.session.execute(text("SELECT 1 FROM marks FOR UPDATE"))
        await unit.session.execute(text("SET LOCAL idle_in_transaction_session_timeout = '20s'"))
        before = _lock_timeouts()
        settling = asyncio.create_task(consumer.settle([log.released(order, 2)]))
        await wait_for(lambda: _lock_timeouts() > before, within=15)
    await settling
    await other.dispose()

    assert await trail_of(consumer.database, order) == (1, 2)
    assert await _keys(consumer.database) == []


async def test_a_connection_that_is_lost_in_the_middle_parks_nothing(
    consumer: Consumer, platform: Servers, log: Log
) -> None:
    order = uuid4()
    going_on = asyncio.Event()
    trail.mood.until = going_on.wait
    settling = asyncio.create_task(consumer.settle([log.refused(order, 1, "hangs")]))
    await wait_for(lambda: trail.mood.calls)

    trail.end_connections(platform.database_admin_url, consumer.database)
    going_on.set()
    finish = await settling

    if finish.back_to:
        await consumer.settle([log.refused(order, 1, "hangs")])
    assert await trail_of(consumer.database, order) == (1,)
    assert await _keys(consumer.database) == []


async def test_many_faults_in_a_row_pause_the_partition_instead_of_filling_the_park(
    database: Database, log: Log
) -> None:
    limits = Limits(tries=1, faults_in_a_row=3)
    consumer = trail.a_consumer(database, tuning=Tuning(limits=limits))
    healthy = uuid4()
    failing = [log.refused(uuid4(), 1, "fails") for _ in range(6)]

    finish = await consumer.settle([*failing, log.released(healthy, 1, partition=1)])

    assert len(await _keys(database)) == 3
    assert finish.back_to == {(trail.RESERVATIONS, 0): 3}
    assert finish.offsets == {(trail.RESERVATIONS, 0): 3, (trail.RESERVATIONS, 1): 1}
    assert await trail_of(database, healthy) == (1,)
    assert await table(database, "SELECT topic, partition FROM pauses") == [(trail.RESERVATIONS, 0)]


async def test_a_message_that_succeeds_ends_the_row_of_faults(database: Database, log: Log) -> None:
    limits = Limits(tries=1, faults_in_a_row=2)
    consumer = trail.a_consumer(database, tuning=Tuning(limits=limits))

    records = []
    for _ in range(4):
        records += [log.refused(uuid4(), 1, "fails"), log.released(uuid4(), 1)]
    finish = await consumer.settle(records)

    assert finish.back_to == {}
    assert len(await _keys(database)) == 4


async def test_two_processes_that_drain_settle_each_message_once(
    consumer: Consumer, database: Database, log: Log
) -> None:
    orders = [uuid4() for _ in range(10)]
    trail.mood.failing = {"for now"}
    for order in orders:
        await consumer.settle([log.refused(order, 1, "for now"), log.released(order, 2)])
    trail.mood.failing.clear()

    twin = trail.a_consumer(database)
    await asyncio.gather(trail.drain_now(consumer), trail.drain_now(twin))
    await trail.drain_now(consumer)

    assert await trail.trails(database) == dict.fromkeys(orders, (1, 2))
    assert await _keys(database) == []


async def test_parked_messages_rest_encrypted(consumer: Consumer, log: Log) -> None:
    trail.mood.failing = {"Hemlig Hemligsson"}

    await consumer.settle([log.stated("4711", 1, "Hemlig Hemligsson")])

    ((sealed,),) = await table(consumer.database, "SELECT sealed FROM parked_messages")
    assert b"Hemlig" not in sealed
    assert sealed.startswith(b"gAAAA")  # Fernet


async def _keys(database: Database) -> list[tuple[str, str, str]]:
    rows = await table(database, "SELECT key, state, cause FROM parked_keys ORDER BY key")
    return [(key, state, cause) for key, state, cause in rows]


async def _is_empty(database: Database) -> bool:
    return await _keys(database) == []


def _lock_timeouts() -> float:
    return trail.sample("consumer_lock_troubles_total", service=trail.SERVICE)
