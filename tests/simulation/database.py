"""PostgreSQL, as far as relay and inbox can tell: transactions, snapshots, ids, row locks, crashes,
a restored copy. No decision of the chassis stands here.
"""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from kvitt_chassis.consuming.settling import FactKey, Sent, Stated
from kvitt_chassis.consuming.verdicts import KeyState, Verdict
from kvitt_chassis.relaying.steps import Cursor, Origin, PageRead

from tests.simulation.park import Park
from tests.simulation.world import Process, Steps, World

IDLE_SECONDS = 4.0
LOCK_SECONDS = 5.0
_LOCK_LOOK = 0.05


class DatabaseLost(Exception):
    """The connection broke, a lock was not got, or the transaction was ended by the server."""


class Row(NamedTuple):
    """One event of the log."""

    id: int
    xid: int
    topic: str
    key: str
    seq: int
    event_id: UUID


@dataclass(slots=True)
class Lease:
    """The table `relay`."""

    epoch: int = 0
    holder: str = ""
    leased_until: float = -1.0
    cursor: Cursor = field(default_factory=lambda: Cursor(s1="3:3:"))
    known: Origin | None = None


@dataclass(slots=True)
class Tables:
    """What is committed; all that a backup holds."""

    xmax: int = 10
    next_id: int = 1
    rows: dict[int, list[Row]] = field(default_factory=dict)  # by transaction
    numbers: dict[tuple[str, str], int] = field(default_factory=dict)
    marks: dict[tuple[str, str], KeyState] = field(default_factory=dict)
    seen: dict[Sent, str | None] = field(default_factory=dict)
    versions: dict[FactKey, Stated] = field(default_factory=dict)
    effects: list[tuple[str, str, int, UUID, Verdict]] = field(default_factory=list)
    pauses: dict[tuple[str, int], float] = field(default_factory=dict)
    positions: dict[tuple[str, int], int] = field(default_factory=dict)
    park: Park = field(default_factory=Park)
    lease: Lease = field(default_factory=Lease)

    def copy(self) -> "Tables":
        """As a backup takes it."""
        taken = Tables(self.xmax, self.next_id)
        for name in _COPIED:
            setattr(taken, name, copy(getattr(self, name)))
        taken.park = self.park.copy()
        taken.lease = copy(self.lease)
        return taken


_COPIED = ("rows", "numbers", "marks", "seen", "versions", "effects", "pauses", "positions")


class Transaction:
    """One open transaction: its number, its locks, and what it will have changed."""

    __slots__ = (
        "changes",
        "database",
        "is_over",
        "locks",
        "numbers",
        "owner",
        "rows",
        "used_at",
        "xid",
    )

    def __init__(self, database: "Database") -> None:
        self.database = database
        self.xid = database.tables.xmax
        database.tables.xmax += 1
        self.is_over = False
        current = database.world.current
        self.owner = current.process if current is not None else None
        self.used_at = database.world.now
        self.locks: list[tuple[str, str, str]] = []
        self.numbers: dict[tuple[str, str], int] = {}
        self.rows: list[Row] = []
        self.changes: list[Callable[[Tables], Any]] = []

    def emit(self, topic: str, key: str) -> Row:
        """An event under the lock of its aggregate, which the caller holds."""
        tables = self.database.tables
        place = (topic, key)
        seq = self.numbers.get(place, tables.numbers.get(place, 0)) + 1
        self.numbers[place] = seq
        row = Row(tables.next_id, self.xid, topic, key, seq, self.database.new_event_id())
        tables.next_id += 1
        self.rows.append(row)
        return row


