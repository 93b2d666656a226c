import asyncio
from collections.abc import AsyncIterator
from typing import Any

import kvitt_chassis.database
import pytest
from asyncpg.exceptions import InternalClientError
from kvitt_chassis.database import Database, is_lock_trouble
from kvitt_chassis.failpoints import FailpointHit, arm, disarm
from kvitt_chassis.unit_of_work import UnitOfWork
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import RegionCode
from kvitt_testkit.platform import Platform
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from chassis.tests.outbox_parts import SERVICE, Log, a_log, committed, insert, record

AC, BD = RegionCode("ac"), RegionCode("bd")


@pytest.fixture
async def log(platform: Platform) -> AsyncIterator[Log]:
    async with a_log(platform, kafka=False) as made:
        await made.as_owner("CREATE TABLE things (id int PRIMARY KEY, n int)")
        await made.as_owner("INSERT INTO things VALUES (1, 0), (2, 0)")
        await made.as_owner(f"GRANT ALL ON things TO {SERVICE}_worker")
        yield made
    disarm()


async def test_a_unit_commits_all_and_tells_its_listeners_afterwards(log: Log) -> None:
    database = log.database()
    told: list[tuple[bool, int]] = []
    other = log.database()

    async with database.unit() as unit:
        await insert(unit.session, "key")
        unit.wrote_events = True
        database.committed.append(lambda done: told.append((done.wrote_events, 1)))
        assert await committed(other) == {}

    assert await committed(other) == {"key": [1]}
    assert told == [(True, 1)]


async def test_a_unit_that_fails_leaves_nothing_and_tells_nobody(log: Log) -> None:
    database = log.database()
    told: list[UnitOfWork] = []
    database.committed.append(told.append)

    async def work() -> None:
        async with database.unit() as unit:
            await insert(unit.session, "key")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await work()

    assert await committed(database) == {}
    assert told == []


async def test_a_unit_that_is_cancelled_leaves_nothing_and_gives_its_connection_back(
    log: Log,
) -> None:
    database = log.database(pool_size=1)
    begun = asyncio.Event()

    async def work() -> None:
        async with database.unit() as unit:
            await insert(unit.session, "key")
            begun.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(work())
    await begun.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert await committed(database) == {}


async def test_nothing_is_committed_when_the_last_moment_fails(log: Log) -> None:
    database = log.database()

    def fail() -> None:
        raise FailpointHit

    arm("unit.before_commit", fail)
    with pytest.raises(FailpointHit):
        await record(database, "key")
    assert await committed(database) == {}


async def test_a_reading_session_writes_nothing(log: Log) -> None:
    database = log.database()
    with pytest.raises(DBAPIError, match="read-only"):
        async with database.reading() as session:
            await session.execute(text("UPDATE things SET n = 1"))


async def test_the_api_role_sees_and_writes_its_region_alone(log: Log) -> None:
    database, api = log.database(), log.database("api")
    await record(database, "of-ac", region="ac")
    await record(database, "of-bd", region="bd")

    async with api.reading(BD) as session:
        seen = (await session.execute(text("SELECT key FROM events"))).scalars().all()
    assert seen == ["of-bd"]
    with pytest.raises(DBAPIError, match="row-level security"):
        async with api.unit(BD) as unit:
            await _insert_event(unit, region="ac")
    with pytest.raises(ValueError, match="region"):
        async with api.unit():
            pass


async def test_a_region_has_half_of_the_connections_and_waits_for_its_own(log: Log) -> None:
    database = log.database(role="api", pool_size=4)
    begun: asyncio.Queue[str] = asyncio.Queue()
    let_go = asyncio.Event()

    async def hold(name: str) -> None:
        async with database.unit(AC):
            await begun.put(name)
            await let_go.wait()

    async with asyncio.TaskGroup() as group:
        for number in range(6):
            group.create_task(hold(f"{number}"))
        first = {await begun.get() for _ in range(2)}
        async with database.unit(BD), database.reading(BD):
            pass  # two are left for whoever else asks
        assert begun.empty()
        let_go.set()
    then = {begun.get_nowait() for _ in range(4)}
    assert sorted(first | then) == ["0", "1", "2", "3", "4", "5"]


