"""Lists and single views for the HTTP API: paging, sorting, counting. What is shown is a service's.

Reads of one region only: by row security, and by a criterion on every entity besides.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Query, Request
from kvitt_contracts.problems import CONTRACT
from kvitt_contracts.types import RegionCode
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Select, func, select
from sqlalchemy.inspection import inspect
from sqlalchemy.orm import with_loader_criteria

from kvitt_chassis.auth import Caller
from kvitt_chassis.database import Database
from kvitt_chassis.models import Regional
from kvitt_chassis.web.problems import Invalid, NotFound

T = TypeVar("T")
R = TypeVar("R")

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
MAX_OFFSET = 100_000


class Page(BaseModel, Generic[T]):
    """En sida av en lista."""

    model_config = ConfigDict(frozen=True)

    items: list[T]
    total: Annotated[int, Field(description="Hur många listan har i allt")]
    next: Annotated[str | None, Field(description="Adressen till nästa sida")] = None


class ListingQuery:
    """What a caller says of the list that they want."""

    def __init__(
        self,
        request: Request,
        limit: Annotated[
            int, Query(ge=1, le=MAX_LIMIT, description="Hur många per sida")
        ] = DEFAULT_LIMIT,
        offset: Annotated[
            int, Query(ge=0, le=MAX_OFFSET, description="Hur många som hoppas över")
        ] = 0,
        sort: Annotated[
            str | None,
            Query(description="Fält att sortera efter; `-` först ger fallande ordning"),
        ] = None,
    ) -> None:
        self.limit = limit
        self.offset = offset
        self.sort = sort
        self._url = request.url

    def next(self, total: int) -> str | None:
        """The address of the next page, without scheme and host; None on the last page."""
        following = self.offset + self.limit
        if following >= total:
            return None
        url = self._url.include_query_params(offset=following)
        return f"{url.path}?{url.query}"


Listing = Annotated[ListingQuery, Depends()]
"""A route's parameter: `limit`, `offset` and `sort` of the query string."""


class RegionReader:
    """Reads rows of the caller's region."""

    def __init__(self, database: Database, caller: Caller) -> None:
        self._database = database
        self.caller = caller

    @property
    def region(self) -> RegionCode:
        """The caller's region."""
        return self.caller.region

    async def page(
        self,
        query: Select[*tuple[Any, ...]],
        listing: ListingQuery,
        *,
        view: Callable[[Any], T],
        sorts: Mapping[str, Any],
        default: str,
    ) -> Page[T]:
        """One page of a query. `view` takes the row (a tuple when several things are selected).

        `sorts` names what may be sorted by; `default` is one of these names, with `-` for falling.
        Raises Invalid (422) naming them when another is asked for.
        """
        order = _order(listing.sort or default, sorts)
        mine = _of(self.region)
        # What is inside a subquery heeds a criterion of the whole statement alone.
        counted = select(func.count()).select_from(query.order_by(None).subquery()).options(mine)
        # The key last, so that equal values keep their order from page to page.
        ordered = query.options(mine).order_by(order, *_keys(query))
        paged = ordered.limit(listing.limit).offset(listing.offset)
        async with self._database.reading(self.region) as session:
            total = await session.scalar(counted) or 0
            result = await session.execute(paged)
            rows = result.all() if len(query.column_descriptions) > 1 else result.scalars().all()
        items = [view(row) for row in rows]
        return Page[T](items=items, total=total, next=listing.next(total))

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
        async with self._database.reading(self.region) as session:
            result = await session.execute(query.options(_of(self.region)))
            if len(query.column_descriptions) > 1:
                return list(result.all())
            return list(result.scalars().all())

    async def one(self, query: Select[*tuple[Any, ...]], *, noun: str, rule: str = CONTRACT) -> Any:
        """The first that a query finds. Raises NotFound (404)."""
        found = await self.all(query.limit(1))
        if not found:
            raise NotFound(noun, rule=rule)
        return found[0]


def _of(region: RegionCode) -> Any:
    return with_loader_criteria(
        Regional, lambda row_type: row_type.region == region, include_aliases=True
    )


def _order(wanted: str, sorts: Mapping[str, Any]) -> Any:
    column = sorts.get(wanted.removeprefix("-"))
    if column is None:
        allowed = sorted(sorts)
        raise Invalid(
            "UNKNOWN_SORT",
            field="sort",
            detail=f"Listan kan sorteras efter {', '.join(allowed)}.",
            way_on="Välj ett av dem; `-` först ger fallande ordning.",
            allowed=allowed,
        )
    return column.desc() if wanted.startswith("-") else column.asc()


def _keys(query: Select[*tuple[Any, ...]]) -> list[Any]:
    entity = query.column_descriptions[0]["entity"]
    if entity is None:
        return []
    names = [column.key for column in inspect(entity).mapper.primary_key]
    return [getattr(entity, str(name)) for name in names]
