"""One database transaction, and the rows that are fetched ahead for all that is handled in it. The
chassis opens and commits it; a handler sees its Transaction alone.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from kvitt_contracts.envelope import Envelope
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import RegionCode, ServicePointId
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.inspection import inspect

from kvitt_chassis.driver import Part, fetch_together
from kvitt_chassis.handlers import MessageRoute, RowKey, TimerRoute
from kvitt_chassis.lock_order import LockOrder, RowTaken
from kvitt_chassis.recording import Emitted, TimerName, writing_events, writing_timers
from kvitt_chassis.row_keys import key_column
from kvitt_chassis.row_writing import is_left, writing_rows
from kvitt_chassis.rows import reader_of
from kvitt_chassis.transaction import Transaction

Calls = Sequence[tuple[MessageRoute | TimerRoute, Any, Transaction]]
"""What is about to be handled: a message, or a timer's key, each with its transaction."""

RowName = tuple[type[Any], str, Any]
"""A row's class, its region and its key."""

_HOPS = 4
"""How often a handler is asked what it wants fetched: a row may name the next, without an end."""


@dataclass(slots=True)
class UnitOfWork:
    """One database transaction, for one message or a whole batch.

    Rows that were fetched ahead are referenced here: SQLAlchemy's identity map is weak, and a row
    without another reference is fetched again. Everything that the transactions record is written
    by one `flush`.
    """

    session: AsyncSession
    service: str
    policies: Policies
    now: datetime
    held: defaultdict[Any, dict[tuple[str, Any], Any]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    emitted: list[Emitted] = field(default_factory=list)
    scheduled: dict[TimerName, datetime | None] = field(default_factory=dict)
    locked: set[RowName] = field(default_factory=set)
    missed: set[RowName] = field(default_factory=set)  # looked for, not there, and begun here
    lock_order: LockOrder = field(default_factory=LockOrder)
    regions: set[RegionCode] = field(default_factory=set)  # of the transactions so far
    to_call: list[Callable[[], None]] = field(default_factory=list)  # after the commit
    has_changed: bool = False  # a row, between reading and locking it
    wrote_events: bool = False
    recorded: Counter[tuple[str, str]] = field(default_factory=Counter)  # by region and type
    soonest: datetime | None = None  # of the timers that were set

    async def load_ahead(self, calls: Calls) -> None:
        """Fetch what the handlers of these messages name, in one statement per table.

        What is only read comes first, so that all that it leads to is locked at once, in order.
        Raises LockOrderBroken, where that is checked; RowTaken where a row was another when it was
        locked than when it was read, and names what should have been locked before it.
        """
        readers = [call for call in calls if call[0].reads is not None]
        lockers = [call for call in calls if call[0].loads is not None]
        for _ in range(_HOPS):
            for _ in range(_HOPS):
                if not readers or not await self._read(readers):
                    break
            if not lockers or not await self._lock(lockers):
                return

    async def _read(self, calls: Calls) -> bool:
        named = (
            (tx.region, row_key)
            for route, message, tx in calls
            if route.reads is not None
            for row_key in route.reads(message, tx)
        )
        return await self.load(named, locks=False)

    async def _lock(self, calls: Calls) -> bool:
        for route, message, tx in calls:
            if route.loads is not None and (self.has_changed or self.lock_order.is_checked):
                row_keys = tuple(route.loads(message, tx))
                if self.has_changed and self._comes_late(tx.region, row_keys):
                    raise RowTaken
                tx.check_lock_order(row_keys)
        named = (
            (tx.region, row_key)
            for route, message, tx in calls
            if route.loads is not None
            for row_key in route.loads(message, tx)
        )
        return await self.load(named)

    async def load(
        self, region_keys: Iterable[tuple[RegionCode, RowKey]], *, locks: bool = True
    ) -> bool:
        """Fetch rows in one statement per table and hold them: aggregates locked, tables in the
        service's lock order and keys in theirs. False: all of them are held already.

        Without `locks` nothing is locked; who wants such a row locked fetches it anew.
        """
        wanted: dict[Any, set[tuple[RegionCode, Any]]] = {}
        for region, (named, key) in region_keys:
            if key is not None and not self.has(named, region, key, locked=locks):
                wanted.setdefault(named, set()).add((region, key))
        for named in sorted(wanted, key=self._place):
            await self._fetch(named, wanted[named], locks=locks)
        return bool(wanted)

    def has(self, row_type: Any, region: RegionCode, key: Any, *, locked: bool = True) -> bool:
        """True when the row is held already; for one that is locked when loaded: when it
        is locked.
        """
        if locked and row_type.locked_when_loaded:
            return (row_type, region, key) in self.locked
        return (region, key) in self.held[row_type]

    def _comes_late(self, region: RegionCode, row_keys: Iterable[RowKey]) -> bool:
        """Whether a row that is not locked yet comes before one that is, of these."""
        places: dict[bool, list[int]] = {True: [], False: []}
        for named, key in row_keys:
            if named in self.lock_order.places and key is not None:
                places[self.has(named, region, key)].append(self.lock_order.place(named))
        return bool(places[True] and places[False]) and min(places[False]) < max(places[True])

    def _place(self, named: Any) -> tuple[int, str]:
        """The sort key of rows that are fetched together: lock order, then table."""
        row_type = named if isinstance(named, type) else named.class_
        return self.lock_order.place(row_type), _name(named)

    async def _fetch(self, named: Any, pairs: set[tuple[RegionCode, Any]], *, locks: bool) -> None:
        is_class = isinstance(named, type)
        row_type = named if is_class else named.class_
        column = key_column(row_type) if is_class else named
        reader = reader_of(row_type, column)
        by_region: dict[RegionCode, list[Any]] = {}
        for region, key in sorted(pairs, key=lambda pair: (pair[0], str(pair[1]))):
            by_region.setdefault(region, []).append(key)
        for region, keys in by_region.items():
            is_locking = locks and row_type.locked_when_loaded
            if is_locking:
                self.locked.update((row_type, region, key) for key in keys)
            read = {key: self.held[named].get((region, key)) for key in keys if is_locking}
            as_read = {key: dict(vars(row)) for key, row in read.items() if row is not None}
            for key in keys:
                self.held[named][region, key] = None
            for row in await reader.fetch(self.session, region, keys, locks=is_locking):
                self.held[named][region, getattr(row, column.key)] = row
                before = as_read.get(getattr(row, column.key))
                self.has_changed |= before is not None and before != vars(row)
                if not is_class:
                    own_key = getattr(row, key_column(row_type).key)
                    self.held[row_type].setdefault((region, own_key), row)

    def rows_of(self, row_type: type[Any], region: RegionCode) -> Iterable[Any]:
        """The rows of a class and a region that are held."""
        return (
            row for (of, _), row in self.held[row_type].items() if row is not None and of == region
        )

    async def flush(self, *others: Part) -> Sequence[Any]:
        """Write events, timers and rows, with other parts that are written at the end, in one
        statement. Answers the rows of the last part. The caller commits. Raises ForeignRow.
        """
        parts = [*writing_timers(self.scheduled), *writing_rows(self.session), *others]
        if self.emitted:
            parts.insert(0, writing_events(self.emitted))
            self.recorded.update((one.region, one.type) for one in self.emitted)
        self.wrote_events |= bool(self.emitted)
        due = [instant for instant in self.scheduled.values() if instant is not None]
        self.soonest = min(due, default=self.soonest)
        self.emitted, self.scheduled = [], {}
        found = await fetch_together(self.session, parts) if parts else ()
        if is_left(self.session):
            await self.session.flush()
        return found

    def begin(
        self,
        *,
        region: RegionCode,
        message: Envelope | None = None,
        is_command: bool = False,
        subject: str | None = None,
        target: UUID | None = None,
        actor: str | None = None,
        traceparent: str | None = None,
        act: str | None = None,
        place: ServicePointId | None = None,
    ) -> Transaction:
        """A transaction for one message, one HTTP command or one timer."""
        self.regions.add(region)
        return Transaction(
            self,
            region=region,
            message=message,
            is_command=is_command,
            subject=subject or (message.subject if message else str(uuid4())),
            target=target,
            actor=actor or (message.actor if message else None),
            traceparent=traceparent or (message.traceparent if message else None),
            act=act or (message.type if message else None),
            place=place,
        )


def _name(named: Any) -> str:
    """The table, and the column where rows are found by one that is not their key."""
    return str(inspect(named).local_table if isinstance(named, type) else named)
