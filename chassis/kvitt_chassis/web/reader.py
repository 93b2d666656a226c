"""Reads of one region only: by row security, and by a criterion on every entity besides."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from kvitt_contracts.problems import CONTRACT
from kvitt_contracts.types import RegionCode
from sqlalchemy import Row, Select
from sqlalchemy.orm import with_loader_criteria
from starlette.datastructures import URL

from kvitt_chassis.auth import Caller
from kvitt_chassis.database import Database
from kvitt_chassis.models import Regional
from kvitt_chassis.sealing import Sealer
from kvitt_chassis.web.problems import NotFound

R = TypeVar("R")

Find = Callable[[Select[*tuple[Any, ...]]], Awaitable[list[Row[*tuple[Any, ...]]]]]
"""Every row of a query, as tuples of what it selects."""


class RegionReader:
    """Reads rows of the caller's region. `url` is what was asked, `sealer` seals cursors."""

    def __init__(self, database: Database, caller: Caller, *, sealer: Sealer, url: URL) -> None:
        self._database = database
        self.caller = caller
        self.sealer = sealer
        self.url = url

    @property
    def region(self) -> RegionCode:
        """The caller's region."""
        return self.caller.region

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Find]:
        """One transaction for several queries."""
        mine = _of(self.region)
        async with self._database.reading(self.region) as session:

            async def find(query: Select[*tuple[Any, ...]]) -> list[Row[*tuple[Any, ...]]]:
                return list((await session.execute(query.options(mine))).all())

            yield find

    async def get(self, row_type: type[R], key: Any, *, rule: str = CONTRACT) -> R:
        """One row by the key beside its region. Raises NotFound (404)."""
        row = await self.look_up(row_type, key)
        if row is None:
            raise NotFound(str(row_type.__tablename__).removesuffix("s"), rule=rule)  # type: ignore[attr-defined]
        return row

    async def look_up(self, row_type: type[R], key: Any) -> R | None:
        """One row by the key beside its region, or None."""
        async with self._database.reading(self.region) as session:
            return await session.get(row_type, (self.region, key))

    async def all(self, query: Select[*tuple[Any, ...]]) -> list[Any]:
        """Everything that a query finds: for short lists inside a view."""
        async with self.reading() as find:
            rows = await find(query)
        return rows if len(query.column_descriptions) > 1 else [row[0] for row in rows]

    async def one(self, query: Select[*tuple[Any, ...]], *, noun: str, rule: str = CONTRACT) -> Any:
        """The first that a query finds. Raises NotFound (404)."""
        found = await self.all(query.limit(1))
        if not found:
            raise NotFound(noun, rule=rule)
        return found[0]


def _of(region: RegionCode) -> Any:
    # What is inside a subquery heeds a criterion of the whole statement alone.
    return with_loader_criteria(
        Regional, lambda row_type: row_type.region == region, include_aliases=True
    )
