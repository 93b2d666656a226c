"""The real shells, on real PostgreSQL and Kafka, do what the machines say and nothing else: so that
the simulation speaks of them (decision 0111).
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from aiokafka import TopicPartition
from kvitt_chassis import failpoints
from kvitt_chassis.consuming.consumer import Consumer, Tuning
from kvitt_chassis.consuming.machine import (
    FROM_PARK,
    Action,
    ConsumerMachine,
    Done,
    Failed,
    Failure,
    Finish,
    Input,
    Limits,
)
from kvitt_chassis.database import Database
from kvitt_chassis.relaying import lease as relay_lease
from kvitt_chassis.relaying import outbox_reader
from kvitt_chassis.relaying.machine import RelayMachine
from kvitt_chassis.relaying.relay import Relay
from kvitt_chassis.relaying.steps import Action as RelayAction
from kvitt_chassis.relaying.steps import (
    Cursor,
    Happened,
    LeaseTaken,
    Leave,
    Look,
    Looked,
    PageRead,
    Publish,
    Published,
    Read,
    RenewLease,
    Survey,
    TakeLease,
)
from kvitt_contracts.policy import Policies
from kvitt_testkit.platform import Platform
from kvitt_testkit.world import Servers, ServiceUrls
from sqlalchemy import text

from chassis.tests import outbox_parts, trail
from tests.simulation import database as model
from tests.simulation.chance import Chance
from tests.simulation.consuming import ConsumerShell, named, told
from tests.simulation.inbox import Inbox
from tests.simulation.kafka import Broker, Group
from tests.simulation.messages import INBOUND, Temper, inbound, incoming_of
from tests.simulation.record import Record
from tests.simulation.transitions import CONSUMER_ANSWERS, RELAY_ANSWERS
from tests.simulation.world import Process, World

# -- the relay -------------------------------------------------------------------------------------

_PAGES = {
    outbox_reader.FIRST_PAGE,
    outbox_reader.BOUNDS,
    outbox_reader.NEXT_PAGE,
    outbox_reader.RESEND,
}
STATEMENTS: dict[type, set[str]] = {
    TakeLease: {relay_lease.IN_RECOVERY, relay_lease.TAKE},
    Survey: {relay_lease.SURVEY},
    RenewLease: {relay_lease.STORE},
    Look: {outbox_reader.LOOK},
    Read: _PAGES,
    Publish: _PAGES,  # ahead
    Leave: {relay_lease.STORE},
}
"""What each action may ask of the database, beside opening its connection."""


@dataclass
class WatchedRelay:
    """Stands between the relay's shell and its machine, and writes down what goes through."""

    machine: RelayMachine
    passed: list[tuple[RelayAction, Happened, float]] = field(default_factory=list)
    asked: list[tuple[RelayAction, str]] = field(default_factory=list)
    sent: list[tuple[RelayAction, list[Any]]] = field(default_factory=list)
    current: RelayAction | None = None

    @property
    def is_holder(self) -> bool:
        return self.machine.is_holder

    def drain(self) -> None:
        self.machine.drain()

    def begin(self, now: float) -> RelayAction:
        self.current = self.machine.begin(now)
        return self.current

    def next(self, happened: Happened, now: float) -> RelayAction | None:
        assert self.current is not None
        self.passed.append((self.current, happened, now))
        self.current = self.machine.next(happened, now)
        return self.current


def watched(relay: Relay) -> WatchedRelay:
    """Watch a relay, its statements and its pages."""
    watching = WatchedRelay(relay._machine)
    relay._machine = cast(RelayMachine, watching)

    fetch = relay._connection.fetch

    async def asks(statement: str, *values: object) -> Any:
        assert watching.current is not None
        watching.asked.append((watching.current, statement))
        return await fetch(statement, *values)

    relay._connection.fetch = asks  # type: ignore[method-assign]
    publish = relay._publisher.publish

    async def publishes(rows: Any) -> None:
        assert watching.current is not None
        watching.sent.append((watching.current, list(rows)))
        await publish(rows)

    relay._publisher.publish = publishes  # type: ignore[method-assign]
    return watching


@pytest.fixture
async def log(platform: Platform) -> AsyncIterator[outbox_parts.Log]:
    async with outbox_parts.a_log(platform) as made:
        yield made
    failpoints.disarm()


