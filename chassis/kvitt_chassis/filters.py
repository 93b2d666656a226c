"""What narrows a list: a field of its query names a column and a comparison, once. No page here.

`store: Annotated[StoreId | None, Eq(StockMoveRow.store, "Förråd")] = None`.
A field whose value is its default narrows nothing.
"""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from pydantic_core import to_jsonable_python
from sqlalchemy import Boolean, ColumnElement, cast, func
from sqlalchemy.dialects.postgresql import JSONB

from kvitt_chassis.web.reader import RegionReader
from kvitt_chassis.web.scopes import Column

Criterion = ColumnElement[bool]
"""What a row must be for a list to have it: `StockMoveRow.store == "500"`."""


@dataclass(frozen=True, eq=False)
class ForTheView:
    """A field that narrows nothing: it says how much is shown of each row.

    `description` is what the API's documentation says of the field, in Swedish.
    """

    description: str | None = None


class Filter(ABC):
    """What a field of a list's query does with its value."""

    description: str | None
    """What the API's documentation says of the field, in Swedish."""

    @abstractmethod
    async def criterion(self, value: Any, reader: RegionReader) -> Criterion:
        """What a row must be, for this value of the field and who asks."""


@dataclass(frozen=True, eq=False)
class OnColumn(Filter):
    """A comparison of one column with the field's value."""

    column: Column
    description: str | None = None

    async def criterion(self, value: Any, reader: RegionReader) -> Criterion:
        """See Filter."""
        return self.compare(value)

    @abstractmethod
    def compare(self, value: Any) -> Criterion:
        """The comparison with a value that was given."""


class Eq(OnColumn):
    """The column is the value."""

    def compare(self, value: Any) -> Criterion:
        """See OnColumn."""
        criterion: Criterion = self.column == value
        return criterion


class In(OnColumn):
    """The column is one of the values; none at all narrows nothing."""

    def compare(self, value: Any) -> Criterion:
        """See OnColumn."""
        criterion: Criterion = self.column.in_(value)
        return criterion


class From(OnColumn):
    """The column is the value or later (greater)."""

    def compare(self, value: Any) -> Criterion:
        """See OnColumn."""
        criterion: Criterion = self.column >= value
        return criterion


class To(OnColumn):
    """The column is the value or earlier (less): the last day is included."""

    def compare(self, value: Any) -> Criterion:
        """See OnColumn."""
        criterion: Criterion = self.column <= value
        return criterion


@dataclass(frozen=True, eq=False)
class StartsWith(OnColumn):
    """The text begins with the value, in any case when `ignore_case`."""

    ignore_case: bool = False

    def compare(self, value: Any) -> Criterion:
        """See OnColumn."""
        if self.ignore_case:
            criterion: Criterion = self.column.istartswith(value, autoescape=True)
            return criterion
        # decision 0391: by LIKE no index would be used under row security
        return func.starts_with(self.column, value, type_=Boolean)


@dataclass(frozen=True, eq=False)
class Contains(OnColumn):
    """The JSON array holds the value or, with `member`, an object whose member it is."""

    member: str | None = None

    def compare(self, value: Any) -> Criterion:
        """See OnColumn."""
        plain = to_jsonable_python(value)
        wanted = [plain if self.member is None else {self.member: plain}]
        return cast(self.column, JSONB).contains(wanted)


@dataclass(frozen=True, eq=False)
class Where(Filter):
    """What no other comparison says: a function of the value and of who asks."""

    rule: Callable[[Any, RegionReader], Criterion]
    description: str | None = None

    async def criterion(self, value: Any, reader: RegionReader) -> Criterion:
        """See Filter."""
        return self.rule(value, reader)


@dataclass(frozen=True, eq=False)
class WhereLookedUp(Filter):
    """As Where, of what must be looked up first."""

    rule: Callable[[Any, RegionReader], Awaitable[Criterion]]
    description: str | None = None

    async def criterion(self, value: Any, reader: RegionReader) -> Criterion:
        """See Filter."""
        return await self.rule(value, reader)
