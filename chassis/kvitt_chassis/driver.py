"""The driver (asyncpg) beneath SQLAlchemy: transactions, and the statements of the chassis that
every message pays for.
"""

import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import cache
from typing import Any

from asyncpg.exceptions import InvalidAuthorizationSpecificationError, PostgresError
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from kvitt_chassis.secret_files import Live

listeners: list[Callable[[str, Sequence[object]], None]] = []
"""Each is called with every statement that is about to be sent, and its values: for tests."""

_ROLLBACK_SECONDS = 5.0
_VERSION = "kvitt.address"
_PLACEHOLDER = re.compile(r"\$([0-9]+)")


@dataclass(frozen=True, slots=True)
class Part:
    """A statement, without a WITH of its own, that goes with others; and its values."""

    statement: str
    values: Sequence[object]


class NotCommitted(Exception):
    """A statement of the transaction had failed, and nobody said so: nothing of it is committed."""


class _Session(AsyncSession):
    """A session that ends no transaction: its connection would be the next one's, with what is open
    on it.
    """

    async def commit(self) -> None:
        raise RuntimeError("the chassis commits, when the handler has returned")

    async def rollback(self) -> None:
        raise RuntimeError("the chassis rolls back, when the handler has raised")


# decision 0256: a transaction is begun and ended by the driver
@asynccontextmanager
async def transaction(
    engine: AsyncEngine, begin: str = "BEGIN", *, end: str = "COMMIT"
) -> AsyncIterator[AsyncSession]:
    """A session in one transaction of a pool's connection: ended by `end`, by ROLLBACK on any
    exception. `begin` may hold more statements, without values and without rows.

    The engine's isolation level is AUTOCOMMIT: SQLAlchemy begins and ends nothing of its own.
    Raises asyncpg's errors, OSError, SQLAlchemy's TimeoutError when no connection is free, and
    NotCommitted.
    """
    async with _Session(engine, expire_on_commit=False) as session:
        raw = await (await session.connection()).get_raw_connection()
        driver: Any = raw.driver_connection
        session.info[fetch] = driver
        try:
            await _execute(driver, begin)
            yield session
            if await _execute(driver, end) != end:
                raise NotCommitted
        except BaseException:
            await _roll_back(session, driver)
            raise


async def fetch(session: AsyncSession, statement: str, *values: object) -> Sequence[Any]:
    """Run a statement by asyncpg itself, in the session's transaction: a quarter of the cost by
    SQLAlchemy.

    `statement` has asyncpg's placeholders (`$1`), arrays are lists; answers asyncpg's records. Rows
    that the session has not flushed are not seen. Raises asyncpg's own errors (see
    `is_lock_trouble`), and RuntimeError for a session that `transaction` has not made.
    """
    driver = session.info.get(fetch)
    if driver is None or not driver.is_in_transaction():
        raise RuntimeError("the session is in no transaction of the driver's")
    for listener in listeners:
        listener(statement, values)
    rows: Sequence[Any] = await driver.fetch(statement, *values)
    return rows


async def fetch_alone(engine: AsyncEngine, statement: str, *values: object) -> Sequence[Any]:
    """Run one statement as its own transaction; else as `fetch`."""
    async with engine.connect() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        for listener in listeners:
            listener(statement, values)
        try:
            rows: Sequence[Any] = await driver.fetch(statement, *values)
        except PostgresError:
            raise
        except BaseException:
            await connection.invalidate()
            raise
        return rows


async def fetch_together(session: AsyncSession, parts: Sequence[Part]) -> Sequence[Any]:
    """Run statements as one, in one round trip; answers the rows of the last. They see the same
    state of the database, none what another changes. Raises as `fetch` does.
    """
    values = [value for part in parts for value in part.values]
    return await fetch(session, _as_one(tuple(part.statement for part in parts)), *values)


def leave_out_the_dead(engine: AsyncEngine) -> None:
    """Let a pool give no connection that has ended while it lay there; costs no statement."""

    def look(connection: Any, *_: Any) -> None:
        if connection.driver_connection.is_closed():
            raise DisconnectionError

    event.listen(engine.sync_engine, "checkout", look)


# decision 0539
def connect_by(engine: AsyncEngine, live: Live) -> None:
    """Let a pool open connections by the address as it is now, by the older one where the newest is
    refused; and give none that was opened before the address was replaced.
    """

    def connect(dialect: Any, record: Any, _: Any, options: dict[str, Any]) -> Any:
        urls = live.values()
        if record is not None:
            record.info[_VERSION] = live.version
        for number, url in enumerate(urls, 1):
            named = dialect.create_connect_args(make_url(url))[1]
            try:
                return dialect.connect(**options | named)
            except Exception as error:
                if number == len(urls) or not _is_refused(error):
                    raise
        return None

    def look(_: Any, record: Any, *__: Any) -> None:
        live.values()
        if record.info.get(_VERSION) != live.version:
            replaced = DisconnectionError("its address was replaced")
            raise replaced

    event.listen(engine.sync_engine, "do_connect", connect)
    event.listen(engine.sync_engine, "checkout", look)


def end_at_once(engine: AsyncEngine) -> None:
    """Let a pool end what it throws away without asking it: over a cut network nobody answers, and
    the error of a task that waits for it would be nobody's.
    """

    def end(dbapi_connection: Any) -> None:
        dbapi_connection.driver_connection.terminate()

    engine.sync_engine.dialect.do_terminate = end  # type: ignore[method-assign]


def _is_refused(error: BaseException | None) -> bool:
    """True where the database does not let the user in: a wrong password is that too."""
    while error is not None:
        if isinstance(error, InvalidAuthorizationSpecificationError):
            return True
        error = error.__cause__
    return False


@cache
def _as_one(statements: tuple[str, ...]) -> str:
    """The statements with their placeholders counted on, the first ones as parts of the last."""
    counted, first = [], 0
    for statement in statements:
        words = _PLACEHOLDER.split(statement)
        numbers = [int(one) for one in words[1::2]]
        words[1::2] = [f"${number + first}" for number in numbers]
        counted.append("".join(words))
        first += max(numbers, default=0)
    *others, last = counted
    if not others:
        return last
    named = (f"part{number} AS ({statement})" for number, statement in enumerate(others))
    return f"WITH {', '.join(named)} {last}"


async def _roll_back(session: AsyncSession, driver: Any) -> None:
    """Afterwards no transaction is open on the connection, or nobody gets it again."""
    is_open = True
    try:
        with suppress(Exception):
            await _execute(driver, "ROLLBACK", timeout=_ROLLBACK_SECONDS)
            is_open = False
    finally:
        if is_open:
            await session.invalidate()


async def _execute(driver: Any, statement: str, *, timeout: float | None = None) -> str:
    for listener in listeners:
        listener(statement, ())
    status: str = await driver.execute(statement, timeout=timeout)
    return status
