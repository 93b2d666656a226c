"""The order of a list, and what comes after a row in it: by values and key, never by counting.

PostgreSQL puts NULL last, and first when the order falls: the one order is the other, turned. The
key makes no two rows alike; it falls with the sort, so that one index serves both orders.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python
from sqlalchemy import ColumnElement, and_, func, literal, tuple_

from kvitt_chassis.filters import Criterion
from kvitt_chassis.models import CodeText
from kvitt_chassis.web.scopes import Column


@dataclass(frozen=True, slots=True)
class Order:
    """Rows by a column that is sorted by, and then by the columns of their key."""

    columns: tuple[Column, ...]
    is_falling: bool

    def by(self, *, walks: bool = True) -> list[ColumnElement[Any]]:
        """What a query is ordered by; unless it `walks`, in a way that no index has: rows are found
        by what they must be, and then sorted.
        """
        first, *keys = self.columns
        columns = [first if walks else func.coalesce(first, first), *keys]
        return [column.desc() if self.is_falling else column.asc() for column in columns]

    def after(self, last: Sequence[Any]) -> list[Criterion]:
        """What comes after the row with these values: stretches in their order, each of them a
        range of an index by itself.
        """
        column, value = self.columns[0], last[0]
        if value is None:
            rest = [and_(column.is_(None), self._beyond(last, skip=1))]
            return [*rest, column.is_not(None)] if self.is_falling else rest
        edge = literal(value, column.type)  # a plain True or False has no order in SQLAlchemy
        bound = column <= edge if self.is_falling else column >= edge
        rest = [and_(bound, self._beyond(last))]
        may_be_null = getattr(column.expression, "nullable", True)
        return [*rest, column.is_(None)] if may_be_null and not self.is_falling else rest

    def write(self, last: Sequence[Any]) -> list[Any]:
        """A row's values as JSON has them."""
        written: list[Any] = to_jsonable_python(list(last))
        return written

    def read(self, written: Sequence[Any]) -> list[Any]:
        """The values again, in the types of their columns. Raises ValueError (pydantic's too) where
        they are not of these columns.
        """
        pairs = zip(self.columns, written, strict=True)
        return [adapter_of(column).validate_python(value) for column, value in pairs]

    def _beyond(self, last: Sequence[Any], *, skip: int = 0) -> Criterion:
        columns = self.columns[skip:]
        here = tuple_(*columns)
        values = zip(columns, last[skip:], strict=True)
        there = tuple_(*(literal(value, column.type) for column, value in values))
        return here < there if self.is_falling else here > there


def adapter_of(column: Column) -> TypeAdapter[Any]:
    """Reads a column's value from JSON. Raises TypeError for a column without an order."""
    kind: Any = str if isinstance(column.type, CodeText) else column.type.python_type
    if not issubclass(kind, str | int | date | datetime | UUID | Enum):
        raise TypeError(f"{column} has no order")
    return TypeAdapter(kind | None)