async def a_troubled_relay(log: outbox_parts.Log) -> tuple[WatchedRelay, Database]:
    """A relay that sends, fails, loses its lease, comes back and drains."""
    database = log.database()
    relay = log.relay(database, page=3)
    watching = watched(relay)
    writer = log.database()
    running = asyncio.create_task(relay.run())
    await asyncio.gather(*(outbox_parts.record(writer, f"key-{n % 3}", count=2) for n in range(6)))
    failpoints.arm("relay.after_send", failpoints._ACTIONS["raise"])
    async with writer.unit() as slow:
        await outbox_parts.insert(slow.session, "slow")
        await outbox_parts.record(writer, "key-0", count=4)
        await until(lambda: len(watching.sent) >= 3)
    await log.as_owner("UPDATE relay SET epoch = epoch + 1, leased_until = '-infinity'")
    await outbox_parts.record(writer, "key-1", count=5)
    relay.wake()
    await until(lambda: sum(isinstance(one, LeaseTaken) for _, one, _ in watching.passed) >= 2)
    assert await relay.drain(20.0)
    await running
    return watching, database


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what the watched relay is to go through."""
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 (nobody tells of it)
            await asyncio.sleep(0.02)


async def test_the_relays_shell_does_what_its_machine_says_and_nothing_else(
    log: outbox_parts.Log,
) -> None:
    watching, database = await a_troubled_relay(log)

    for action, happened, _ in watching.passed:
        assert type(happened) in RELAY_ANSWERS[type(action)]
    for action, statement in watching.asked:
        assert statement in STATEMENTS[type(action)]
    for action, rows in watching.sent:
        assert isinstance(action, Publish)
        assert rows == list(action.page.rows)

    assert sum(isinstance(happened, LeaseTaken) for _, happened, _ in watching.passed) >= 2
    assert {Publish, RenewLease, Survey, Leave} <= {
        type(action) for action, _, _ in watching.passed
    }
    await database.dispose()


async def test_the_model_reads_the_pages_that_postgresql_reads(log: outbox_parts.Log) -> None:
    watching, database = await a_troubled_relay(log)
    async with database.reading() as session:
        rows = await session.execute(
            text("SELECT id, CAST(CAST(xid AS text) AS bigint), key, seq, event_id FROM events")
        )
        held = [model.Row(i, xid, "first", key, seq, ident) for i, xid, key, seq, ident in rows]
    modelled = model.Database(World(Chance(0)), "first", uuid4)
    for row in held:
        modelled.tables.rows.setdefault(row.xid, []).append(row)

    compared = {Look: 0, Read: 0, Publish: 0}
    for cursor, page, action in pages(watching):
        expected = modelled.read(cursor, 3)
        assert [row.id for row in expected.rows] == [row.id for row in page.rows]
        assert expected.last_id == page.last_id
        compared[type(action)] += bool(page.rows)

    assert compared[Look] >= 1
    assert sum(compared.values()) >= 4


def pages(watching: WatchedRelay) -> Iterator[tuple[Cursor, PageRead, RelayAction]]:
    """Each page that was read, with the cursor that it was read from."""
    for action, happened, _ in watching.passed:
        match action, happened:
            case Look(cursor), Looked(snapshot, page):
                yield replace(cursor, s2=snapshot), page, action
            case Read(cursor), PageRead():
                yield cursor, happened, action
            case Publish(ahead=Read(cursor)), Published(ahead=PageRead() as page):
                yield cursor, page, action


# -- the consumer ----------------------------------------------------------------------------------

ORDERS = [UUID(int=number) for number in (1, 2, 3, 4, 5)]
SCRIPT = (
    [(0, 1, ""), (0, 2, ""), (1, 1, "")],
    [(0, 2, ""), (0, 3, ""), (1, 1, ""), (2, 1, "fails"), (2, 2, "")],
    [(1, 2, ""), (2, 3, ""), (0, 4, "fails"), (1, 3, "")],
    [(2, 2, ""), (0, 5, ""), (1, 5, ""), (1, 6, "")],
    [(3, 1, "payer 4711"), (3, 2, ""), (4, 1, "payer late"), (4, 2, "")],
)
"""Batches of (order, number, what the handler does): duplicates, a fault, what stands behind it, a
gap, what waits before and after an effect.
"""
TEMPERS = {
    "fails": Temper(Failure.FAULT, left=9),
    "payer 4711": Temper(Failure.NOT_YET_KNOWN, left=9),
    "payer late": Temper(Failure.NOT_YET_KNOWN, left=9, acts_first=True),
}

Passed = tuple[str, str, str]


@dataclass
class WatchedConsumer:
    """Stands between the consumer's shell and its machine."""

    machine: ConsumerMachine
    passed: list[Passed] = field(default_factory=list)
    finishes: list[Finish] = field(default_factory=list)
    is_counting: bool = True  # in the simulation nobody tells of commits
    _before: str = ""
    _commits: int = 0

    def counts(self) -> None:
        """A transaction is committed."""
        self._commits += 1

    def step(self, happened: Input) -> Action:
        """A step; and what was committed since the last one."""
        commits, self._commits = self._commits, 0
        if isinstance(happened, Done) and self.is_counting:
            assert commits == 1, f"{self._before} took {commits} transactions"
        if isinstance(happened, Failed):
            assert commits == 0, f"{self._before} failed and committed"
        action = self.machine.step(happened)
        self.passed.append((self._before, told(happened), named(action)))
        self._before = "" if isinstance(action, Finish) else named(action)
        if isinstance(action, Finish):
            self.finishes.append(action)
        return action


