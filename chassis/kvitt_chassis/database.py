"""One service's database as one of its roles: units of work, read sessions, and which errors are
lock trouble.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from collections.abc import Set as AbstractSet
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Literal

from asyncpg.exceptions import (
    InternalClientError,
    InvalidCachedStatementError,
    OutdatedSchemaCacheError,
)
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import RegionCode
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

from kvitt_chassis import driver, recording, region_guard
from kvitt_chassis.failpoints import failpoint
from kvitt_chassis.lock_order import LockOrder, RowTaken
from kvitt_chassis.origins import is_from
from kvitt_chassis.secret_files import Live
from kvitt_chassis.unit_of_work import RowName, UnitOfWork

log = logging.getLogger(__name__)

Role = Literal["worker", "api"]

_WAIT_SECONDS = 10.0
"""So long is a connection waited for."""

CommitListener = Callable[[UnitOfWork], None]
"""Called at once after a commit; looks at `wrote_events` and `soonest`; must not block."""

Opening = Callable[[AsyncSession], Awaitable[datetime]]
"""The first statement of a worker's unit, which also answers business time."""


class Database:
    """A connection pool to one service's database, as `worker` (all regions) or `api` (one region
    at a time). A region has half of the api's connections at most.

    `url` is `postgresql+asyncpg://…`, or one that is replaced while it serves. `policies` and
    `lock_order` are passed to every unit of work. A transaction whose process says nothing for
    `silent_seconds` is ended: a frozen one must not hold marks and rows for longer than its
    successor waits for them. One that lasts longer than `longest_seconds` is ended too.
    """

    def __init__(
        self,
        url: str | Live,
        *,
        service: str,
        role: Role,
        policies: Policies,
        lock_order: LockOrder = LockOrder(),  # noqa: B008  # it is frozen
        pool_size: int = 5,
        silent_seconds: int = 4,
        longest_seconds: int = 20,
    ) -> None:
        self.service = service
        self.role = role
        self.policies = policies
        self.lock_order = lock_order
        self.committed: list[CommitListener] = []
        self._of_region = (pool_size + 1) // 2
        self._shares: dict[RegionCode, asyncio.Semaphore] = {}
        self.engine: AsyncEngine = create_async_engine(
            url.newest() if isinstance(url, Live) else url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=_WAIT_SECONDS,
            isolation_level="AUTOCOMMIT",  # the driver begins and ends transactions
            hide_parameters=True,  # an error's text would show persons
            connect_args={
                "timeout": 5,
                "command_timeout": 35,  # a cut network answers nothing, not even an error
                "server_settings": {
                    **_SERVER_SETTINGS,
                    **_SERVER_SETTINGS_BY_ROLE[role],
                    "application_name": f"{service}-{role}",
                    "idle_in_transaction_session_timeout": f"{silent_seconds}s",
                    "transaction_timeout": f"{longest_seconds}s",
                },
            },
        )
        driver.leave_out_the_dead(self.engine)
        driver.end_at_once(self.engine)
        self.address = url if isinstance(url, Live) else None
        if self.address is not None:
            driver.connect_by(self.engine, self.address)

    @asynccontextmanager
    async def unit(
        self, region: RegionCode | None = None, *, opening: Opening | None = None
    ) -> AsyncIterator[UnitOfWork]:
        """One unit of work in one transaction: committed with everything that was recorded or, on
        any exception, rolled back.

        `region` is required for the api role, which reads and writes that region's rows alone.
        `opening`, for the worker role alone, is the first statement and saves a round trip.
        Raises RowTaken, for that role, where another has begun a row that was not there.
        """
        unit: UnitOfWork | None = None
        try:
            async with (
                self._share(region),
                driver.transaction(self.engine, self._begin(region)) as session,
            ):
                now = await (opening(session) if opening else _now(session))
                unit = UnitOfWork(
                    session=session,
                    service=self.service,
                    policies=self.policies,
                    now=now,
                    lock_order=self.lock_order,
                )
                region_guard.watch(session, unit.regions)
                yield unit
                await unit.flush()
                failpoint("unit.before_commit")
        except Exception as error:
            is_messages = self.role == "worker" and unit is not None and is_collision(error)
            if is_messages and unit is not None and await self._has_begun_one(unit.missed):
                raise RowTaken from error
            raise
        failpoint("unit.after_commit")
        recording.count(self.service, unit.recorded)
        for call in unit.to_call:
            try:
                call()
            except Exception:  # what was committed is not taken back by a metric
                log.exception("what was to be called after a commit has failed")
        for listener in self.committed:
            listener(unit)

    async def _has_begun_one(self, missed: AbstractSet[RowName]) -> bool:
        """True when one of these rows, which were not there when they were looked for, is now."""
        async with self.reading() as session:
            for row_type, region, key in missed:
                if await session.get(row_type, (region, key)) is not None:
                    return True
        return False

    @asynccontextmanager
    async def reading(self, region: RegionCode | None = None) -> AsyncIterator[AsyncSession]:
        """A read-only session for queries. `region` is required for the api role."""
        begin = self._begin(region, read_only=True)
        async with (
            self._share(region),
            driver.transaction(self.engine, begin, end="ROLLBACK") as session,
        ):
            yield session

    @asynccontextmanager
    async def autocommit(self) -> AsyncIterator[AsyncConnection]:
        """A connection on which each statement is its own transaction; for loops of the chassis."""
        async with self.engine.connect() as connection:
            yield connection

    async def now(self, region: RegionCode | None = None) -> datetime:
        """Business time: an aware datetime in UTC."""
        async with self.reading(region) as session:
            return await _now(session)

    async def dispose(self) -> None:
        """Close every connection."""
        await self.engine.dispose()

    # decision 0578: a region has half of the connections that requests use
    @asynccontextmanager
    async def _share(self, region: RegionCode | None) -> AsyncIterator[None]:
        """Inside: one of the region's share of the connections. Raises NoConnectionFree."""
        if self.role != "api" or region is None:
            yield
            return
        share = self._shares.setdefault(region, asyncio.Semaphore(self._of_region))
        try:
            async with asyncio.timeout(_WAIT_SECONDS):
                await share.acquire()
        except TimeoutError:
            raise NoConnectionFree(f"no connection of {region}'s share is free") from None
        try:
            yield
        finally:
            share.release()

    def _begin(self, region: RegionCode | None, *, read_only: bool = False) -> str:
        if self.role == "api" and region is None:
            raise ValueError("the api role works in one region: name it")
        begin = "BEGIN READ ONLY" if read_only else "BEGIN"
        if region is None:
            return begin
        return f"{begin}; SET LOCAL kvitt.region = '{RegionCode(region)}'"


