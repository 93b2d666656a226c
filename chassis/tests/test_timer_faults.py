"""What becomes of timers whose handlers fail, hang or are not there."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from kvitt_chassis.consuming import timers
from kvitt_chassis.consuming.timers import TimerLoop
from kvitt_chassis.database import Database
from kvitt_chassis.handlers import Fault, Handlers, Timer
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.notifications import MessageRead
from kvitt_contracts.types import MessageId
from kvitt_testkit.platform import Platform
from kvitt_testkit.world import wait_for
from sqlalchemy import text

from chassis.tests.letters import (
    AC,
    REMOVAL,
    Removals,
    a_database,
    letters,
    post,
    removed,
    running,
)
from chassis.tests.toy import LetterRow, Status


@pytest.fixture
async def database(platform: Platform) -> AsyncIterator[Database]:
    async with a_database(platform) as opened:
        yield opened


async def tries(database: Database) -> list[tuple[int, bool | None]]:
    """Of each timer: how often it has failed, and whether it waits for its next try."""
    async with database.reading() as session:
        rows = await session.execute(text("SELECT attempts, not_before > now() FROM timers"))
        return [(row[0], row[1]) for row in rows]


async def test_one_that_fails_harms_no_other_and_is_tried_again(database: Database) -> None:
    removals = Removals()
    async with database.unit() as unit:
        keys = [post(unit, due=timedelta(seconds=-1)) for _ in range(5)]
    failures, counted = 2, list[UUID]()

    async def fail_twice(row: LetterRow, tx: Transaction) -> None:
        nonlocal failures
        tx.after_commit(lambda: counted.append(row.id))
        if row.id == keys[2] and failures > -1:
            failures -= 1
            raise ZeroDivisionError

    removals.before = fail_twice
    loop = TimerLoop(database, removals.handlers)
    async with running(loop):

        async def others_are_removed() -> bool:
            return await removed(database) == set(keys) - {keys[2]}

        await wait_for(others_are_removed, within=15)
        assert await loop.due_count() == 1

        async def all_are_removed() -> bool:
            return await removed(database) == set(keys)

        await wait_for(all_are_removed, within=15)

    assert sorted(counted) == sorted(keys)  # the batch and what failed were rolled back
    assert await tries(database) == []


async def test_what_fails_is_told_with_how_often_and_what_is_changed_then_lets_it_fire_at_once(
    database: Database,
) -> None:
    removals, told = Removals(), list[Fault]()
    async with database.unit() as unit:
        keys = [post(unit, due=timedelta(seconds=-1)) for _ in range(3)]

    async def fail_until_reminded(row: LetterRow, tx: Transaction) -> None:
        if row.id == keys[1] and row.status is not Status.READ:
            raise ZeroDivisionError("of a person")

    @removals.handlers.on_fault(REMOVAL)
    async def read_it(row: LetterRow, fault: Fault, tx: Transaction) -> bool:
        told.append(fault)
        if fault.attempts < 2:
            return False
        tx.record(row, MessageRead(message_id=MessageId(row.id), by=row.reader))
        return True

    removals.before = fail_until_reminded
    loop = TimerLoop(database, removals.handlers)
    async with running(loop):

        async def all_are_removed() -> bool:
            return await removed(database) == set(keys)

        await wait_for(all_are_removed, within=15)

    assert [fault.attempts for fault in told] == [1, 2]
    assert told[0].reason.startswith("ZeroDivisionError in fail_until_reminded")
    assert "of a person" not in told[0].reason


async def test_a_fault_of_who_is_told_of_a_fault_leaves_it_to_be_tried_later(
    database: Database,
) -> None:
    removals = Removals()
    async with database.unit() as unit:
        key = post(unit, due=timedelta(seconds=-1))

    async def fail(row: LetterRow, tx: Transaction) -> None:
        raise ZeroDivisionError

    @removals.handlers.on_fault(REMOVAL)
    async def fail_too(row: LetterRow, fault: Fault, tx: Transaction) -> bool:
        tx.record(row, MessageRead(message_id=MessageId(row.id), by=row.reader))
        raise KeyError

    removals.before = fail
    await TimerLoop(database, removals.handlers)._round()

    assert await letters(database) == {key: Status.UNREAD}
    assert await tries(database) == [(1, True)]


async def test_a_timer_whose_row_is_gone_is_tried_later_though_faults_are_told(
    database: Database,
) -> None:
    removals = Removals()

    @removals.handlers.on_fault(REMOVAL)
    async def mend(row: LetterRow, fault: Fault, tx: Transaction) -> bool:
        return True

    async with database.unit() as unit:
        post(unit, due=timedelta(seconds=-1))
    async with database.unit() as unit:
        await unit.session.execute(text("DELETE FROM letters"))

    await TimerLoop(database, removals.handlers)._round()

    assert await tries(database) == [(1, True)]


async def test_a_fault_of_a_timer_that_was_set_anew_meanwhile_is_told_to_nobody(
    database: Database,
) -> None:
    removals, told = Removals(), list[Fault]()

    @removals.handlers.on_fault(REMOVAL)
    async def mend(row: LetterRow, fault: Fault, tx: Transaction) -> bool:
        told.append(fault)
        return True

    async with database.unit() as unit:
        key = post(unit, due=timedelta(hours=1))
    failed = timers.Due(REMOVAL.name, str(AC), key, unit.now, -1.0)

    await TimerLoop(database, removals.handlers)._is_mended(failed, ZeroDivisionError())
    await TimerLoop(database, removals.handlers)._back_off(failed)

    assert (await tries(database), told) == ([(0, None)], [])


def test_faults_of_a_timer_have_one_handler_and_are_included_with_it() -> None:
    inner, outer = Handlers(), Handlers()

    async def handle(row: LetterRow, due: datetime, tx: Transaction) -> None: ...

    async def mend(row: LetterRow, fault: Fault, tx: Transaction) -> bool:
        return True

    inner.timer(REMOVAL)(handle)
    inner.on_fault(REMOVAL)(mend)
    outer.include(inner)

    assert outer.faults == {REMOVAL.name: mend}
    with pytest.raises(ValueError, match="removal have two handlers"):
        outer.on_fault(REMOVAL)(mend)


async def test_a_handler_that_hangs_is_ended_and_harms_no_other(
    database: Database,
) -> None:
    removals = Removals()
    async with database.unit() as unit:
        keys = [post(unit, due=timedelta(seconds=-1)) for _ in range(3)]

    async def hang(row: LetterRow, tx: Transaction) -> None:
        if row.id == keys[0]:
            await asyncio.Event().wait()

    removals.before = hang
    loop = TimerLoop(database, removals.handlers, handler_seconds=3)  # a healthy one takes less
    async with running(loop):

        async def others_are_removed() -> bool:
            return await removed(database) == set(keys[1:])

        await wait_for(others_are_removed, within=60)
    async with database.reading() as session:
        assert (await session.scalars(text("SELECT key FROM timers"))).all() == [keys[0]]


async def test_a_timer_that_failed_before_the_clock_went_back_is_tried_soon(
    database: Database,
) -> None:
    removals = Removals()
    async with database.unit() as unit:
        key = post(unit, due=timedelta(seconds=-1))
        await unit.flush()
        later = "UPDATE timers SET not_before = clock_timestamp() + interval '1 hour'"
        await unit.session.execute(text(later))
    async with running(TimerLoop(database, removals.handlers)):

        async def is_removed() -> bool:
            return await removed(database) == {key}

        await wait_for(is_removed, within=15)
    assert [letter for letter, _, _ in removals.called] == [key]


async def test_a_timer_of_nobody_stays_and_is_counted(database: Database) -> None:
    async with database.unit() as unit:
        unit.scheduled["unknown", str(AC), uuid4()] = unit.now - timedelta(seconds=1)
    loop = TimerLoop(database, Removals().handlers)
    async with running(loop):

        async def has_failed() -> bool:
            ((attempts, _),) = await tries(database)
            return attempts > 0

        await wait_for(has_failed, within=15)
    assert await loop.due_count() == 1


async def test_a_timer_that_is_set_ahead_of_its_row_has_nothing_to_do_without(
    database: Database,
) -> None:
    ahead = Timer("ahead", LetterRow, set_ahead=True)
    handlers = Handlers()
    called: list[UUID] = []

    @handlers.timer(ahead)
    async def look(row: LetterRow, due: datetime, tx: Transaction) -> None:
        called.append(row.id)

    async with database.unit() as unit:
        there = post(unit, due=timedelta(0), timer=ahead)
        unit.scheduled[ahead.name, str(AC), uuid4()] = unit.now
    loop = TimerLoop(database, handlers)
    async with running(loop):

        async def is_over() -> bool:
            return await loop.due_count() == 0

        await wait_for(is_over, within=15)
    assert called == [there]
