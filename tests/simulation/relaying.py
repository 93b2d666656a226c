"""The relay's shell in the simulation: does what the real machine says on the models, as `relay.py`
does on the real servers. It decides nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, cast

from kvitt_chassis.relaying.machine import LEASE_SECONDS, RENEW_SECONDS, RelayMachine
from kvitt_chassis.relaying.steps import (
    Action,
    Cursor,
    DatabaseFailed,
    Happened,
    InRecovery,
    LeaseBusy,
    LeaseLost,
    LeaseRenewed,
    LeaseTaken,
    Leave,
    Left,
    Look,
    Looked,
    Origin,
    PageRead,
    Pause,
    Publish,
    Published,
    PublishFailed,
    Read,
    RenewLease,
    Survey,
    Surveyed,
    TakeLease,
    Waited,
)

from tests.simulation.database import Database, DatabaseLost, snapshot_of
from tests.simulation.kafka import PARTITIONS, Broker, BrokerLost, Partition, Producer, answer
from tests.simulation.messages import incoming_of, number_of
from tests.simulation.record import Record
from tests.simulation.world import Process, Steps, Task

PAGE = 3
LATE_SECONDS = 0.5
"""A relay may begin to send on a lease that it asked for RENEW_SECONDS ago; and one action may have
taken this long since it was last told.
"""


class RelayShell:
    """One relay of a process."""

    def __init__(
        self, process: Process, database: Database, broker: Broker, record: Record
    ) -> None:
        self.machine = RelayMachine(page=PAGE)
        self.process = process
        self.refusal: str | None = None
        self.task: Task | None = None
        self.has_left = False
        self._database = database
        self._broker = broker
        self._record = record
        self._world = database.world
        self._producer: Producer | None = None
        self._epoch = 0
        self._connected_at = database.outages

    def run(self) -> Steps:
        """`Relay.run`."""
        machine, world, passed = self.machine, self._world, self._record.relay
        action: Action | None = machine.begin(world.now)
        while action is not None:
            happened = yield from self._do(action)
            after = machine.next(happened, world.now)
            passed[type(action), type(happened), type(after)] += 1
            if world.trace is not None:
                world.note(f"{self.process.name} relay: {_shown(action)}: {_shown(happened)}")
            action = after
        self.has_left = True

    def _do(self, action: Action) -> Steps:
        match action:
            case Pause():
                self.refusal = action.refusal
                yield action.seconds
                return Waited()
            case Publish():
                return (yield from self._publish(action))
            case Survey():
                return (yield from self._survey())
            case Leave(None, None):
                return Left()
        return (yield from self._ask(lambda: self._answer(action)))

    def _ask(self, what: Callable[[], Happened]) -> Steps:
        """Over the connection that is kept: it does not outlive its server."""
        database = self._database
        if self._connected_at != database.outages:
            self._connected_at = database.outages
            yield self._world.delay()
            return DatabaseFailed()
        try:
            return (yield from database.ask(what))
        except DatabaseLost:
            return DatabaseFailed()

    def _answer(self, action: TakeLease | RenewLease | Look | Read | Leave) -> Happened:
        database = self._database
        match action:
            case Look(cursor):
                snapshot = database.snapshot()
                return Looked(snapshot, self._read(replace(cursor, s2=snapshot)))
            case Read(cursor):
                return self._read(cursor)
            case RenewLease(epoch, cursor, place):
                return LeaseRenewed() if self._store(epoch, cursor, place) else LeaseLost()
            case TakeLease():
                return self._take_lease()
            case Leave(epoch, cursor):
                if epoch is not None and cursor is not None:
                    self._store(epoch, cursor, None)
                return Left()

    def _read(self, cursor: Cursor) -> PageRead:
        """A page; now and then a shorter one, as where events are large."""
        page = self._database.read(cursor, PAGE)
        if len(page.rows) < 2 or not self._world.chance.happens(0.2):
            return page
        return PageRead(page.rows[:1], page.rows[0].id, 1)

    def _take_lease(self) -> Happened:
        now, lease = self._world.now, self._database.tables.lease
        if now < self._database.recovers_until:
            return InRecovery()
        if lease.leased_until >= now and lease.holder != self.process.name:
            return LeaseBusy()
        self._record.lease_changes(self._database.name, lease.epoch, now)
        lease.epoch += 1
        lease.holder, lease.leased_until = self.process.name, now + LEASE_SECONDS
        self._epoch = lease.epoch
        return LeaseTaken(lease.epoch)

    def _store(self, epoch: int, cursor: Any, place: Origin | None) -> bool:
        lease = self._database.tables.lease
        if lease.epoch != epoch or lease.holder != self.process.name:
            return False
        lease.cursor = cursor
        lease.known = place or lease.known
        lease.leased_until = self._world.now + (LEASE_SECONDS if place else 0.0)
        return True

    def _survey(self) -> Steps:
        try:
            yield from answer(self._broker, lambda: None)
        except BrokerLost:
            return PublishFailed()
        return (yield from self._ask(self._found))

    def _found(self) -> Surveyed:
        tables = self._database.tables
        cursor = tables.lease.cursor
        return Surveyed(
            cursor=cursor,
            known=tables.lease.known,
            found=self._database.place,
            cursor_xmax=max(snapshot_of(one)[1] for one in (cursor.s1, cursor.s2) if one),
            xmax=tables.xmax,
        )

    def _publish(self, action: Publish) -> Steps:
        self._record.begins_to_send(
            self._database.name, self._epoch, self._world.now, RENEW_SECONDS + LATE_SECONDS
        )
        if self._producer is None:
            self._producer = Producer(self._broker)
        batches: dict[Partition, list[Any]] = {}
        for row in action.page.rows:
            at = row.topic, number_of(row.key) % PARTITIONS
            batches.setdefault(at, []).append(incoming_of(row))
        try:
            ahead = yield from self._producer.send(batches, self._read_ahead(action.ahead))
        except BrokerLost:
            self._producer = None
            return PublishFailed()
        return Published(ahead)

    def _read_ahead(self, read: Read | None) -> Steps:
        if read is None:
            return None
        happened = yield from self._do(read)
        return happened if isinstance(happened, PageRead) else None


def _shown(what: Action | Happened) -> str:
    name = type(what).__name__
    match what:
        case Publish(page=PageRead(rows=rows)) | PageRead(rows=rows):
            return f"{name} {[f'{row.topic} {row.key} {row.seq}' for row in rows]}"
        case Looked(snapshot, page):
            return f"{name} {snapshot} {_shown(page)}"
        case LeaseTaken(epoch):
            return f"{name} {epoch}"
    return name


def republished(database: Database, broker: Broker, key: str, from_seq: int) -> Steps:
    """`Relay.republish`: one key's events again, as they are, from a number on."""
    producer = Producer(broker)
    batches: dict[Partition, list[Any]] = {}
    for row in sorted(database.log(), key=lambda row: row.seq):
        if row.key == key and row.seq >= from_seq:
            at = row.topic, number_of(row.key) % PARTITIONS
            batches.setdefault(at, []).append(incoming_of(row))
    try:
        yield from producer.send(batches, cast(Steps, _nothing()))
    except BrokerLost:
        return


def _nothing() -> Iterator[float]:
    yield from ()
