"""The declarative base of inventory's tables. Each table is declared by its noun."""

from typing import Any

from kvitt_chassis.models import TYPE_MAP, new_metadata
from kvitt_contracts.envelope import Message
from sqlalchemy import ARRAY, ColumnElement, Select, any_, func
from sqlalchemy.inspection import inspect
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute


class Base(DeclarativeBase):
    """Every table of inventory."""

    metadata = new_metadata()
    type_annotation_map = TYPE_MAP


def same_columns(message: Message, row_type: type[Base]) -> dict[str, Any]:
    """The values of those columns of a row that the message has as fields of the same name."""
    names = inspect(row_type).column_attrs.keys()
    return {name: getattr(message, name) for name in names if name in type(message).model_fields}


def is_among(column: InstrumentedAttribute[Any], found: Select[Any]) -> ColumnElement[bool]:
    """The column is one of the values that a query finds."""
    # found once, before the rows: an index on the column is used then, also beside `OR`, where
    # `IN (SELECT ...)` would be asked of each row
    values = func.array(found.scalar_subquery(), type_=ARRAY(column.type))
    among: ColumnElement[bool] = column == any_(values)
    return among
