"""Marks: each message once, in order, told apart from duplicates, gaps and forks."""

import asyncio
from dataclasses import replace
from uuid import uuid4

import pytest
from kvitt_chassis.consuming.consumer import Consumer
from kvitt_chassis.database import Database
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import OrderId
from kvitt_testkit.world import ServiceUrls
from sqlalchemy import text

from chassis.tests import trail
from chassis.tests.tables import marks, parked
from chassis.tests.trail import Log, trail_of
from contracts.tests.builders.reservations import (
    a_reservation_released,
    an_order_picking_started,
)


async def test_messages_of_a_key_are_applied_in_their_order(consumer: Consumer, log: Log) -> None:
    order = uuid4()

    await consumer.settle([log.released(order, number) for number in (1, 2, 3)])

    assert await trail_of(consumer.database, order) == (1, 2, 3)


async def test_a_message_that_comes_again_has_no_effect_again(consumer: Consumer, log: Log) -> None:
    order = uuid4()
    records = [log.released(order, number) for number in (1, 2)]

    await consumer.settle(records)
    await consumer.settle(records)
    await consumer.settle([records[0], records[0], records[1], log.released(order, 3)])

    assert await trail_of(consumer.database, order) == (1, 2, 3)


async def test_the_mark_advances_batch_after_batch(consumer: Consumer, log: Log) -> None:
    order = uuid4()
    first, second = (log.released(order, number) for number in (1, 2))

    for record in (first, second, second, first, second):
        await consumer.settle([record])

    assert await trail_of(consumer.database, order) == (1, 2)
    assert await marks(consumer.database) == [(trail.RESERVATIONS, str(order), 2)]


async def test_one_message_twice_in_one_batch_has_one_effect(consumer: Consumer, log: Log) -> None:
    order = uuid4()
    record = log.released(order, 1)

    await consumer.settle([record, record])

    assert await trail_of(consumer.database, order) == (1,)


async def test_the_mark_advances_for_types_that_nobody_here_handles(
    consumer: Consumer, log: Log
) -> None:
    order = uuid4()
    unused = an_order_picking_started(OrderId(order))

    await consumer.settle(
        [log.event(unused, order, 1), log.released(order, 2), log.event(unused, order, 3)]
    )

    assert await trail_of(consumer.database, order) == (2,)
    assert await marks(consumer.database) == [(trail.RESERVATIONS, str(order), 3)]


async def test_the_mark_advances_for_a_noun_that_nobody_knows(consumer: Consumer, log: Log) -> None:
    order = uuid4()
    envelope = trail.an_envelope(
        a_reservation_released(OrderId(order)), subject=str(order), sequence=1
    )
    unknown = log.raw(
        trail.RESERVATIONS,
        key=str(order).encode(),
        value=b"{}",
        headers=replace(envelope, type="inventory.novelty.seen.v1").headers(),
    )

    await consumer.settle([unknown, log.released(order, 2)])

    assert await trail_of(consumer.database, order) == (2,)


async def test_a_number_that_is_missing_parks_its_key_and_no_other(
    consumer: Consumer, log: Log
) -> None:
    order, other = uuid4(), uuid4()

    await consumer.settle([log.released(order, 1), log.released(order, 3), log.released(other, 1)])

    assert await trail_of(consumer.database, order) == (1,)
    assert await trail_of(consumer.database, other) == (1,)
    assert await parked(consumer.database) == [(str(order), "waiting", "gap", 1)]


async def test_a_gap_heals_when_the_missing_number_is_published_again(
    consumer: Consumer, log: Log
) -> None:
    order = uuid4()
    first, second, third, fourth = (log.released(order, number) for number in (1, 2, 3, 4))

    await consumer.settle([first, third, fourth])
    await consumer.settle([second])
    await trail.drain_now(consumer)

    assert await trail_of(consumer.database, order) == (1, 2, 3, 4)
    assert await parked(consumer.database) == []


async def test_the_same_number_with_another_id_is_a_fork_and_never_skipped(
    consumer: Consumer, log: Log
) -> None:
    order = uuid4()

    await consumer.settle([log.released(order, 1)])
    await consumer.settle([log.released(order, 1), log.released(order, 2)])

    assert await trail_of(consumer.database, order) == (1,)
    assert await parked(consumer.database) == [(str(order), "quarantined", "fork", 2)]


async def test_a_fork_some_numbers_back_is_seen_too(consumer: Consumer, log: Log) -> None:
    order = uuid4()

    await consumer.settle([log.released(order, number) for number in (1, 2, 3, 4)])
    await consumer.settle([log.released(order, 2)])

    assert await parked(consumer.database) == [(str(order), "quarantined", "fork", 1)]


async def test_an_effect_and_its_mark_are_committed_together_or_not_at_all(
    consumer: Consumer, log: Log
) -> None:
    order = uuid4()
    records = [log.released(order, 1), log.refused(order, 2, "fails")]

    await consumer.settle(records)

    assert await trail_of(consumer.database, order) == (1,)
    assert await marks(consumer.database) == [(trail.RESERVATIONS, str(order), 1)]


async def test_two_consumers_with_the_same_messages_have_one_effect(
    consumer: Consumer, database: Database, log: Log
) -> None:
    orders = [uuid4() for _ in range(20)]
    records = [log.released(order, number) for number in (1, 2, 3) for order in orders]
    twin = trail.a_consumer(database)

    await asyncio.gather(consumer.settle(records), twin.settle(list(records)))

    assert await trail.trails(database) == dict.fromkeys(orders, (1, 2, 3))


async def test_a_key_that_another_process_has_in_hand_is_waited_for(
    consumer: Consumer, database: Database, log: Log
) -> None:
    order = uuid4()
    trail.mood.hangs = 0.3
    await consumer.settle([log.released(order, 1)])
    record = log.refused(order, 2, "hangs")

    await asyncio.gather(consumer.settle([record]), trail.a_consumer(database).settle([record]))

    assert trail.mood.calls == 1
    assert await trail_of(database, order) == (1, 2)


async def test_the_api_role_cannot_read_the_inbox(urls: ServiceUrls, policies: Policies) -> None:
    api = Database(urls.api, service=trail.SERVICE, role="api", policies=policies)
    for name in ("marks", "inbound_seen", "parked_keys", "parked_messages", "audit", "pauses"):
        async with api.reading(trail.AC) as session:
            with pytest.raises(Exception, match="permission denied"):
                await session.execute(text(f"SELECT * FROM {name}"))
    await api.dispose()
