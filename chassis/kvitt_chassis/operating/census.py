"""How many of each kind of thing are in which state, by region: counted in the tables now and then.
No service declares anything for it: every aggregate with a status is counted.
"""

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase

from kvitt_chassis import metrics
from kvitt_chassis.consuming.faults import describe
from kvitt_chassis.database import Database
from kvitt_chassis.models import Aggregate

log = logging.getLogger(__name__)

ROWS = metrics.declare(
    "gauge",
    "rows_by_state",
    "How many orders, transfers and the like are in which state, by the table that has them; in the"
    " one process whose relay sends.",
    "None: a picture of the business. A state that only grows is one that nobody leaves: look for"
    " what it waits for (kvitt explain).",
    ("table", "region", "state"),
    silent="another process of the service counts, or its tables are empty",
)

EVERY_SECONDS = 60.0
SHARE = 100
"""A count may take one part of so many of the time: what takes long is done seldom."""
_LONGEST_SECONDS = 10.0


# decision 0582: what is in which state is counted seldom, by one process
class Census:
    """A job that counts. `is_chosen` says whether it is this process that does it."""

    name = "census"

    def __init__(
        self, base: type[DeclarativeBase], *, database: Database, is_chosen: Callable[[], bool]
    ) -> None:
        self._rows = tuple(_with_status(base))
        self._database = database
        self._is_chosen = is_chosen
        self._shown: dict[str, set[tuple[str, str]]] = {}

    async def work(self) -> float:
        """Count every table, one after the other. What takes too long is left as it was shown."""
        if not self._is_chosen():
            for table in list(self._shown):
                self._show(table, {})
            return EVERY_SECONDS / 10
        took = 0.0
        for row in self._rows:
            begun = time.monotonic()
            try:
                self._show(row.__tablename__, await self._count(row))
            except DBAPIError as error:
                log.warning("%s could not be counted: %s", row.__tablename__, describe(error))
            took += time.monotonic() - begun
        return max(EVERY_SECONDS, SHARE * took)

    def remark(self) -> str | None:
        """Nothing: what is not counted is in nobody's way."""
        return None

    async def _count(self, row: Any) -> dict[tuple[str, str], int]:
        by_state = select(row.region, row.status, func.count()).group_by(row.region, row.status)
        async with self._database.reading() as session:
            await session.execute(_BOUNDED)
            found = (await session.execute(by_state)).all()
        return {(str(region), _said(state)): count for region, state, count in found}

    def _show(self, table: str, counts: Mapping[tuple[str, str], int]) -> None:
        service = self._database.service
        for region, state in self._shown.get(table, set()) - counts.keys():
            ROWS.remove(service, table, region, state)
        for (region, state), count in counts.items():
            ROWS.labels(service, table, region, state).set(count)
        self._shown[table] = set(counts)


def _with_status(base: type[DeclarativeBase]) -> Iterable[Any]:
    rows = (mapper.class_ for mapper in base.registry.mappers)
    found = [row for row in rows if issubclass(row, Aggregate) and hasattr(row, "status")]
    return sorted(found, key=lambda row: str(row.__tablename__))


def _said(state: object) -> str:
    return "-" if state is None else str(state.value if isinstance(state, Enum) else state)


_BOUNDED = text(f"SET LOCAL statement_timeout = '{_LONGEST_SECONDS:g}s'")
