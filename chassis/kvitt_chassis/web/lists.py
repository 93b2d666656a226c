"""Lists of the HTTP API: what one has, whose it is, how it is narrowed, sorted, counted and paged.

A page begins after the last row of the one before it, by values and key: rows that come and go
meanwhile move no other row from its page, and page 500 costs what page 1 does.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any, ClassVar, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, field_validator
from pydantic_core import to_json, to_jsonable_python
from sqlalchemy import ColumnElement, Select, and_, func, literal, select, true, tuple_
from sqlalchemy.inspection import inspect

from kvitt_chassis.filters import Column, Criterion, Filter, ForTheView, OnColumn
from kvitt_chassis.models import CodeText
from kvitt_chassis.web import cursors
from kvitt_chassis.web.cursors import MAX_CURSOR_LENGTH, Cursor
from kvitt_chassis.web.problems import Invalid
from kvitt_chassis.web.reader import RegionReader

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
        Field(description="Hur många listan har i allt, högst 10 000; räknat vid första sidan"),
    ]
    total_is_exact: Annotated[
        bool, Field(description="Falskt när listan har över 10 000: `total` är då 10 000")
    ] = True
    next: Annotated[str | None, Field(description="Adressen till nästa sida")] = None


class ListQuery(BaseModel):
    """What a caller says of the list that they want. A list with filters adds its own fields.

    Each field says what it does, by a Filter or by ForTheView. Raises TypeError at import else.
    """

    model_config = ConfigDict(frozen=True)

    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT, description="Hur många per sida")] = (
        DEFAULT_LIMIT
    )
    cursor: Annotated[
        str | None,
        Field(max_length=MAX_CURSOR_LENGTH, description="Var sidan börjar; står i `next`"),
    ] = None
    sort: Annotated[
        str | None, Field(description="Fält att sortera efter; `-` först ger fallande ordning")
    ] = None

    filters: ClassVar[Mapping[str, Filter]] = {}

    @field_validator("*", mode="before")
    @classmethod
    def _can_be_stored(cls, value: Any) -> Any:
        texts = value if isinstance(value, list) else [value]
        if any(isinstance(one, str) and "\x00" in one for one in texts):
            raise ValueError("PostgreSQL stores no NUL, so no row has one")
        return value

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
        values = {name: getattr(self, name) for name in self.filters}
        fields = type(self).model_fields
        return {n: v for n, v in values.items() if v != fields[n].default and v != []}


class Scope:
    """Whose rows a list has: the columns of the region and of the units (stores, service points,
    customers) that a row belongs to. Who may see which units is decided by these.
    """

    def __init__(self, region: Column, unit: Column, *more_units: Column) -> None:
        self.region = region
        self.units = (unit, *more_units)


class RegionWide:
    """The scope of rows that belong to no unit: everybody in the region has the same, because."""

    def __init__(self, region: Column, *, because: str) -> None:
        self.region = region
        self.units: tuple[Column, ...] = ()
        self.because = because


def named(*columns: Column, **more: Column) -> dict[str, Column]:
    """Columns by the name that a caller sorts by: their own, or the one that is told."""
    return {column.key: column for column in columns} | more


@dataclass(frozen=True, slots=True)
class ListOf(Generic[V]):
    """A list, declared once.

    `rows` selects what a view is made of; the first thing that it selects is the row class whose
    key tells one line from another. `scope` says whose rows they are: there is no list without.
    `sorts` names what may be sorted by (see `named`), `default` is one of these names, with `-`
    for falling. `view` takes the row, or a tuple when several things are selected.
    Raises TypeError for a column that is none of what `rows` selects, or that has no order.
    """

    rows: Select[*tuple[Any, ...]]
    scope: Scope | RegionWide
    sorts: Mapping[str, Column]
    default: str
    view: Callable[[Any], V]

    def __post_init__(self) -> None:
        if self.scope.region.key != "region" or self.scope.region.class_ is not self._entity:
            raise TypeError("the scope's region is that of the first row class")
        self._must_have(self.scope.units)
        self._must_have(self.sorts.values())
        for column in self.sorts.values():
            _reads(column)
        if self.default.removeprefix("-") not in self.sorts:
            raise TypeError(f"{self.default} is none of the list's sorts")

    async def page(
        self, asked: ListQuery, reader: RegionReader, *criteria: ColumnElement[bool]
    ) -> Page[V]:
        """The page that was asked for, of the rows of the caller's region that meet the criteria.

        Raises Invalid (422): a sort that is not among those that there are, a cursor that is not
        ours or of another list.
        """
        self._must_have(f.column for f in asked.filters.values() if isinstance(f, OnColumn))
        sort = asked.sort or self.default
        columns = self._columns(sort)
        given = asked.given()
        listed = _digest(reader, given)
        cursor = cursors.unseal(asked.cursor, reader.sealer) if asked.cursor else None
        if cursor and (cursor.listed, cursor.sort) != (listed, sort):
            raise cursors.of_another_list()
        wanted = [await asked.filters[name].criterion(v, reader) for name, v in given.items()]
        query = self.rows.where(*criteria, *wanted)
        stretches = _after(_last(cursor, columns), columns, sort) if cursor else [true()]
        async with reader.reading() as find:
            if cursor:
                total, is_exact = cursor.total, cursor.total_is_exact
            else:
                (counted,) = await find(self._counted(query))
                total, is_exact = min(counted[0], MAX_TOTAL), counted[0] <= MAX_TOTAL
            rows: list[Sequence[Any]] = []
            for stretch in stretches:
                if len(rows) <= asked.limit:
                    ordered = query.where(stretch).order_by(*_ordered(columns, sort))
                    ordered = ordered.add_columns(*(column.label(None) for column in columns))
                    rows += await find(ordered.limit(asked.limit + 1 - len(rows)))
        following = None
        if len(rows) > asked.limit:
            values = to_jsonable_python(list(rows[asked.limit - 1][-len(columns) :]))
            place = cursors.seal(Cursor(1, listed, sort, total, is_exact, values), reader.sealer)
            url = reader.url.include_query_params(cursor=place)
            following = f"{url.path}?{url.query}"
        items = [self.view(self._shown(row, len(columns))) for row in rows[: asked.limit]]
        return Page[V](items=items, total=total, total_is_exact=is_exact, next=following)

    @property
    def _entity(self) -> Any:
        return self.rows.column_descriptions[0]["entity"]

    def _columns(self, sort: str) -> list[Column]:
        """What the list is ordered by: the sort and then the key, so that no two rows are alike."""
        first = self.sorts.get(sort.removeprefix("-"))
        if first is None:
            raise _unknown_sort(sorted(self.sorts))
        names = [str(column.key) for column in inspect(self._entity).mapper.primary_key]
        keys = [getattr(self._entity, name) for name in names if name != "region"]
        return [first, *(key for key in keys if key is not first)]

    def _counted(self, query: Select[*tuple[Any, ...]]) -> Select[int]:
        some = query.with_only_columns(*self._columns(self.default), maintain_column_froms=True)
        return select(func.count()).select_from(some.limit(MAX_TOTAL + 1).subquery())

    def _shown(self, row: Sequence[Any], added: int) -> Any:
        return row[0] if len(row) == added + 1 else row[:-added]

    def _must_have(self, columns: Iterable[Column]) -> None:
        entities = {one["entity"] for one in self.rows.column_descriptions}
        for column in columns:
            if column.class_ not in entities:
                raise TypeError(f"{column} is no column of what the list selects")


def _ordered(columns: Sequence[Column], sort: str) -> list[ColumnElement[Any]]:
    # PostgreSQL puts NULL last, and first when it falls: the one order is the other, turned
    return [column.desc() if sort.startswith("-") else column.asc() for column in columns]


def _after(last: Sequence[Any], columns: Sequence[Column], sort: str) -> list[Criterion]:
    """What comes after a row, as stretches in their order, each a range of an index by itself."""
    column, value, is_falling = columns[0], last[0], sort.startswith("-")
    if value is None:
        rest: list[Criterion] = [and_(column.is_(None), _beyond(columns[1:], last[1:], is_falling))]
        return [*rest, column.is_not(None)] if is_falling else rest
    edge = literal(value, column.type)  # a plain True or False has no order in SQLAlchemy
    bound = column <= edge if is_falling else column >= edge
    rest = [and_(bound, _beyond(columns, last, is_falling))]
    may_be_null = getattr(column.expression, "nullable", True)
    return [*rest, column.is_(None)] if may_be_null and not is_falling else rest


def _beyond(columns: Sequence[Column], last: Sequence[Any], is_falling: bool) -> Criterion:
    here = tuple_(*columns)
    there = tuple_(*(literal(v, c.type) for c, v in zip(columns, last, strict=True)))
    return here < there if is_falling else here > there


def _last(cursor: Cursor, columns: Sequence[Column]) -> list[Any]:
    """The values of a cursor in the types of their columns. Raises Invalid (422) where a column has
    changed since.
    """
    try:
        pairs = zip(columns, cursor.last, strict=True)
        return [_reads(column).validate_python(value) for column, value in pairs]
    except (ValidationError, ValueError):
        raise cursors.unreadable() from None


def _reads(column: Column) -> TypeAdapter[Any]:
    kind: Any = str if isinstance(column.type, CodeText) else column.type.python_type
    if not issubclass(kind, str | int | date | datetime | UUID | Enum):
        raise TypeError(f"{column} has no order")
    return TypeAdapter(kind | None)


def _digest(reader: RegionReader, given: Mapping[str, Any]) -> str:
    """Which list it is, and whose: what is criterion for one user is none for another."""
    who = (reader.region, reader.caller.user_id)
    document = to_json([who, reader.url.path, sorted(given.items())])
    return reader.sealer.digest(document)[:16]


def _unknown_sort(allowed: Sequence[str]) -> Invalid:
    return Invalid(
        "UNKNOWN_SORT",
        field="sort",
        detail=f"Listan kan sorteras efter {', '.join(allowed)}.",
        way_on="Välj ett av dem; `-` först ger fallande ordning.",
        allowed=allowed,
    )
