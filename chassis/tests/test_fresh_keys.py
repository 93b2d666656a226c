"""Keys without a mark: where two processes begin one, one of them has the effect."""

import asyncio
from uuid import uuid4

import pytest
from kvitt_chassis.consuming.consumer import Consumer
from kvitt_chassis.consuming.marks import MarkTaken
from kvitt_chassis.consuming.verdicts import Verdict
from kvitt_chassis.database import Database, is_lock_trouble
from kvitt_contracts.types import RegionCode
from kvitt_testkit.world import wait_for
from sqlalchemy.exc import IntegrityError

from chassis.tests import trail
from chassis.tests.tables import marks
from chassis.tests.trail import Log, trail_of


async def test_a_fresh_key_that_two_processes_have_in_hand_has_one_effect(
    consumer: Consumer, database: Database, log: Log
) -> None:
    """Nothing is locked before its mark is there: who is later rolls back, and finds it."""
    order = uuid4()
    trail.mood.until = lambda: wait_for(lambda: trail.mood.calls == 2)
    record = log.refused(order, 1, "hangs")
    inboxes = [one.inbox for one in (consumer, trail.a_consumer(database))]
    arrived = consumer.shared.reader.read(record)

    first, second = await asyncio.gather(
        *(one.apply([arrived]) for one in inboxes), return_exceptions=True
    )

    assert trail.mood.calls == 2
    (taken,) = [one for one in (first, second) if isinstance(one, BaseException)]
    assert isinstance(taken, MarkTaken)
    assert is_lock_trouble(taken)
    assert (await inboxes[0].apply([arrived])).verdicts == [(arrived, Verdict.DUPLICATE)]
    assert await trail_of(database, order) == (1,)
    assert await marks(database) == [(trail.RESERVATIONS, str(order), 1)]


async def test_a_fresh_key_whose_row_is_there_has_one_effect_of_two_processes_too(
    consumer: Consumer, database: Database, log: Log
) -> None:
    """Nothing but the mark collides: the row is changed by one after the other."""
    order = uuid4()
    async with database.unit() as unit:
        row = trail.TrailRow(region="ac", order_id=order, numbers=())
        unit.begin(region=RegionCode("ac")).put(row)
    trail.mood.hangs = 0.3
    arrived = consumer.shared.reader.read(log.refused(order, 1, "hangs"))
    inboxes = [one.inbox for one in (consumer, trail.a_consumer(database))]

    ended = await asyncio.gather(*(one.apply([arrived]) for one in inboxes), return_exceptions=True)

    assert [type(one) for one in ended if isinstance(one, BaseException)] == [MarkTaken]
    assert await trail_of(database, order) == (1,)


async def test_who_meets_the_row_of_a_rival_tries_again(
    consumer: Consumer, database: Database, log: Log
) -> None:
    """A rival has made the row, its event and the mark after the key was found to be fresh."""
    order = uuid4()
    record = log.refused(order, 1, "overtaken")
    arrived = consumer.shared.reader.read(record)
    inbox = consumer.inbox

    async def overtake() -> None:
        trail.mood.meanwhile = None
        await trail.a_consumer(database).inbox.apply([arrived])

    trail.mood.meanwhile = overtake
    with pytest.raises(MarkTaken):
        await inbox.apply([arrived])

    assert await trail_of(database, order) == (1,)


async def test_a_collision_that_no_rival_explains_is_the_handlers_fault(
    consumer: Consumer, database: Database, log: Log
) -> None:
    order = uuid4()
    await consumer.settle([log.released(order, 1)])
    arrived = consumer.shared.reader.read(log.refused(uuid4(), 1, f"collides {order}"))

    with pytest.raises(IntegrityError) as raised:
        await consumer.inbox.apply([arrived])

    assert not is_lock_trouble(raised.value)


async def test_a_fresh_key_is_begun_where_its_message_is_parked_too(
    consumer: Consumer, log: Log
) -> None:
    order, other = uuid4(), uuid4()

    await consumer.settle([log.released(order, 2), log.refused(other, 1, "fails")])

    assert {(key, seq) for _, key, seq in await marks(consumer.database)} == {
        (str(order), 0),
        (str(other), 0),
    }