class Database:
    """One service's database."""

    def __init__(self, world: World, name: str, new_event_id: Callable[[], UUID]) -> None:
        self.world = world
        self.name = name
        self.new_event_id = new_event_id
        self.tables = Tables()
        self.open: dict[int, Transaction] = {}
        self.locks: dict[tuple[str, str, str], Transaction] = {}
        self.ever: dict[UUID, Row] = {}  # everything that was committed, restored away or not
        self.place = Origin(name, "00000001", "kafka")
        self.down_until = 0.0
        self.recovers_until = 0.0
        self.outages = 0  # each ends every connection
        self.is_restored = False
        self.failing = 0.0  # how often a connection breaks

    # -- what a client does; each is a round trip, or several -----------------------------------

    def ask(self, answer: Callable[[], Any]) -> Steps:
        """One statement of its own: there, done, and back. Raises DatabaseLost, even when done."""
        yield self.world.delay()
        self._reach()
        given = answer()
        yield self.world.delay()
        self._reach()
        return given

    def begin(self) -> Steps:
        """A transaction with its number."""
        yield self.world.delay()
        self._reach()
        begun = Transaction(self)
        self.open[begun.xid] = begun
        return begun

    def lock(self, tx: Transaction, name: tuple[str, str, str]) -> Steps:
        """A row lock, waited for. Raises DatabaseLost: not got in time, or the server is gone."""
        begun = self.world.now
        while True:
            self._use(tx)
            holder = self.locks.get(name)
            if holder is not None and holder is not tx and self._is_idle(holder):
                self._end(holder)
                holder = None
            if holder is None or holder is tx:
                if holder is None:
                    self.locks[name] = tx
                    tx.locks.append(name)
                return
            if self.world.now - begun > LOCK_SECONDS:
                self._end(tx)
                raise DatabaseLost
            yield _LOCK_LOOK

    def commit(self, tx: Transaction) -> Steps:
        """There, committed, and back. Raises DatabaseLost, even when committed."""
        yield self.world.delay()
        self._use(tx)
        tables = self.tables
        for change in tx.changes:
            change(tables)  # raises what cannot be done, before anything else is
        if tx.rows:
            tables.rows[tx.xid] = tx.rows
            tables.numbers.update(tx.numbers)
            self.ever.update({row.event_id: row for row in tx.rows})
        self._end(tx)
        yield self.world.delay()
        self._reach()

    def roll_back(self, tx: Transaction | None) -> None:
        """Nothing of it has happened."""
        if tx is not None and not tx.is_over:
            self._end(tx)

    # -- what the server does -------------------------------------------------------------------

    def snapshot(self) -> str:
        """`pg_current_snapshot()`."""
        for tx in [tx for tx in self.open.values() if self._is_idle(tx)]:
            self._end(tx)
        xmax = self.tables.xmax
        return f"{min(self.open, default=xmax)}:{xmax}:{','.join(map(str, sorted(self.open)))}"

    def read(self, cursor: Cursor, size: int) -> PageRead:
        """A page of the log, as `outbox_reader` finds it."""
        if cursor.is_resending:
            found = sorted(
                row
                for rows in self.tables.rows.values()
                for row in rows
                if cursor.resent_id < row.id <= cursor.base_id
            )[:size]
            return PageRead(found, found[-1].id if found else cursor.resent_id, size)
        assert cursor.s2 is not None
        _, xmax1, xip1 = snapshot_of(cursor.s1)
        _, xmax2, xip2 = snapshot_of(cursor.s2)
        after = max(cursor.last_id, cursor.base_id)
        committed = self.tables.rows
        found = sorted(
            row
            for xid in (*sorted(xip1), *range(xmax1, xmax2))
            if xid < xmax2 and xid not in xip2 and xid in committed
            for row in committed[xid]
            if row.id > after
        )[:size]
        return PageRead(found, found[-1].id if found else cursor.last_id, size)

    def log(self) -> list[Row]:
        """All that is committed, by id."""
        return sorted(row for rows in self.tables.rows.values() for row in rows)

    def crash(self, *, seconds: float) -> None:
        """An immediate stop: open transactions are gone, what is committed stays."""
        for tx in list(self.open.values()):
            self._end(tx)
        self.outages += 1
        self.down_until = self.world.now + seconds

    def disconnect(self, process: Process) -> None:
        """A process is gone, and with it its open transactions."""
        for tx in [tx for tx in self.open.values() if tx.owner is process]:
            self._end(tx)

    def restore(self, backup: Tables, *, seconds: float, recovery: float) -> None:
        """The database of a while ago, on another timeline."""
        self.crash(seconds=seconds)
        self.tables = backup
        self.is_restored = True
        self.recovers_until = self.down_until + recovery
        self.place = Origin(self.name, "00000002", "kafka")

    def rebase(self) -> None:
        """`outbox.rebase(resend="everything")`, which locks writers out; those inside are ended."""
        for tx in list(self.open.values()):
            self._end(tx)
        lease = self.tables.lease
        last = max((row.id for rows in self.tables.rows.values() for row in rows), default=0)
        lease.epoch += 1
        lease.holder, lease.leased_until, lease.known = "", -1.0, None
        lease.cursor = Cursor(s1=self.snapshot(), base_id=last)

    def _reach(self) -> None:
        if self.world.now < self.down_until or self.world.chance.happens(self.failing):
            raise DatabaseLost

    def _use(self, tx: Transaction) -> None:
        self._reach_or_end(tx)
        if tx.is_over or self._is_idle(tx):
            self.roll_back(tx)
            raise DatabaseLost
        tx.used_at = self.world.now

    def _reach_or_end(self, tx: Transaction) -> None:
        try:
            self._reach()
        except DatabaseLost:
            self.roll_back(tx)
            raise

    def _is_idle(self, tx: Transaction) -> bool:
        return self.world.now - tx.used_at > IDLE_SECONDS

    def _end(self, tx: Transaction) -> None:
        tx.is_over = True
        self.open.pop(tx.xid, None)
        for name in tx.locks:
            if self.locks.get(name) is tx:
                del self.locks[name]
        tx.locks = []


@lru_cache(maxsize=4096)
def snapshot_of(text: str) -> tuple[int, int, frozenset[int]]:
    """xmin, xmax and what was under way."""
    xmin, xmax, xip = text.split(":")
    return int(xmin), int(xmax), frozenset(map(int, xip.split(","))) if xip else frozenset()
