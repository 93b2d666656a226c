"""Reads of one region only: by row security, and by a criterion on every entity besides."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.problems import CONTRACT
from kvitt_contracts.types import PolicyVersion, RegionCode
from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import with_loader_criteria
from starlette.datastructures import URL

from kvitt_chassis.access import Grant
from kvitt_chassis.consuming import timers
from kvitt_chassis.database import Database
from kvitt_chassis.handlers import Timer
from kvitt_chassis.models import Aggregate, Regional
from kvitt_chassis.relaying import outbox
from kvitt_chassis.row_keys import key_column
from kvitt_chassis.sealing import Sealer
from kvitt_chassis.web.problems import NotFound
from kvitt_chassis.web.scopes import RegionWide, Scope

R = TypeVar("R")

MAX_TOLD = 1_000
"""So many events of a log are told, the latest."""

Find = Callable[[Select[*tuple[Any, ...]]], Awaitable[list[Row[*tuple[Any, ...]]]]]
"""Every row of a query, as tuples of what it selects."""


class RegionReader:
    """Reads rows of the caller's region. `url` is what was asked, `sealer` seals cursors."""

    def __init__(self, database: Database, grant: Grant, *, sealer: Sealer, url: URL) -> None:
        self._database = database
        self.grant = grant
        self.caller = grant.caller
        self.sealer = sealer
        self.url = url
        self._within: AsyncSession | None = None

    @property
    def region(self) -> RegionCode:
        """The caller's region."""
        return self.caller.region

    # decision 0338: a request takes one connection, or many at once wait for each other's second
    def read_within(self, session: AsyncSession | None) -> None:
        """Read in the transaction that the request has, from now on; None: in one for each query,
        as what is streamed does when that has ended.
        """
        self._within = session

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[AsyncSession]:
        if self._within is not None:
            yield self._within
            return
        async with self._database.reading(self.region) as session:
            yield session

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Find]:
        """One transaction for several queries."""
        mine = of_region(self.region)
        async with self._reading() as session:

            async def find(query: Select[*tuple[Any, ...]]) -> list[Row[*tuple[Any, ...]]]:
                return list((await session.execute(query.options(mine))).all())

            yield find

    async def get(
        self, row_type: type[R], key: Any, *, scope: Scope | RegionWide, rule: str = CONTRACT
    ) -> R:
        """One row by the key beside its region. Raises NotFound (404), where it is out of the
        caller's reach too.
        """
        column = key_column(row_type)
        query = select(row_type).where(column == key, scope.within(self.grant))
        row: R = await self.one(query, noun=noun_of(row_type), rule=rule)
        return row

    async def several(
        self, row_type: type[R], keys: Sequence[Any], *, scope: Scope | RegionWide
    ) -> list[R]:
        """The rows by these keys beside the region, in the keys' order; what is not there, or out
        of the caller's reach, is left out.
        """
        column = key_column(row_type)
        found = await self.all(select(row_type).where(column.in_(keys), scope.within(self.grant)))
        by_key = {getattr(row, column.key): row for row in found}
        return [by_key[key] for key in dict.fromkeys(keys) if key in by_key]

    async def look_up(self, row_type: type[R], key: Any) -> R | None:
        """One row by the key beside its region, or None."""
        async with self._reading() as session:
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

    async def log_of(self, row: Aggregate[Any]) -> list[outbox.OutboxRow]:
        """The latest events of an aggregate that the caller has been given, in their order."""
        topic, first = row.topic_in(self.region), max(row.seq - MAX_TOLD + 1, 1)
        async with self._reading() as session:
            return await outbox.of_key(
                session, topic, str(row.id), from_seq=first, limit=MAX_TOLD, region=self.region
            )

    async def due(self, *those: Timer | str, of: Sequence[UUID]) -> dict[str, datetime]:
        """When those of these timers become due that are set for one of these keys."""
        names = [one if isinstance(one, str) else one.name for one in those]
        async with self._reading() as session:
            return await timers.due(session, names, region=self.region, keys=of)

    async def now(self) -> datetime:
        """Business time: an aware datetime in UTC."""
        return await self._database.now(self.region)

    def policy_at(self, instant: datetime) -> RegionPolicy:
        """The region's policy in force at an instant. Raises UnknownPolicy."""
        return self._database.policies.in_force(self.region, instant)

    def pinned_policy(self, pin: PolicyVersion) -> RegionPolicy:
        """The policy that a decision was pinned to. Raises UnknownPolicy."""
        return self._database.policies.pinned(self.region, pin)


def noun_of(row_type: Any) -> str:
    """What a row is called in a problem: its table's name, in the singular."""
    return str(row_type.__tablename__).removesuffix("s")


def of_region(region: RegionCode) -> Any:
    """An option of a query: of every entity in it, the region's rows alone."""
    # What is inside a subquery heeds a criterion of the whole statement alone.
    return with_loader_criteria(
        Regional, lambda row_type: row_type.region == region, include_aliases=True
    )
