"""Rows by their keys, as the ORM's own select would give them, fetched by the driver: for the unit
of work, which fetches some for every message.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from kvitt_contracts.types import RegionCode
from sqlalchemy import ARRAY, any_, bindparam, select
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.inspection import inspect
from sqlalchemy.orm.attributes import instance_state, set_committed_value

from kvitt_chassis.driver import fetch

_DIALECT: Any = PGDialect_asyncpg()  # type: ignore[no-untyped-call]


# decision 0255: rows are fetched by the driver and become the session's own
class RowReader:
    """Fetches the rows of a class by one of its columns; made once, by `reader_of`.

    Raises TypeError for a class that is not all columns of one table, loaded with their row: it
    could not be made as the ORM makes it.
    """

    def __init__(self, row_type: type[Any], column: Any) -> None:
        self._mapper: Any = inspect(row_type)
        by_name = plain_columns(row_type)
        columns = list(by_name.values())
        self._names = list(by_name)
        self._readers = [impl(one).result_processor(_DIALECT, None) for one in columns]
        self._key = [
            self._mapper.get_property_by_column(one).key for one in self._mapper.primary_key
        ]
        self._bind = impl(column).bind_processor(_DIALECT)
        query = (
            select(*columns)
            .where(
                row_type.region == bindparam("region"),
                # an array, not a list: the statement is the same for any number of keys
                column == any_(bindparam("keys", type_=ARRAY(column.type))),
            )
            .order_by(column)
        )
        self._reading = str(query.compile(dialect=_DIALECT))
        self._locking = str(query.with_for_update(key_share=True).compile(dialect=_DIALECT))

    async def fetch(
        self, session: AsyncSession, region: RegionCode, keys: Sequence[Any], *, locks: bool
    ) -> list[Any]:
        """The rows of a region that have one of these values, in the values' order. One that the
        session has already is given as it is there; with `locks` each is locked and read anew.

        What the session has not written yet is written first. Raises what `driver.fetch` raises.
        """
        if session.new or session.dirty or session.deleted:
            await session.flush()
        statement = self._locking if locks else self._reading
        bound = list(keys) if self._bind is None else [self._bind(key) for key in keys]
        records = await fetch(session, statement, str(region), bound)
        return [self._row(session, record, anew=locks) for record in records]

    def _row(self, session: AsyncSession, record: Iterable[Any], *, anew: bool) -> Any:
        values = {
            name: value if read is None else read(value)
            for name, read, value in zip(self._names, self._readers, record, strict=True)
        }
        identity = self._mapper.identity_key_from_primary_key([values[one] for one in self._key])
        row = session.identity_map.get(identity)
        if row is None:
            return self._new(session, identity, values)
        known = vars(row)
        for name, value in values.items():
            if anew or name not in known:
                set_committed_value(row, name, value)
        return row

    def _new(self, session: AsyncSession, identity: Any, values: Mapping[str, Any]) -> Any:
        row = self._mapper.class_manager.new_instance()
        vars(row).update(values)
        state = instance_state(row)
        state.key, state.session_id = identity, session.sync_session.hash_key
        session.identity_map.add(state)
        return row


@cache
def reader_of(row_type: type[Any], column: Any) -> RowReader:
    """The reader of a class by a column of it. Raises TypeError as RowReader does."""
    return RowReader(row_type, column)


def plain_columns(row_type: type[Any]) -> dict[str, Any]:
    """The columns of a class by the names of its attributes. Raises TypeError for one that is not
    all columns of one table, loaded with their row.
    """
    mapper: Any = inspect(row_type)
    attributes = tuple(mapper.column_attrs)
    if len(mapper.attrs) > len(attributes) or any(one.deferred for one in attributes):
        raise TypeError(f"{row_type.__name__} is more than the columns of its table")
    return {one.key: one.columns[0] for one in attributes}


def impl(column: Any) -> Any:
    """The type of a column as the driver takes and gives its values."""
    return column.type.dialect_impl(_DIALECT)
