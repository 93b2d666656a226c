import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from time import monotonic
from uuid import UUID, uuid4

import pytest
from kvitt_chassis.consuming import timers
from kvitt_chassis.consuming.timers import TimerLoop
from kvitt_chassis.database import Database
from kvitt_chassis.handlers import Fault, Handlers, Timer
from kvitt_chassis.operating import clock
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.unit_of_work import UnitOfWork
from kvitt_contracts.notifications import (
    About,
    MessageKind,
    MessagePosted,
    MessageRead,
    MessageRemoved,
    ToUser,
)
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import MessageId, RegionCode, UserId
from kvitt_testkit.platform import Platform
from sqlalchemy import text

from chassis.tests.toy import LetterRow, Status, make_tables, read

SERVICE = "notifications"
AC = RegionCode("ac")
REMOVAL = Timer("removal", LetterRow)
REMINDER = Timer("reminder", LetterRow)


@pytest.fixture
async def database(platform: Platform) -> AsyncIterator[Database]:
    prefix = f"t{uuid4().hex[:8]}_"
    urls = platform.database(SERVICE, prefix, migrate=False)
    make_tables(urls.owner)
    opened = Database(
        urls.worker, service=SERVICE, role="worker", policies=Policies({}), pool_size=10
    )
    yield opened
    await opened.dispose()
    platform.drop_database(SERVICE, prefix)


@contextlib.asynccontextmanager
async def running(*loops: TimerLoop) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(loop.run()) for loop in loops]
    yield
    await asyncio.gather(*(loop.stop() for loop in loops))
    await asyncio.gather(*tasks)


async def until(condition: Callable[[], Awaitable[bool]], *, seconds: float = 15.0) -> None:
    begun = monotonic()
    while not await condition():
        assert monotonic() - begun < seconds, "did not happen"
        await asyncio.sleep(0.02)


async def transaction_of(tx: Transaction) -> str:
    """The number of the transaction that a handler is in."""
    query = text("SELECT CAST(pg_current_xact_id() AS text)")
    return str((await tx.session.execute(query)).scalar_one())


class Removals:
    """Handlers that remove a letter, and remember what they were called with."""

    def __init__(self) -> None:
        self.handlers = Handlers()
        self.called: list[tuple[UUID, datetime, datetime]] = []
        self.reminded: list[UUID] = []
        self.before: Callable[[LetterRow, Transaction], Awaitable[None]] | None = None
        self.handlers.timer(REMOVAL)(self._remove)
        self.handlers.timer(REMINDER)(self._remind)

    async def _remove(self, row: LetterRow, due: datetime, tx: Transaction) -> None:
        self.called.append((row.id, due, tx.now))
        if self.before is not None:
            await self.before(row, tx)
        tx.record(row, MessageRemoved(message_id=MessageId(row.id), by=row.reader))

    async def _remind(self, row: LetterRow, due: datetime, tx: Transaction) -> None:
        self.reminded.append(row.id)
        tx.record(row, read(row.state(), by=row.reader))


def post(unit: UnitOfWork, *, due: timedelta, timer: Timer = REMOVAL) -> UUID:
    key = uuid4()
    tx = unit.begin(region=AC)
    posted = MessagePosted(
        message_id=MessageId(key),
        to=ToUser(user_id=UserId("k082lno")),
        message=MessageKind.ORDER_DELIVERED,
        about=About(kind="order", id=uuid4()),
    )
    tx.start(LetterRow, key, posted)
    tx.schedule(timer, key=key, due=tx.now + due)
    return key


async def letters(database: Database) -> dict[UUID, Status]:
    async with database.reading() as session:
        rows = await session.execute(text("SELECT id, status FROM letters"))
        return {row.id: Status(row.status) for row in rows}


async def removed(database: Database) -> set[UUID]:
    found = await letters(database)
    return {key for key, status in found.items() if status is Status.REMOVED}


async def test_a_timer_fires_once_when_it_is_due_and_not_before(database: Database) -> None:
    removals = Removals()
    async with running(TimerLoop(database, removals.handlers)):
        async with database.unit() as unit:
            soon = post(unit, due=timedelta(seconds=0.6))
            post(unit, due=timedelta(hours=1))
            set_at = unit.now

        async def is_removed() -> bool:
            return bool(await removed(database))

        await until(is_removed)
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

        await until(is_done)

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


async def test_slow_timers_leave_off_for_what_has_become_due_meanwhile(
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
        await loop._round()
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

        await until(is_done)

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
            await until(lambda: _waits_for_lock(database))
            tx.cancel_timer(REMOVAL, key=key)

        async def is_idle() -> bool:
            return await loop.due_count() == 0 and not await _waits_for_lock(database)

        await until(is_idle)
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
        await until(lambda: _waits_for_lock(database))
        later = tx.now + timedelta(seconds=0.5)
        tx.schedule(REMOVAL, key=key, due=later)

    async def is_removed() -> bool:
        return bool(await removed(database))

    await until(is_removed)
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

        await until(is_idle)

    assert removals.reminded == []
    assert await letters(database) == {key: Status.REMOVED}


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

        await until(others_are_removed)
        assert await loop.due_count() == 1

        async def all_are_removed() -> bool:
            return await removed(database) == set(keys)

        await until(all_are_removed)

    assert sorted(counted) == sorted(keys)  # the batch and what failed were rolled back
    async with database.reading() as session:
        assert (await session.execute(text("SELECT count(*) FROM timers"))).scalar_one() == 0


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

        await until(all_are_removed)

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
    async with database.reading() as session:
        waits = await session.execute(text("SELECT attempts, not_before > now() FROM timers"))
        assert [tuple(row) for row in waits] == [(1, True)]


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

    async with database.reading() as session:
        waits = await session.execute(text("SELECT attempts, not_before > now() FROM timers"))
        assert [tuple(row) for row in waits] == [(1, True)]


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

    async with database.reading() as session:
        waits = await session.execute(text("SELECT attempts, not_before FROM timers"))
        assert ([tuple(row) for row in waits], told) == ([(0, None)], [])


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
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kvitt_chassis.consuming.timers.HANDLER_SECONDS", 0.3)
    removals = Removals()
    async with database.unit() as unit:
        keys = [post(unit, due=timedelta(seconds=-1)) for _ in range(3)]

    async def hang(row: LetterRow, tx: Transaction) -> None:
        if row.id == keys[0]:
            await asyncio.Event().wait()

    removals.before = hang
    loop = TimerLoop(database, removals.handlers)
    async with running(loop):

        async def others_are_removed() -> bool:
            return await removed(database) == set(keys[1:])

        await until(others_are_removed)
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

        await until(is_removed)
    assert [letter for letter, _, _ in removals.called] == [key]


async def test_a_timer_of_nobody_stays_and_is_counted(database: Database) -> None:
    async with database.unit() as unit:
        unit.scheduled["unknown", str(AC), uuid4()] = unit.now - timedelta(seconds=1)
    loop = TimerLoop(database, Removals().handlers)
    async with running(loop):

        async def has_failed() -> bool:
            async with database.reading() as session:
                found = await session.execute(text("SELECT max(attempts) FROM timers"))
            return int(found.scalar_one()) > 0

        await until(has_failed)
    assert await loop.due_count() == 1


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

        await until(is_removed)
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
