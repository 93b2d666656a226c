"""New and changed rows of a session, written by the driver as the ORM's flush would, one statement
for each class and set of columns.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import chain
from typing import Any

from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.inspection import inspect
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.attributes import instance_state, set_committed_value

from kvitt_chassis.driver import Part
from kvitt_chassis.region_guard import look
from kvitt_chassis.rows import impl, plain_columns

_DIALECT: Any = PGDialect_asyncpg()  # type: ignore[no-untyped-call]


class RowWriter:
    """Writes the rows of a class; made once, by `writer_of`.

    Raises TypeError for a class that is not all columns of one table, or where the database or a
    function gives a column its first value: the ORM writes it.
    """

    def __init__(self, row_type: type[Any]) -> None:
        columns = plain_columns(row_type)
        if any(_is_computed(one) for one in columns.values()):
            raise TypeError(f"{row_type.__name__} has columns that are not its own to fill")
        mapper: Any = inspect(row_type)
        self.names = tuple(columns)  # of attributes
        self.defaults = {
            name: one.default.arg for name, one in columns.items() if one.default is not None
        }
        self._keys = tuple(name for name, one in columns.items() if one.primary_key)
        self.table = _quoted(mapper.local_table.name)
        self._columns = {name: _quoted(one.name) for name, one in columns.items()}
        self._types = {name: _type_of(one) for name, one in columns.items()}
        self._binds = {name: impl(one).bind_processor(_DIALECT) for name, one in columns.items()}

    def inserting(self, rows: Sequence[Any]) -> Part:
        """The insert of new rows; attributes that were never set get their default, or null."""
        for row in rows:
            known = vars(row)
            for name in self.names:
                if name not in known:
                    set_committed_value(row, name, self.defaults.get(name))
        into = ", ".join(self._columns[name] for name in self.names)
        return Part(
            f"INSERT INTO {self.table} ({into}) SELECT * FROM {self._unnested(self.names)}",
            self._values(rows, self.names),
        )

    def updating(self, rows: Sequence[Any], names: Sequence[str]) -> Part:
        """The update of some columns of rows, found by their primary key."""
        sets = ", ".join(f"{self._columns[name]} = new.{self._columns[name]}" for name in names)
        found = " AND ".join(
            f"{self.table}.{self._columns[name]} = new.{self._columns[name]}" for name in self._keys
        )
        given = (*self._keys, *names)
        return Part(
            f"UPDATE {self.table} SET {sets} FROM {self._unnested(given)} WHERE {found}",
            self._values(rows, given),
        )

    def _unnested(self, names: Sequence[str]) -> str:
        arrays = ", ".join(f"${at}::{self._types[name]}[]" for at, name in enumerate(names, 1))
        return f"unnest({arrays}) AS new ({', '.join(self._columns[name] for name in names)})"

    def _values(self, rows: Sequence[Any], names: Sequence[str]) -> list[list[Any]]:
        columns = []
        for name in names:
            bind = self._binds[name]
            values = (vars(row)[name] for row in rows)
            columns.append(list(values) if bind is None else [bind(value) for value in values])
        return columns


# decision 0291: rows are written by the driver, with what else ends a transaction
def writing_rows(session: AsyncSession) -> list[Part]:
    """What writes the new and the changed rows of a session, which has them as written from here
    on. What only the ORM can write is left to its flush: see `is_left`. Raises ForeignRow.
    """
    look(session.sync_session)
    new: defaultdict[RowWriter, list[Any]] = defaultdict(list)
    changed: defaultdict[tuple[RowWriter, tuple[str, ...]], list[Any]] = defaultdict(list)
    for row in session.new:
        if (writer := writer_of(type(row))) is not None:
            new[writer].append(row)
    for row in session.dirty:
        if (writer := writer_of(type(row))) is not None and (names := _changed(row)):
            changed[writer, names].append(row)
    # in one order: the same statement again is one that PostgreSQL has planned
    parts = [one.inserting(rows) for one, rows in sorted(new.items(), key=_place_of_new)]
    for (writer, names), rows in sorted(changed.items(), key=_place_of_changed):
        parts.append(writer.updating(rows, names))
    _keep_as_written(session, chain.from_iterable(new.values()))
    for (_, names), rows in changed.items():
        for row in rows:
            for name in names:
                set_committed_value(row, name, vars(row)[name])
    return parts


def is_left(session: AsyncSession) -> bool:
    """True where the session has rows that only the ORM's flush can write."""
    touched = chain(session.new, session.dirty)
    return bool(session.deleted) or any(writer_of(type(row)) is None for row in touched)


def writer_of(row_type: Any) -> RowWriter | None:
    """The writer of a class; None for one that the ORM writes."""
    return _made(row_type)


@cache
def _made(row_type: type[Any]) -> RowWriter | None:
    try:
        return RowWriter(row_type)
    except TypeError:
        return None


def _place_of_new(one: tuple[RowWriter, object]) -> str:
    return one[0].table


def _place_of_changed(one: tuple[tuple[RowWriter, tuple[str, ...]], object]) -> tuple[Any, ...]:
    (writer, names), _ = one
    return writer.table, names


def _changed(row: Any) -> tuple[str, ...]:
    now, before = vars(row), instance_state(row).committed_state
    return tuple(sorted(name for name in before if now[name] != before[name]))


def _keep_as_written(session: AsyncSession, rows: Iterable[Any]) -> None:
    """New rows are the session's own from here on, as if it had read them."""
    for row in rows:
        session.expunge(row)
        make_transient_to_detached(row)
        session.add(row)


def _is_computed(column: Any) -> bool:
    given = column.default is not None and not column.default.is_scalar
    changed = column.onupdate is not None or column.server_onupdate is not None
    return bool(given or changed or column.server_default or column.identity or column.computed)


def _type_of(column: Any) -> str:
    """The column's type as an array of it is declared: an order among texts is the column's."""
    return str(column.type.compile(dialect=_DIALECT)).split(" COLLATE ")[0]


def _quoted(name: str) -> str:
    return str(_DIALECT.identifier_preparer.quote(name))
