"""When timers fire: once each, when they are due, the slow ones apart."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from kvitt_chassis.consuming import timers
from kvitt_chassis.consuming.timers import TimerLoop
from kvitt_chassis.database import Database
from kvitt_chassis.handlers import Handlers, Timer
from kvitt_chassis.operating import clock
from kvitt_chassis.transaction import Transaction
from kvitt_testkit.platform import Platform
from kvitt_testkit.world import wait_for
from sqlalchemy import text

from chassis.tests.letters import (
    AC,
    REMINDER,
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


async def transaction_of(tx: Transaction) -> str:
    """The number of the transaction that a handler is in."""
    query = text("SELECT CAST(pg_current_xact_id() AS text)")
    return str((await tx.session.execute(query)).scalar_one())


async def test_a_timer_fires_once_when_it_is_due_and_not_before(database: Database) -> None:
    removals = Removals()
    async with running(TimerLoop(database, removals.handlers)):
        async with database.unit() as unit:
            soon = post(unit, due=timedelta(seconds=0.6))
            post(unit, due=timedelta(hours=1))
            set_at = unit.now

        async def is_removed() -> bool:
            return bool(await removed(database))

        await wait_for(is_removed, within=15)
        assert await removed(database) == {soon}

    ((key, due, now),) = removals.called
    assert (key, due) == (soon, set_at + timedelta(seconds=0.6))
    assert due <= now


async def test_slow_timers_fire_in_a_transaction_each_and_the_others_in_one(
    database: Database,
) -> None:
    slow = Timer("printing", LetterRow, slow=True)
    told: dict[str, list[str]] = {slow.name: [], REMINDER.name: []}
    handlers = Handlers()

    @handlers.timer(slow)
    async def make(row: LetterRow, due: datetime, tx: Transaction) -> None:
        told[slow.name].append(await transaction_of(tx))

    @handlers.timer(REMINDER)
    async def remind(row: LetterRow, due: datetime, tx: Transaction) -> None:
        told[REMINDER.name].append(await transaction_of(tx))

    async with database.unit() as unit:
        for timer in (slow, REMINDER, slow, REMINDER, slow):
            post(unit, due=timedelta(0), timer=timer)
    loop = TimerLoop(database, handlers)

    async with running(loop):

        async def is_done() -> bool:
            return await loop.due_count() == 0

        await wait_for(is_done, within=15)

    assert len(told[slow.name]) == len(set(told[slow.name])) == 3
    assert len(told[REMINDER.name]) == 2
    assert len(set(told[REMINDER.name])) == 1


def printing(handlers: Handlers) -> tuple[Timer, list[UUID]]:
    """A slow timer, and the keys that it has fired for."""
    slow, printed = Timer("printing", LetterRow, slow=True), list[UUID]()

    @handlers.timer(slow)
    async def make(row: LetterRow, due: datetime, tx: Transaction) -> None:
        printed.append(row.id)

    return slow, printed


async def test_what_is_due_is_fired_before_many_slow_ones(database: Database) -> None:
    removals = Removals()
    slow, _ = printing(removals.handlers)
    async with database.unit() as unit:
        for _ in range(5):
            post(unit, due=timedelta(seconds=-2), timer=slow)
        key = post(unit, due=timedelta(seconds=-1), timer=REMINDER)

    await TimerLoop(database, removals.handlers, batch=2)._round()

    assert removals.reminded == [key]


async def test_a_timer_that_only_a_newer_release_knows_is_in_nobodys_way(
    database: Database,
) -> None:
    handlers, told = Handlers(), list[str]()

    @handlers.timer(REMINDER)
    async def remind(row: LetterRow, due: datetime, tx: Transaction) -> None:
        told.append(await transaction_of(tx))

    async with database.unit() as unit:
        for _ in range(3):
            post(unit, due=timedelta(seconds=-2), timer=Timer("of_tomorrow", LetterRow))
        for _ in range(2):
            post(unit, due=timedelta(seconds=-1), timer=REMINDER)

    await TimerLoop(database, handlers, batch=2)._round()

    assert (len(told), len(set(told))) == (2, 1)


async def test_what_is_due_is_fired_while_a_slow_one_takes_its_time(database: Database) -> None:
    removals = Removals()
    slow = Timer("printing", LetterRow, slow=True)
    reminded = asyncio.Event()

    @removals.handlers.timer(slow)
    async def make(row: LetterRow, due: datetime, tx: Transaction) -> None:
        async with database.unit() as unit:
            post(unit, due=timedelta(0), timer=REMINDER)
        await wait_for(lambda: removals.reminded, within=60)
        reminded.set()

    async with database.unit() as unit:
        post(unit, due=timedelta(seconds=-1), timer=slow)

    async with running(TimerLoop(database, removals.handlers, handler_seconds=60)):
        async with asyncio.timeout(20):
            await reminded.wait()

    assert len(removals.reminded) == 1


async def test_slow_timers_leave_off_for_what_has_changed_meanwhile(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    handlers = Handlers()
    slow, printed = printing(handlers)
    async with database.unit() as unit:
        for _ in range(3):
            post(unit, due=timedelta(seconds=-1), timer=slow)
    loop = TimerLoop(database, handlers)
    monkeypatch.setattr(timers, "POLL_SECONDS", 0.0)

    for turn in (1, 2, 3):
        await loop._round(slow=True)
        assert len(set(printed)) == turn


async def test_many_timers_fire_once_each_in_the_order_of_their_instants(
    database: Database,
) -> None:
    removals = Removals()
    async with database.unit() as unit:
        keys = [post(unit, due=timedelta(milliseconds=-n)) for n in range(450)]
    loop = TimerLoop(database, removals.handlers)
    assert await loop.due_count() == 450

    async with running(loop, TimerLoop(database, removals.handlers)):

        async def is_done() -> bool:
            return await loop.due_count() == 0

        await wait_for(is_done, within=15)

    assert await removed(database) == set(keys)
    async with database.reading() as session:
        events = await session.execute(
            text("SELECT count(*) FROM events WHERE type = 'notifications.message.removed.v1'")
        )
        assert events.scalar_one() == 450
    dues = [due for _, due, _ in removals.called[:200]]
    assert dues == sorted(dues)


async def test_a_cancelled_timer_does_not_fire_though_it_was_read_as_due(
    database: Database,
) -> None:
    removals = Removals()
    async with database.unit() as unit:
        key = post(unit, due=timedelta(seconds=-1))
    loop = TimerLoop(database, removals.handlers)
    async with running():
        async with database.unit() as cancelling:
            tx = cancelling.begin(region=AC)
            await tx.lock(LetterRow, key)  # the loop reads the timer as due, and waits for this
            task = asyncio.create_task(loop.run())
            await wait_for(lambda: _waits_for_lock(database), within=15)
            tx.cancel_timer(REMOVAL, key=key)

        async def is_idle() -> bool:
            return await loop.due_count() == 0 and not await _waits_for_lock(database)

        await wait_for(is_idle, within=15)
        await loop.stop()
        await task

    assert removals.called == []
    assert await letters(database) == {key: Status.UNREAD}


async def test_a_timer_set_anew_while_it_was_due_fires_at_its_new_instant(
    database: Database,
) -> None:
    removals = Removals()
    async with database.unit() as unit:
        key = post(unit, due=timedelta(seconds=-1))
    loop = TimerLoop(database, removals.handlers)
    async with database.unit() as setting:
        tx = setting.begin(region=AC)
        await tx.lock(LetterRow, key)
        task = asyncio.create_task(loop.run())
        await wait_for(lambda: _waits_for_lock(database), within=15)
        later = tx.now + timedelta(seconds=0.5)
        tx.schedule(REMOVAL, key=key, due=later)

    async def is_removed() -> bool:
        return bool(await removed(database))

    await wait_for(is_removed, within=15)
    await loop.stop()
    await task
    assert [(key, later)] == [(one, due) for one, due, _ in removals.called]


async def test_a_handler_cancels_another_timer_that_is_due_in_the_same_batch(
    database: Database,
) -> None:
    removals = Removals()
    async with database.unit() as unit:
        key = post(unit, due=timedelta(seconds=-2))
        unit.scheduled[REMINDER.name, str(AC), key] = unit.now - timedelta(seconds=1)

    async def cancel(row: LetterRow, tx: Transaction) -> None:
        tx.cancel_timer(REMINDER, key=row.id)

    removals.before = cancel
    loop = TimerLoop(database, removals.handlers)
    async with running(loop):

        async def is_idle() -> bool:
            return await loop.due_count() == 0

        await wait_for(is_idle, within=15)

    assert removals.reminded == []
    assert await letters(database) == {key: Status.REMOVED}


async def test_timers_become_due_when_business_time_is_moved(database: Database) -> None:
    removals = Removals()
    async with database.unit() as unit:
        post(unit, due=timedelta(days=6))
        to = unit.now + timedelta(days=7)
    loop = TimerLoop(database, removals.handlers)
    async with running(loop):
        async with database.unit() as unit:
            await clock.advance(unit.session, to)
        loop.wake()

        async def is_removed() -> bool:
            return bool(await removed(database))

        await wait_for(is_removed, within=15)
    ((_, due, now),) = removals.called
    assert due == to - timedelta(days=1)
    assert now >= to


async def _waits_for_lock(database: Database) -> bool:
    async with database.reading() as session:
        found = await session.execute(
            text(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
                "AND datname = current_database()"
            )
        )
        return bool(found.scalar_one())