def _plain(offsets: dict[TopicPartition, int]) -> dict[tuple[str, int], int]:
    return {(one.topic, one.partition): offset for one, offset in offsets.items()}


@pytest.fixture(scope="module")
def urls(platform: Servers, prefix: str) -> ServiceUrls:
    return trail.make_database(platform, prefix)


@pytest.fixture
async def database(urls: ServiceUrls, policies: Policies) -> AsyncIterator[Database]:
    async with trail.emptied(urls, policies) as made:
        yield made


LIMITS = Limits(tries=2, first_wait=0.001)


async def test_the_consumers_shell_and_the_simulated_one_go_the_same_way(
    database: Database,
) -> None:
    real, held = await _really(database)
    simulated, modelled = _simulated()

    assert real.passed == simulated
    assert held == modelled
    assert [len(part) for part in held] == [2, 5, 12]  # marks, parked keys, parked messages


async def test_the_consumers_shell_commits_the_offsets_that_its_machine_says(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    told_to_client: list[tuple[str, dict[tuple[str, int], int]]] = []

    def seek(_: Any, offsets: dict[TopicPartition, int]) -> None:
        told_to_client.append(("seek", _plain(offsets)))

    def note(_: Any, offsets: dict[TopicPartition, int]) -> None:
        told_to_client.append(("commit", _plain(offsets)))

    monkeypatch.setattr("kvitt_chassis.consuming.kafka_client.KafkaClient.seek", seek)
    monkeypatch.setattr("kvitt_chassis.consuming.offsets.Offsets.note", note)

    real, _ = await _really(database)

    expected: list[tuple[str, Any]] = []
    for finish in real.finishes:
        expected += [("seek", dict(finish.back_to)), ("commit", dict(finish.offsets))]
    assert told_to_client == expected


async def test_the_drains_shell_and_the_simulated_one_go_the_same_way(
    database: Database,
) -> None:
    real, parked = await _really_drained(database)
    simulated, modelled = _simulated_drain()

    assert real == simulated
    assert parked == modelled
    assert [len(part) for part in parked] == [3, 1]
    assert {named for _, _, named in real} == {"Apply one", "Refuse", "Park", "Finish"}


def test_each_failure_that_a_shell_tells_is_one_that_the_machine_knows() -> None:
    assert set().union(*CONSUMER_ANSWERS.values()) == set(Failure)


HELD = (
    "SELECT key, seq FROM marks WHERE seq > 0 ORDER BY key",
    "SELECT key, cause FROM parked_keys ORDER BY key",
    "SELECT key, seq FROM parked_messages ORDER BY key, id",
)
"""What the consumer has done, in its database."""


async def _really(database: Database) -> tuple[WatchedConsumer, list[list[Any]]]:
    consumer: Consumer = trail.a_consumer(database)
    watching = WatchedConsumer(ConsumerMachine(limits=LIMITS))
    consumer._machine = cast(ConsumerMachine, watching)
    database.committed.append(lambda _: watching.counts())
    log = trail.Log()
    for batch in SCRIPT:
        records = [
            log.refused(ORDERS[order], number, what, id=UUID(int=order * 100 + number))
            for order, number, what in batch
        ]
        await consumer.settle(records)
    held = [await trail.table(database, query) for query in HELD]
    return watching, held


def _simulated() -> tuple[list[Passed], list[list[Any]]]:
    world = World(Chance(0, tape=[]))
    broker, record = Broker(world), Record()
    record.is_restored = True  # gaps are wanted here
    broker.create("orders")
    tempers: dict[object, Temper] = {
        UUID(int=order * 100 + number): replace(TEMPERS[what])
        for batch in SCRIPT
        for order, number, what in batch
        if what
    }
    database = model.Database(world, "first", uuid4)
    record.databases["orders"] = database
    inbox = Inbox(database, record, tempers, {})
    shell = ConsumerShell(Process("real"), inbox, Group(broker, ("orders",)), record, tempers)
    shell.machine = ConsumerMachine(limits=LIMITS)
    passed: list[Passed] = []
    step = shell.machine.step
    before = ""

    def watched_step(happened: Input) -> Action:
        nonlocal before
        action = step(happened)
        passed.append((before, told(happened), named(action)))
        before = "" if isinstance(action, Finish) else named(action)
        return action

    shell.machine = cast(ConsumerMachine, _Stepping(shell.machine, watched_step))
    broker.on_append = lambda incoming: None
    for batch in SCRIPT:
        begin = len(broker.partitions["orders", 0])
        for order, number, _ in batch:
            row = model.Row(
                0, 0, "orders", str(ORDERS[order]), number, UUID(int=order * 100 + number)
            )
            broker.put(("orders", 0), incoming_of(row))
        world.spawn(None, shell._settle(broker.partitions["orders", 0][begin:]))
        world.run(until=world.now + 60.0, steps=10_000)
    tables = database.tables
    marks = [(key, known.sequence) for (_, key), known in sorted(tables.marks.items())]
    keys = [(key, parked.cause) for (_, key), parked in sorted(tables.park.keys.items())]
    messages = [
        (key, one.facts.sequence)
        for (_, key), behind in sorted(tables.park.messages.items())
        for one in behind.values()
    ]
    return passed, [[one for one in marks if one[1]], keys, messages]


@dataclass
class _Stepping:
    machine: ConsumerMachine
    step: Any


# -- the drain -------------------------------------------------------------------------------------

PARKED: list[tuple[int, int, str]] = [(0, 1, "for now"), (0, 2, ""), (1, 2, "")]
"""What fails, what stands behind it, and a gap; beside them a fact that is refused late."""
LATE = "refused late"
ENTRIES = "SELECT cause, state, tries FROM parked_keys ORDER BY topic, key"
FACT = UUID(int=999)


async def _really_drained(database: Database) -> tuple[list[Passed], list[list[Any]]]:
    """What the drain's machine went through, while handlers fail and after it; both parks."""
    consumer: Consumer = trail.a_consumer(database, tuning=Tuning(limits=LIMITS))
    watching = WatchedConsumer(cast(ConsumerMachine, None))

    def machine() -> ConsumerMachine:
        watching.machine = ConsumerMachine(limits=FROM_PARK)
        return cast(ConsumerMachine, watching)

    consumer.drain._new_machine = machine
    log = trail.Log()
    trail.mood.failing = {"for now", LATE}
    await consumer.settle(
        [
            *(log.refused(ORDERS[order], number, what) for order, number, what in PARKED),
            log.stated("4711", 1, LATE),
        ]
    )
    database.committed.append(lambda _: watching.counts())
    parks: list[list[Any]] = []
    for _ in range(2):
        places = await trail.table(database, "SELECT topic, key FROM parked_keys ORDER BY 1, 2")
        for topic, key in places:
            await consumer.drain._settle_key((topic, key))
        parks.append(await trail.table(database, ENTRIES))
        trail.mood.failing.clear()
    return watching.passed, parks


def _simulated_drain() -> tuple[list[Passed], list[list[Any]]]:
    world = World(Chance(0, tape=[]))
    broker, record = Broker(world), Record()
    record.is_restored = True  # gaps are wanted here
    failing = UUID(int=1)
    tempers: dict[object, Temper] = {
        failing: Temper(Failure.FAULT, left=9),
        FACT: Temper(Failure.FAULT, left=9),
    }
    database = model.Database(world, "first", uuid4)
    record.databases["orders"] = database
    inbox = Inbox(database, record, tempers, {})
    group = Group(broker, ("orders", INBOUND))
    shell = ConsumerShell(Process("real"), inbox, group, record, tempers)
    shell.machine = ConsumerMachine(limits=LIMITS)
    passed: list[Passed] = []

    def machine() -> ConsumerMachine:
        watching = WatchedConsumer(ConsumerMachine(limits=FROM_PARK), passed, is_counting=False)
        return cast(ConsumerMachine, watching)

    shell.new_drain_machine = machine
    broker.on_append = lambda incoming: None
    for topic in ("orders", INBOUND):
        broker.create(topic)
    for order, number, what in PARKED:
        event_id = failing if what else uuid4()
        row = model.Row(0, 0, "orders", str(ORDERS[order]), number, event_id)
        broker.put(("orders", 0), incoming_of(row))
    broker.put((INBOUND, 0), inbound(FACT, "4711", 1))
    batch = [*broker.partitions["orders", 0], *broker.partitions[INBOUND, 0]]
    world.spawn(None, shell._settle(batch))
    world.run(until=world.now + 60.0, steps=10_000)
    parks: list[list[Any]] = []
    for _ in range(2):
        for place in sorted(database.tables.park.keys):
            world.spawn(None, shell._settle_key(place))
            world.run(until=world.now + 1.0, steps=10_000)
        held = sorted(database.tables.park.keys.items())
        parks.append([(one.cause, one.state, one.tries) for _, one in held])
        tempers[failing].left = 0
        tempers[FACT] = Temper(Failure.REFUSED, left=0, is_lasting=True, acts_first=True)
    return passed, parks
