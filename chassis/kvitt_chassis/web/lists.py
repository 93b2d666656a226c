"""Lists of the HTTP API: what one has, whose it is, how it is narrowed, sorted, counted and paged.

A page begins after the last row of the one before it, by values and key: rows that come and go
meanwhile move no other row from its page, and page 500 costs what page 1 does.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, to_json
from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.inspection import inspect

from kvitt_chassis.access import Grant
from kvitt_chassis.filters import Criterion, Filter, ForTheView, OnColumn
from kvitt_chassis.parameters import read_from_texts
from kvitt_chassis.web import cursors
from kvitt_chassis.web.cursors import MAX_CURSOR_LENGTH, Cursor
from kvitt_chassis.web.keyset import Order, adapter_of
from kvitt_chassis.web.problems import Invalid
from kvitt_chassis.web.reader import Find, RegionReader
from kvitt_chassis.web.scopes import Column, RegionWide, Scope

V = TypeVar("V")

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
MAX_TOTAL = 10_000
"""How far a list is counted: to count further costs more than anybody has use of."""


class Page(BaseModel, Generic[V]):
    """En sida av en lista."""

    model_config = ConfigDict(frozen=True)

    items: list[V]
    total: Annotated[
        int,
        Field(
            description="Hur många listan har i allt, högst 10 000, eller så långt som listan "
            "säger att den räknas; räknat vid första sidan"
        ),
    ]
    total_is_exact: Annotated[
        bool, Field(description="Falskt när listan har fler än så: `total` är då det som räknades")
    ]
    next: Annotated[str | None, Field(description="Adressen till nästa sida")] = None


class ListQuery(BaseModel):
    """What a caller says of the list that they want. A list with filters adds its own fields.

    Each field says what it does, by a Filter or by ForTheView. Raises TypeError at import else.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT, description="Hur många per sida")] = (
        DEFAULT_LIMIT
    )
    cursor: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=MAX_CURSOR_LENGTH,
            description="Var sidan börjar; står i `next`",
        ),
    ] = None
    sort: Annotated[
        str | None,
        Field(max_length=60, description="Fält att sortera efter; `-` först ger fallande ordning"),
    ] = None

    filters: ClassVar[Mapping[str, Filter]] = {}

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler, /
    ) -> CoreSchema:
        return read_from_texts(cls, handler, source)

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Find what each field does. Raises TypeError for one that does nothing."""
        super().__pydantic_init_subclass__(**kwargs)
        found: dict[str, Filter] = {}
        for name, field in cls.model_fields.items():
            does = [one for one in field.metadata if isinstance(one, Filter | ForTheView)]
            if name not in ListQuery.model_fields and len(does) != 1:
                raise TypeError(f"{cls.__name__}.{name} must say once what it does with its value")
            for one in does:
                field.description = one.description
                found |= {name: one} if isinstance(one, Filter) else {}
        cls.filters = found

    def given(self) -> dict[str, Any]:
        """The filters that narrow: those whose value is not their default, and no empty list."""
        return {name: value for name, value in self.said().items() if name in self.filters}

    def said(self) -> dict[str, Any]:
        """Which list it is: its own fields that are given, whatever is done with their values."""
        own = {n: f for n, f in type(self).model_fields.items() if n not in ListQuery.model_fields}
        values = {name: getattr(self, name) for name in own}
        return {n: v for n, v in values.items() if v != own[n].default and v != []}


def named(*columns: Column, **more: Column) -> dict[str, Column]:
    """Columns by the name that a caller sorts by: their own, or the one that is told."""
    return {column.key: column for column in columns} | more


@dataclass(frozen=True, slots=True)
class ListOf(Generic[V]):
    """A list, declared once.

    `rows` selects what a view is made of; the first thing that it selects is the row class whose
    key tells one line from another. `scope` says whose rows they are: there is no list without.
    `sorts` names what may be sorted by (see `named`), `default` is one of these names, with `-`
    for falling; rows that are equal in it are in the order of `then`. `view` takes the row, or a
    tuple when several things are selected.
    Raises TypeError for a column that is none of what `rows` selects, or that has no order, and for
    a `then` that may be nothing: a page goes on after its last row by comparing it.
    `is_always_walked`: an index has just the sought rows in the default order, whoever asks.
    `counted_to`: how far it is counted, where that is not as far as others are.
    """

    rows: Select[*tuple[Any, ...]]
    scope: Scope | RegionWide
    sorts: Mapping[str, Column]
    default: str
    view: Callable[[Any], V]
    then: Column | None = None
    is_always_walked: bool = False
    counted_to: int | None = None

    def __post_init__(self) -> None:
        if self.scope.region.key != "region" or self.scope.region.class_ is not self._entity:
            raise TypeError("the scope's region is that of the first row class")
        self._must_have(self.scope.columns)
        ordered = [*self.sorts.values(), *([self.then] if self.then is not None else [])]
        self._must_have(ordered)
        if self.then is not None and getattr(self.then.expression, "nullable", True):
            raise TypeError(f"{self.then} may be nothing, and what is equal is ordered by it")
        for column in ordered:
            adapter_of(column)
        if self.default.removeprefix("-") not in self.sorts:
            raise TypeError(f"{self.default} is none of the list's sorts")

    async def page(
        self,
        asked: ListQuery,
        reader: RegionReader,
        *criteria: ColumnElement[bool],
        ready: Callable[[Sequence[Any]], Awaitable[object]] | None = None,
    ) -> Page[V]:
        """The page that was asked for: rows within the caller's reach that meet the criteria.
        `ready` is given what the page shows, before the views are made.

        Raises Invalid (422): a sort that is not among those that there are, a cursor that is not
        ours or of another list.
        """
        self._must_have(f.column for f in asked.filters.values() if isinstance(f, OnColumn))
        sort = asked.sort or self.default
        order = self._order(sort)
        given = asked.given()
        listed = _digest(reader, asked.said())
        cursor = cursors.unseal(asked.cursor, reader.sealer) if asked.cursor else None
        if cursor and (cursor.listed, cursor.sort) != (listed, sort):
            raise cursors.of_another_list()
        stretches = order.after(_last(cursor, order)) if cursor else [true()]
        wanted = [await asked.filters[name].criterion(v, reader) for name, v in given.items()]
        query = self.rows.where(self.scope.within(reader.grant), *criteria, *wanted)
        async with reader.reading() as find:
            if cursor:
                total, is_exact = cursor.total, cursor.total_is_exact
            else:
                ((found,),) = await find(self._counted(query))
                total, is_exact = min(found, self._most), found <= self._most
            walks = self.is_always_walked or (not is_exact and self._is_walked(order, reader.grant))
            ordered_by = order.by(walks=walks)
            rows = await self._rows(
                query.order_by(*ordered_by), order, stretches, limit=asked.limit + 1, find=find
            )
        following = None
        if len(rows) > asked.limit:  # one more than is shown: there is a next page
            last = order.write(rows[asked.limit - 1][-len(order.columns) :])
            place = cursors.seal(Cursor(1, listed, sort, total, is_exact, last), reader.sealer)
            url = reader.url.include_query_params(cursor=place)
            following = f"{url.path}?{url.query}"
        shown = [_selected(row, order) for row in rows[: asked.limit]]
        if ready is not None:
            await ready(shown)
        items = [self.view(one) for one in shown]
        return Page[V](items=items, total=total, total_is_exact=is_exact, next=following)

    async def _rows(
        self,
        query: Select[*tuple[Any, ...]],
        order: Order,
        stretches: Sequence[Criterion],
        *,
        limit: int,
        find: Find,
    ) -> list[Sequence[Any]]:
        """The first rows of the stretches; each ends with the values of the order's columns."""
        ordered = query.add_columns(*(one.label(None) for one in order.columns))
        rows: list[Sequence[Any]] = []
        for stretch in stretches:
            if len(rows) < limit:
                rows += await find(ordered.where(stretch).limit(limit - len(rows)))
        return rows

    # decision 0391: whoever reaches few of many would else walk an index to its end for them
    def _is_walked(self, order: Order, grant: Grant) -> bool:
        """True where rows are read in the order's index until the page is full; else they are found
        first, and then sorted. In the order of units or users, those of one stand together, after
        everybody else's before them.
        """
        return grant.is_region_wide or order.columns[0] not in self.scope.columns

    @property
    def _most(self) -> int:
        return MAX_TOTAL if self.counted_to is None else self.counted_to

    @property
    def _entity(self) -> Any:
        return self.rows.column_descriptions[0]["entity"]

    def _order(self, sort: str) -> Order:
        first = self.sorts.get(sort.removeprefix("-"))
        if first is None:
            raise _unknown_sort(sorted(self.sorts))
        after = self._key() if self.then is None else [self.then, *self._key()]
        keys = (key for key in after if key is not first)
        return Order((first, *keys), is_falling=sort.startswith("-"))

    def _key(self) -> list[Column]:
        names = [str(column.key) for column in inspect(self._entity).mapper.primary_key]
        return [getattr(self._entity, name) for name in names if name != "region"]

    def _counted(self, query: Select[*tuple[Any, ...]]) -> Select[int]:
        some = query.with_only_columns(*self._key())  # joins stay; columns alone join nothing
        return select(func.count()).select_from(some.limit(self._most + 1).subquery())

    def _must_have(self, columns: Iterable[Column]) -> None:
        entities = {one["entity"] for one in self.rows.column_descriptions}
        for column in columns:
            if column.class_ not in entities:
                raise TypeError(f"{column} is no column of what the list selects")


def _last(cursor: Cursor, order: Order) -> list[Any]:
    try:
        return order.read(cursor.last)
    except ValueError:  # the columns have changed since
        raise cursors.unreadable() from None


def _selected(row: Sequence[Any], order: Order) -> Any:
    selected = row[: -len(order.columns)]
    return selected[0] if len(selected) == 1 else selected


def _digest(reader: RegionReader, said: Mapping[str, Any]) -> str:
    """Which list it is, and whose: what is criterion for one user is none for another."""
    who = (reader.region, reader.caller.user_id)
    document = to_json([who, reader.url.path, sorted(said.items())])
    return reader.sealer.digest(document, length=16)


def _unknown_sort(allowed: Sequence[str]) -> Invalid:
    return Invalid(
        "UNKNOWN_SORT",
        field="sort",
        detail=f"Listan kan sorteras efter {', '.join(allowed)}.",
        way_on="Välj ett av dem; `-` först ger fallande ordning.",
        allowed=allowed,
    )
