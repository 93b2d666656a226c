"""Which parked keys wait for which row: a key is tried as soon as its row exists, and not before.

Known to this process alone, of what it has tried itself; the others' commits are found by looking.
"""

import time
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ARRAY, any_, bindparam, select

from kvitt_chassis.consuming.parking import TopicKey
from kvitt_chassis.database import Database
from kvitt_chassis.row_keys import key_column
from kvitt_chassis.unit_of_work import UnitOfWork

AwaitedRow = tuple[type[Any], str, Any]
"""A row's class, its region and its key."""

LOOK_EVERY = 5.0
"""Seconds after which all awaited rows are looked for: another process may have stored one."""


class AwaitedRows:
    """The rows that parked keys wait for. `arrived` holds the keys whose row exists by now, in the
    order in which that was noticed.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._row_of: dict[TopicKey, AwaitedRow] = {}
        self._keys_of: dict[type[Any], dict[tuple[str, Any], set[TopicKey]]] = {}
        self._new: set[TopicKey] = set()  # their row may have come while they were tried
        self._looked_at = 0.0
        self.arrived: dict[TopicKey, str] = {}
        """With the region of each."""

    def add(self, place: TopicKey, row: AwaitedRow) -> None:
        """A key waits for a row, or for what that row does not say yet. Where what it names cannot
        be a row's key, to ask for it would fail the question for all: it is tried by its back-off.
        """
        self.forget(place)
        if not isinstance(row[2], key_column(row[0]).type.python_type):
            return
        self._row_of[place] = row
        self._keys_of.setdefault(row[0], {}).setdefault(row[1:], set()).add(place)
        self._new.add(place)

    def forget(self, place: TopicKey) -> AwaitedRow | None:
        """A key waits no longer, or is about to be tried. Answers what it waited for, if that has
        been looked for.
        """
        row, is_new = self._row_of.pop(place, None), place in self._new
        self.arrived.pop(place, None)
        self._new.discard(place)
        if row is not None:
            rows = self._keys_of.get(row[0], {})
            rows.get(row[1:], set()).discard(place)
            if not rows.get(row[1:], True):
                del rows[row[1:]]
        return None if is_new else row

    def still(self, place: TopicKey, before: AwaitedRow | None) -> None:
        """A key has been tried, after it had waited for `before`: if it waits for the same again,
        its row need not be looked for at once.
        """
        if before is not None and self._row_of.get(place) == before:
            self._new.discard(place)

    def is_absent(self, place: TopicKey) -> bool:
        """True when a key waits for a row that was looked for and is not there."""
        return place in self._row_of and place not in self._new and place not in self.arrived

    def note(self, unit: UnitOfWork) -> bool:
        """After a commit: the rows that the unit has stored or seen are there. True when a key
        waits for one of them.
        """
        found = False
        for row_type, awaited in self._keys_of.items():
            for (region, key), row in unit.held.get(row_type, {}).items() if awaited else ():
                if row is not None and (str(region), key) in awaited:
                    self._arrive(row_type, str(region), key)
                    found = True
        return found

    async def look(self) -> None:
        """Look for the rows that were not looked for yet; now and then for all. One query per
        table, however many keys wait. Raises DBAPIError.
        """
        is_due = time.monotonic() - self._looked_at > LOOK_EVERY
        places = [*self._row_of] if is_due else [*self._new]
        if not places:
            return
        async with self._database.reading() as session:
            for row_type, keys in self._by_type(places).items():
                column = key_column(row_type)
                array = bindparam("keys", keys, type_=ARRAY(column.type))
                query = select(row_type.region, column).where(column == any_(array))
                for region, key in (await session.execute(query)).all():
                    self._arrive(row_type, str(region), key)
        self._new.difference_update(places)
        if is_due:
            self._looked_at = time.monotonic()

    def _by_type(self, places: Iterable[TopicKey]) -> dict[type[Any], list[Any]]:
        wanted: dict[type[Any], set[Any]] = {}
        for row_type, _, key in {self._row_of[one] for one in places if one in self._row_of}:
            wanted.setdefault(row_type, set()).add(key)
        return {row_type: list(keys) for row_type, keys in wanted.items()}

    def _arrive(self, row_type: type[Any], region: str, key: Any) -> None:
        for place in sorted(self._keys_of[row_type].pop((region, key), ())):
            self.arrived[place] = region