async def test_who_waits_too_long_for_their_regions_connections_is_told_so(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kvitt_chassis.database, "_WAIT_SECONDS", 0.05)
    database = log.database(role="api", pool_size=2)

    async with database.reading(AC):
        with pytest.raises(NoConnectionFree) as waited:
            async with database.reading(AC):
                pass
        async with database.reading(BD):
            pass

    assert is_lock_trouble(waited.value)
    async with database.reading(AC):
        pass


async def test_a_region_does_not_stay_on_a_connection(log: Log) -> None:
    api = log.database("api", pool_size=1)
    await record(log.database(), "of-ac", region="ac")
    async with api.unit(AC) as unit:
        await unit.session.execute(text("SELECT count(*) FROM events"))

    async with api.engine.connect() as bare:
        seen = await bare.execute(text("SELECT count(*) FROM events"))
        assert seen.scalar_one() == 0


@pytest.mark.parametrize("role", ["worker", "api"])
@pytest.mark.parametrize("change", ["UPDATE events SET payload = '{}'", "DELETE FROM events"])
async def test_no_role_of_a_service_changes_or_removes_an_event(
    log: Log, role: str, change: str
) -> None:
    await record(log.database(), "key")
    with pytest.raises(DBAPIError, match="permission denied"):
        async with log.database(role).unit(AC) as unit:
            await unit.session.execute(text(change))


async def test_a_number_is_used_once_per_topic_and_key(log: Log) -> None:
    database = log.database()
    with pytest.raises(DBAPIError, match="uq_events_topic_key_seq"):
        async with database.unit() as unit:
            await _insert_event(unit, region="ac", copies=2)


async def test_the_api_role_does_not_see_the_relay(log: Log) -> None:
    with pytest.raises(DBAPIError, match="permission denied"):
        async with log.database("api").reading(AC) as session:
            await session.execute(text("SELECT * FROM relay"))


async def test_a_deadlock_is_lock_trouble(log: Log) -> None:
    database = log.database()
    held = asyncio.Barrier(2)

    async def lock(first: int, second: int) -> None:
        async with database.unit() as unit:
            await _touch(unit, first)
            await held.wait()
            await _touch(unit, second)

    results = await asyncio.gather(lock(1, 2), lock(2, 1), return_exceptions=True)
    (failed,) = [one for one in results if one is not None]
    assert is_lock_trouble(failed)


async def test_a_lock_timeout_is_lock_trouble(log: Log) -> None:
    database = log.database()
    async with database.unit() as holder:
        await _touch(holder, 1)
        with pytest.raises(DBAPIError) as refused:
            async with database.unit() as unit:
                await _touch(unit, 1, limit="lock_timeout")
    assert is_lock_trouble(refused.value)