async def _now(session: AsyncSession) -> datetime:
    (row,) = await driver.fetch(session, _NOW)
    now: datetime = row["now"]
    return now


# decision 0004: lock trouble is nobody's fault
def is_lock_trouble(error: BaseException) -> bool:
    """True for an error that is nobody's fault: the same transaction is to be tried again, without
    limit.

    Deadlock, serialization failure, lock timeout, statement timeout while waiting for a lock, a
    lost or refused connection, none that is free, a migration meanwhile. Never a handler's fault.
    """
    if isinstance(error, NoConnectionFree):  # the others hold them: that is not what it was to do
        return True
    if not isinstance(error, DBAPIError):
        # Before there is a connection, and from a statement's deadline, they come unwrapped: these
        # have passed through the driver, a handler's own OSError has not.
        unwrapped = isinstance(error, OSError) and is_from(error, "asyncpg")
        return unwrapped or _is_from_trouble(error)
    cause: BaseException | None = error.orig
    while cause is not None:
        if _is_from_trouble(cause) or isinstance(cause, OSError):
            return True
        cause = cause.__cause__
    return error.connection_invalidated


def is_collision(error: BaseException) -> bool:
    """True for an error of a row whose unique key another row has."""
    if isinstance(error, RowTaken):
        return True
    raised = error.orig if isinstance(error, DBAPIError) else error
    return getattr(raised, "sqlstate", None) == "23505"


def _is_from_trouble(error: BaseException) -> bool:
    if isinstance(error, _MIGRATED):
        return True
    if isinstance(error, _UNREADY):
        return True
    state = getattr(error, "sqlstate", None)
    if isinstance(state, str):
        return state in _LOCK_TROUBLE or state[:2] in _CONNECTION_CLASSES
    # What asyncpg finds out by itself has no state: "connection was closed in the middle of …".
    return type(error).__module__.startswith("asyncpg") and "connection" in str(error).lower()


_SERVER_SETTINGS = {
    "jit": "off",
    "timezone": "UTC",
    "statement_timeout": "30s",
    "lock_timeout": "5s",
}
# decision 0409: what a list is asked for is spread so unevenly that a plan for any value reads all
_SERVER_SETTINGS_BY_ROLE: Mapping[Role, Mapping[str, str]] = {
    "api": {"plan_cache_mode": "force_custom_plan"},
    "worker": {},
}
_LOCK_TROUBLE = frozenset(
    {
        "40001",  # serialization failure
        "40P01",  # deadlock
        "55P03",  # lock timeout
        "57014",  # statement timeout: several lock waits, each shorter than the lock timeout
        "25P03",  # idle in transaction: this process was frozen
        "25P04",  # transaction timeout
    }
)
_MIGRATED = (InvalidCachedStatementError, OutdatedSchemaCacheError)
"""A column has another type than when the statement was planned; the next time it is planned."""
_UNREADY = (InternalClientError,)
"""A connection whose last statement had no time to end (a loop that stood still is enough) is in no
state to take another: it is closed, and the next time it is another.
"""
_CONNECTION_CLASSES = frozenset({"08", "53", "57"})  # connection, resources, operator's doing
_NOW = 'SELECT now() + "offset" AS now FROM clock'
