"""One connection of a pool, held by a loop for its small, frequent statements. Has no statement of
its own.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from kvitt_chassis.database import Database

_DROP_SECONDS = 2.0


class DedicatedConnection:
    """A connection on which each statement is its own transaction, opened when it is first used.

    Statements are asyncpg's (`$1`), prepared once and without SQLAlchemy around them: that costs
    several times a small statement. `setup` is run on each new connection. `seconds` is every
    statement's timeout. After any failure: `drop`.
    """

    def __init__(self, database: Database, *, setup: str, seconds: float) -> None:
        self._database = database
        self._setup = setup
        self._seconds = seconds
        self._held: AsyncConnection | None = None
        self._driver: Any = None
        self._version = 0

    async def fetch(self, statement: str, *values: object) -> Sequence[Any]:
        """The statement's rows, as asyncpg's records. Raises PostgresError, InterfaceError,
        OSError, TimeoutError, DBAPIError.
        """
        if self._driver is not None and self._version != self._newest():
            await self.drop()
        driver = self._driver or await self._opened()
        rows: Sequence[Any] = await driver.fetch(statement, *values, timeout=self._seconds)
        return rows

    async def drop(self) -> None:
        """Close the connection, also when the server does not answer."""
        held, self._held, self._driver = self._held, None, None
        if held is not None:
            with suppress(Exception):
                async with asyncio.timeout(_DROP_SECONDS):
                    await held.invalidate()
            with suppress(Exception):
                async with asyncio.timeout(_DROP_SECONDS):
                    await held.close()

    def _newest(self) -> int:
        """The version of the database's address: another one's connections are not used."""
        address = self._database.address
        if address is None:
            return 0
        address.values()
        return address.version

    async def _opened(self) -> Any:
        self._version = self._newest()
        async with asyncio.timeout(self._seconds):
            self._held = await self._database.engine.connect()
            driver = (await self._held.get_raw_connection()).driver_connection
            assert driver is not None
            await driver.execute(self._setup)
        self._driver = driver
        return driver