async def test_a_lost_connection_is_lock_trouble_and_the_pool_heals(log: Log) -> None:
    database = log.database()

    async def lose_it() -> None:
        async with database.unit() as unit:
            await log.as_owner(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            await _touch(unit, 1)

    (lost,) = await asyncio.gather(lose_it(), return_exceptions=True)
    assert lost is not None
    assert is_lock_trouble(lost)
    await record(database, "key")


async def test_a_transaction_that_was_frozen_is_ended_by_the_server(log: Log) -> None:
    database = log.database()

    async def freeze() -> None:
        async with database.unit() as unit:
            await _touch(unit, 1, limit="idle_in_transaction_session_timeout")
            await asyncio.sleep(0.5)
            await _touch(unit, 1)

    (ended,) = await asyncio.gather(freeze(), return_exceptions=True)
    assert ended is not None
    assert is_lock_trouble(ended)


async def test_the_server_bounds_what_a_session_may_hold(log: Log) -> None:
    async with log.database().reading() as session:
        names = ["idle_in_transaction_session_timeout", "transaction_timeout", "lock_timeout"]
        found = [(await session.execute(text(f"SHOW {name}"))).scalar_one() for name in names]
    assert found == ["4s", "20s", "5s"]


# decision 0409: a plan for any value reads all where values are spread unevenly
async def test_what_users_ask_is_planned_for_the_values_that_they_ask_for(log: Log) -> None:
    database = log.database("api", pool_size=1)

    async with database.reading(AC) as session:
        for _ in range(10):
            await session.execute(
                text("SELECT count(*) FROM events WHERE region = :region"), {"region": "ac"}
            )
        found = await session.execute(
            text(
                "SELECT generic_plans, custom_plans FROM pg_prepared_statements"
                " WHERE statement LIKE 'SELECT count%'"
            )
        )

    generic, custom = found.one()
    assert (generic, custom) == (0, 10)


def test_a_connection_in_no_state_to_take_a_statement_is_lock_trouble() -> None:
    said = InternalClientError("cannot switch to state 12; another operation (4) is in progress")
    wrapped = DBAPIError("SELECT 1", {}, Exception())
    wrapped.orig = Exception()
    wrapped.orig.__cause__ = said

    assert is_lock_trouble(said)
    assert is_lock_trouble(wrapped)
    assert not is_lock_trouble(Exception("another operation is in progress"))


async def test_a_server_that_is_not_there_is_lock_trouble() -> None:
    database = Database(
        "postgresql+asyncpg://x:x@127.0.0.1:9/x",
        service=SERVICE,
        role="worker",
        policies=Policies({}),
    )
    with pytest.raises(Exception) as refused:  # noqa: PT011 its kind is what is tried here
        await database.now()
    assert is_lock_trouble(refused.value)
    await database.dispose()


def test_an_error_of_the_system_that_is_not_the_drivers_is_a_fault() -> None:
    for error in (FileNotFoundError("x"), ConnectionResetError(), TimeoutError(), OSError(28, "")):
        with pytest.raises(OSError) as raised:  # noqa: PT011 each kind of it
            raise error
        assert not is_lock_trouble(raised.value)


async def test_a_statement_that_outlives_its_deadline_is_lock_trouble(log: Log) -> None:
    database = log.database()
    async with database.reading() as session:
        raw = await (await session.connection()).get_raw_connection()
        driver: Any = raw.driver_connection
        with pytest.raises(TimeoutError) as late:
            await driver.execute("SELECT pg_sleep(5)", timeout=0.05)
    assert is_lock_trouble(late.value)


async def test_a_broken_constraint_is_nobodys_lock_trouble(log: Log) -> None:
    with pytest.raises(DBAPIError) as broken:
        async with log.database().unit() as unit:
            await unit.session.execute(text("INSERT INTO things VALUES (1, 0)"))
    assert not is_lock_trouble(broken.value)
    assert not is_lock_trouble(ValueError("no"))
    assert not is_lock_trouble(asyncio.CancelledError())


async def test_an_errors_text_shows_no_parameters(log: Log) -> None:
    with pytest.raises(DBAPIError) as broken:
        async with log.database().unit() as unit:
            await unit.session.execute(
                text("SELECT 1 / (length(:name) - 12)"), {"name": "189001019802"}
            )
    assert "189001019802" not in str(broken.value)


async def _touch(unit: UnitOfWork, thing: int, *, limit: str | None = None) -> None:
    if limit is not None:
        await unit.session.execute(text(f"SET LOCAL {limit} = '50ms'"))
    await unit.session.execute(text("UPDATE things SET n = n + 1 WHERE id = :id"), {"id": thing})


async def _insert_event(unit: UnitOfWork, *, region: str, copies: int = 1) -> None:
    await unit.session.execute(
        text(
            "INSERT INTO events (event_id, region, topic, key, seq, type, time, payload) "
            "SELECT gen_random_uuid(), :region, 't', 'k', 1, 'a.b.c.v1', now(), '{}' "
            "FROM generate_series(1, CAST(:copies AS int))"
        ),
        {"region": region, "copies": copies},
    )
