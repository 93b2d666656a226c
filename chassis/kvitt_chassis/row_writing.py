"""New and changed rows of a session, written by the driver as the ORM's flush would, one statement
for each class and set of columns.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.inspection import inspect
from sqlalchemy.orm.attributes import instance_state, set_committed_value

from kvitt_chassis.driver import Part
from kvitt_chassis.region_guard import look
from kvitt_chassis.rows import impl, plain_columns

_DIALECT: Any = PGDialect_asyncpg()  # type: ignore[no-untyped-call]

Named = tuple[type[Any], tuple[str, ...]]
"""A class and the names of its attributes that are written."""


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
        self.names = tuple(columns)
        self.defaults = {
            name: one.default.arg for name, one in columns.items() if one.default is not None
        }
        self._keys = tuple(name for name, one in columns.items() if one.primary_key)
        self._table = _quoted(mapper.local_table.name)
        self._columns = {name: _quoted(one.name) for name, one in columns.items()}
        self._types = {name: one.type.compile(dialect=_DIALECT) for name, one in columns.items()}
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
            f"INSERT INTO {self._table} ({into}) SELECT * FROM {self._unnested(self.names)}",
            self._values(rows, self.names),
        )

    def updating(self, rows: Sequence[Any], names: Sequence[str]) -> Part:
        """The update of some columns of rows, found by their primary key."""
        sets = ", ".join(f"{self._columns[name]} = new.{self._columns[name]}" for name in names)
        found = " AND ".join(
            f"{self._table}.{self._columns[name]} = new.{self._columns[name]}"
            for name in self._keys
        )
        given = (*self._keys, *names)
        return Part(
            f"UPDATE {self._table} SET {sets} FROM {self._unnested(given)} WHERE {found}",
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
    on. What only the ORM can write is left to its flush. Raises ForeignRow.
    """
    look(session.sync_session)
    new: defaultdict[type[Any], list[Any]] = defaultdict(list)
    changed: defaultdict[Named, list[Any]] = defaultdict(list)
    for row in list(session.new):
        if writer_of(type(row)) is not None:
            new[type(row)].append(row)
    for row in list(session.dirty):
        if writer_of(type(row)) is not None and (names := _changed(row)):
            changed[type(row), names].append(row)
    parts = [_writer(of).inserting(rows) for of, rows in sorted(new.items(), key=_name)]
    parts += [
        _writer(of).updating(rows, names)
        for (of, names), rows in sorted(changed.items(), key=lambda one: (_name(one[0]), one[0][1]))
    ]
    _settle(session, (row for rows in new.values() for row in rows))
    for (_, names), rows in changed.items():
        for row in rows:
            instance_state(row)._commit_all(vars(row), session.identity_map)
    return parts


@cache
def writer_of(row_type: type[Any]) -> RowWriter | None:
    """The writer of a class; None for one that the ORM writes."""
    try:
        return RowWriter(row_type)
    except TypeError:
        return None


def _writer(row_type: type[Any]) -> RowWriter:
    writer = writer_of(row_type)
    assert writer is not None
    return writer


def _name(one: tuple[type[Any], Any]) -> str:
    return one[0].__name__


def _changed(row: Any) -> tuple[str, ...]:
    now, before = vars(row), instance_state(row).committed_state
    return tuple(sorted(name for name in before if now[name] != before[name]))


def _settle(session: AsyncSession, rows: Iterable[Any]) -> None:
    for row in rows:
        session.expunge(row)
        state = instance_state(row)
        state.key = state.mapper.identity_key_from_instance(row)
        state.session_id = session.sync_session.hash_key
        session.identity_map.add(state)
        state._commit_all(vars(row), session.identity_map)


def _commit(row: Any, names: Iterable[str]) -> None:
    known = vars(row)
    for name in names:
        set_committed_value(row, name, known[name])


def _is_computed(column: Any) -> bool:
    given = column.default is not None and not column.default.is_scalar
    return bool(given or column.server_default or column.identity or column.computed)


def _quoted(name: str) -> str:
    return str(_DIALECT.identifier_preparer.quote(name))
