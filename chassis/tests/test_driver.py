"""Transactions by the driver: what is begun is ended, whatever happens meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Any

import psycopg
import pytest
from asyncpg import Connection
from asyncpg.exceptions import (
    DivisionByZeroError,
    InterfaceError,
    InvalidCachedStatementError,
)
from kvitt.local.databases import DatabaseUrls
from kvitt_chassis import driver
from kvitt_chassis.consuming.faults import failure_of
from kvitt_chassis.consuming.machine import Failure
from kvitt_chassis.database import Database, is_lock_trouble
from kvitt_chassis.driver import NotCommitted, Part, fetch, fetch_together
from kvitt_contracts.policy import Policies
from kvitt_testkit.sent import transactions
from kvitt_testkit.world import Servers, ServiceUrls, wait_for
from sqlalchemy import text
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from chassis.tests import trail


@pytest.fixture
async def database(urls: ServiceUrls, policies: Policies) -> AsyncIterator[Database]:
    """One connection, so that whoever comes next gets the same."""
    database = Database(
        urls.worker, service=trail.SERVICE, role="worker", policies=policies, pool_size=1
    )
    yield database
    await database.dispose()


async def connection_of(database: Database) -> Any:
    """The next transaction's connection, which is in none before."""
    async with database.engine.connect() as connection:
        raw: Any = (await connection.get_raw_connection()).driver_connection
        assert not raw.is_in_transaction()
        return raw


async def test_a_transaction_is_committed_once_or_rolled_back_once(database: Database) -> None:
    with transactions() as ended:
        async with database.unit():
            pass
        with pytest.raises(ZeroDivisionError):
            async with database.unit():
                raise ZeroDivisionError

    assert ended == {"committed": 1, "rolled back": 1}


async def silent(database: Database) -> None:
    """A unit whose statement fails, and that says nothing of it."""
    async with database.unit() as unit:
        with suppress(DivisionByZeroError):
            await fetch(unit.session, "SELECT 1/0")


async def test_an_error_that_nobody_told_of_is_one_at_the_commit(database: Database) -> None:
    with pytest.raises(NotCommitted):
        await silent(database)


async def test_who_is_cancelled_leaves_no_transaction_open(database: Database) -> None:
    before = await connection_of(database)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2), database.unit() as unit:
            await fetch(unit.session, "SELECT pg_sleep(20)")

    assert await connection_of(database) is before


async def test_a_connection_that_cannot_be_rolled_back_is_not_used_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await connection_of(database)
    monkeypatch.setattr(driver, "_ROLLBACK_SECONDS", "no number")
    with pytest.raises(ZeroDivisionError):
        async with database.unit():
            raise ZeroDivisionError

    assert await connection_of(database) is not before


@pytest.fixture
def asked(database: Database, monkeypatch: pytest.MonkeyPatch) -> list[Connection]:
    """The connections that are asked to end. Over a network that is cut nobody answers: a task
    would wait, and its error be nobody's.
    """
    asked: list[Connection] = []

    async def close(connection: Connection, **_: object) -> None:
        asked.append(connection)

    monkeypatch.setattr(Connection, "close", close)
    return asked


async def test_a_connection_that_is_thrown_away_is_not_asked_to_end(
    database: Database, asked: list[Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await connection_of(database)
    monkeypatch.setattr(driver, "_ROLLBACK_SECONDS", "no number")
    with pytest.raises(ZeroDivisionError):
        async with database.unit():
            raise ZeroDivisionError

    assert before.is_closed()
    assert not asked


async def sleep_on_a_connection(database: Database) -> None:
    async with database.autocommit() as connection:
        await connection.execute(text("SELECT pg_sleep(20)"))


async def sleep_in_a_unit(database: Database) -> None:
    async with database.unit() as unit:
        await unit.session.execute(text("SELECT pg_sleep(20)"))


@pytest.mark.parametrize("sleep", [sleep_on_a_connection, sleep_in_a_unit])
async def test_a_connection_whose_statement_is_given_up_is_not_asked_to_end(
    database: Database, asked: list[Connection], sleep: Callable[[Database], Awaitable[None]]
) -> None:
    before = await connection_of(database)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await sleep(database)

    assert before.is_closed()
    assert not asked


async def test_who_is_cancelled_in_a_single_statement_gives_its_connection_to_nobody(
    database: Database,
) -> None:
    before = await connection_of(database)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await driver.fetch_alone(database.engine, "SELECT pg_sleep(20)")

    assert before.is_closed()


async def test_a_connection_that_ended_in_the_pool_is_not_given(
    database: Database, platform: Servers
) -> None:
    before = await connection_of(database)
    trail.end_connections(platform.database_admin_url, database)
    await wait_for(before.is_closed)

    assert await connection_of(database) is not before


@pytest.mark.parametrize("name", ["commit", "rollback"])
async def test_a_handler_does_not_give_its_connection_to_the_next_by_ending_its_transaction(
    database: Database, name: str
) -> None:
    with pytest.raises(RuntimeError, match="the chassis"):
        async with database.unit() as unit:
            await getattr(unit.session, name)()

    await connection_of(database)


async def test_who_gets_no_connection_is_at_no_fault(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database.engine.sync_engine.pool, "_timeout", 0.05)
    async with database.unit():
        with pytest.raises(NoConnectionFree) as raised:
            await database.now()

    assert is_lock_trouble(raised.value)
    assert failure_of(raised.value, None) is Failure.LOCK_TROUBLE


async def test_a_statement_after_the_server_has_ended_the_connection_is_nobodys_fault(
    database: Database, platform: Servers
) -> None:
    async def speak_after_the_end() -> None:
        async with database.unit() as unit:
            trail.end_connections(platform.database_admin_url, database)
            await wait_for(unit.session.info[fetch].is_closed)
            await fetch(unit.session, "SELECT 1")

    with pytest.raises(InterfaceError) as raised:
        await speak_after_the_end()

    assert is_lock_trouble(raised.value)


async def test_who_meets_a_migration_of_a_columns_type_is_at_no_fault_and_tries_again(
    database: Database, urls: ServiceUrls
) -> None:
    def migrate(statement: str) -> None:
        with psycopg.connect(DatabaseUrls.libpq(urls.owner)) as connection:
            connection.execute(statement)

    async def read() -> None:
        async with database.unit() as unit:
            await fetch(unit.session, "SELECT seq FROM migrated")

    migrate("CREATE TABLE migrated (seq integer); GRANT SELECT ON migrated TO PUBLIC")
    await read()
    migrate("ALTER TABLE migrated ALTER seq TYPE bigint")

    with pytest.raises(InvalidCachedStatementError) as raised:
        await read()
    assert is_lock_trouble(raised.value)
    await read()


async def test_statements_that_go_together_see_the_same_state(database: Database) -> None:
    insert = """
        INSERT INTO inbound_seen (source, id)
        SELECT $1, id FROM unnest($2::uuid[]) AS new(id)
        """
    ids = ["00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"]
    count = Part("SELECT count(*), $1::int AS given FROM inbound_seen WHERE source = $2", (7, "b"))
    async with database.unit() as unit:
        first = await fetch_together(
            unit.session, [Part(insert, ("a", ids)), Part(insert, ("b", ids)), count]
        )
        second = await fetch_together(unit.session, [count])

    assert [tuple(row) for row in (*first, *second)] == [(0, 7), (2, 7)]


async def test_a_session_of_nobodys_has_no_statement_of_the_drivers(database: Database) -> None:
    async with database.unit() as unit:
        session = unit.session
    with pytest.raises(RuntimeError, match="no transaction"):
        await fetch(session, "SELECT 1")
