"""A service for the tests of inbox and consumer: it writes down, per order, what it applied."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
from aiokafka import ConsumerRecord
from alembic.migration import MigrationContext
from alembic.operations import Operations
from cryptography.fernet import Fernet
from kvitt_chassis import metrics
from kvitt_chassis.consuming.caps import Cap
from kvitt_chassis.consuming.consumer import Consumer, Tuning
from kvitt_chassis.consuming.machine import Fairness, Limits
from kvitt_chassis.consuming.shared import Shared
from kvitt_chassis.database import Database
from kvitt_chassis.handlers import Handlers
from kvitt_chassis.migrations import create_chassis_tables, guard_regions
from kvitt_chassis.models import TYPE_MAP, Aggregate, Json, Regional, new_metadata
from kvitt_chassis.operating.history import History
from kvitt_chassis.sealing import Sealer, record_of
from kvitt_chassis.transaction import NotYetKnown, Transaction
from kvitt_contracts.envelope import Envelope, Message
from kvitt_contracts.inventory import ReleaseRefused, ReservationReleased
from kvitt_contracts.orders import PayerRegistered, VoidOrder
from kvitt_contracts.policy import Policies
from kvitt_contracts.refusals import Refused
from kvitt_contracts.regions import PayerStated
from kvitt_contracts.topics import (
    INVENTORY_RESERVATIONS,
    ORDERS_UNITS,
    REGION_ORDERS,
    Topic,
    for_region,
)
from kvitt_contracts.types import OrderId, RegionCode, UserId, identify
from kvitt_testkit.world import Servers, ServiceUrls
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from contracts.tests.builders.regions import a_payer_stated
from contracts.tests.builders.reservations import (
    a_reservation_released,
)

SERVICE = "orders"
AC = RegionCode("ac")
KEY = Fernet.generate_key().decode()
TOPICS = (INVENTORY_RESERVATIONS, for_region(REGION_ORDERS, "ac"))
RESERVATIONS, INBOUND = NAMES = tuple(topic.name for topic in TOPICS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """The state of a payer."""

    id: UUID
    name: str
    changes: int


def evolve(payer: Payer | None, event: PayerRegistered) -> Payer:
    """The state after an event."""
    known = payer or Payer(id=identify("ac", "payer", event.payer_id), name="", changes=0)
    return replace(known, name=event.name, changes=known.changes + 1)


class Base(DeclarativeBase):
    """The tables of this service."""

    metadata = new_metadata()
    type_annotation_map = TYPE_MAP


class PayerRow(
    Aggregate[Payer], Base, noun="payer", topic=ORDERS_UNITS, state=Payer, evolve=evolve
):
    """A payer."""

    __tablename__ = "payers"

    name: Mapped[str]
    changes: Mapped[int]


class TrailRow(Regional, Base):
    """The numbers that were applied to an order, in the order in which they were."""

    __tablename__ = "trails"

    order_id: Mapped[UUID] = mapped_column(primary_key=True)
    numbers: Mapped[tuple[int, ...]] = mapped_column(Json(tuple[int, ...]))


class Trouble(RuntimeError):
    """What a handler raises when a test wants it to fail."""


@dataclass(slots=True)
class Mood:
    """How the handlers behave: tests set it, `emptied` makes it anew."""

    failing: set[str] = field(default_factory=set)
    hangs: float = 0.0
    until: Callable[[], Awaitable[object]] | None = (
        None  # what "hangs" waits for, where time won't do
    )
    calls: int = 0
    failures: int = 0
    meanwhile: Callable[[], Awaitable[None]] | None = None


mood = Mood()
messages = Handlers()


@messages.on(ReservationReleased, loads=lambda event, _: [(TrailRow, event.order_id)])
async def on_released(event: ReservationReleased, tx: Transaction) -> None:
    """Write the number down."""
    await _note(event.order_id, tx)


@messages.on(
    ReleaseRefused,
    loads=lambda event, _: [(TrailRow, event.order_id)],
    reads=lambda event, _: [
        (PayerRow, identify("ac", "payer", event.reason.removeprefix("payer ")))
    ],
)
async def on_release_refused(event: ReleaseRefused, tx: Transaction) -> None:
    """Write the number down; `reason` names a payer that must be known first, and may be told what
    it must be called, or a failure.
    """
    mood.calls += 1
    if event.reason == "fails" or event.reason in mood.failing:
        mood.failures += 1
        raise Trouble("it repeats 189001019802")
    if event.reason == "misses a file":
        raise FileNotFoundError
    if event.reason == "hangs":
        await (mood.until() if mood.until else asyncio.sleep(mood.hangs))
    if event.reason == "overtaken" and mood.meanwhile:
        await mood.meanwhile()
        tx.session.add(TrailRow(region=tx.region, order_id=event.order_id, numbers=(1,)))
        await tx.session.flush()
    if event.reason.startswith("collides "):
        other = UUID(event.reason.removeprefix("collides "))
        tx.session.add(TrailRow(region=tx.region, order_id=other, numbers=(1,)))
        await tx.session.flush()
    if event.reason == "refuses":
        raise Refused("NEVER", rule="contract", way_on="-")
    if event.reason.startswith("called "):
        _, payer, name = event.reason.split(" ")
        key = identify("ac", "payer", payer)
        if (await tx.get(PayerRow, key)).name != name:
            raise NotYetKnown(PayerRow, key)
    if event.reason.startswith("payer ") and event.reason != "payer late":
        await tx.get(PayerRow, identify("ac", "payer", event.reason.removeprefix("payer ")))
    await _note(event.order_id, tx)
    if event.reason == "payer late":
        await tx.get(PayerRow, identify("ac", "payer", "nobody"))


@messages.on(PayerStated)
async def on_payer_stated(fact: PayerStated, tx: Transaction) -> None:
    """Register the payer, or its new name."""
    if fact.name in mood.failing:
        raise Trouble
    if fact.name == "refused":
        raise Refused("NAME_TAKEN", rule="contract", way_on="-")
    key = identify(tx.region, "payer", fact.payer_id)
    event = PayerRegistered(payer_id=fact.payer_id, name=fact.name)
    row = await tx.find(PayerRow, key)
    if row is None:
        tx.start(PayerRow, key, event)
    else:
        tx.record(row, event)
    if fact.name == "refused late":
        raise Refused("NAME_TAKEN", rule="contract", way_on="-")


@messages.command(VoidOrder)
async def void_order(command: VoidOrder, tx: Transaction) -> None:
    """Refused always: nobody may."""
    if command.by in mood.failing:
        raise Trouble
    raise Refused("NOT_ALLOWED", rule="ORD-14", way_on="Ring kundtjänst.", field="by", by="x")


async def _note(order_id: UUID, tx: Transaction) -> None:
    assert tx.message is not None
    number = tx.message.sequence or 0
    row = await tx.look_up(TrailRow, order_id)
    if row is None:
        tx.put(TrailRow(region=tx.region, order_id=order_id, numbers=(number,)))
    else:
        row.numbers = (*row.numbers, number)


def make_tables(owner_url: str) -> None:
    """What this service's first migration would do."""
    engine = create_engine(owner_url.replace("+asyncpg", "+psycopg"))
    with engine.begin() as connection:
        op = Operations(MigrationContext.configure(connection))
        create_chassis_tables(op, SERVICE)
        Base.metadata.create_all(connection)
        guard_regions(op, SERVICE)
    engine.dispose()


def make_database(platform: Servers, prefix: str) -> ServiceUrls:
    """A database with this service's tables, for a module's tests."""
    urls = platform.database(SERVICE, prefix, migrate=False)
    make_tables(urls.owner)
    return urls


@asynccontextmanager
async def emptied(urls: ServiceUrls, policies: Policies) -> AsyncIterator[Database]:
    """The module's database without a row, and handlers that behave."""
    mood.failing.clear()
    mood.hangs, mood.until, mood.calls, mood.failures, mood.meanwhile = 0.0, None, 0, 0, None
    owner = create_engine(urls.owner.replace("+asyncpg", "+psycopg"))
    with owner.begin() as connection:
        # to empty a table costs as much as to make it
        tables = connection.scalars(text(f"{TABLES} AND pg_relation_size(oid) > 0")).all()
        if tables:
            connection.execute(text(f"TRUNCATE {', '.join(tables)}"))
    owner.dispose()
    database = Database(urls.worker, service=SERVICE, role="worker", policies=policies)
    yield database
    await database.dispose()


TABLES = """
    SELECT quote_ident(relname) FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
        AND relname NOT IN ('clock', 'relay')
    """


def end_connections(admin_url: str, database: Database) -> None:
    """End every connection to a service's database, as a restart of the server does."""
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            (database.engine.url.database,),
        )


def sample(name: str, **labels: str) -> float:
    """A metric's value now."""
    return metrics.REGISTRY.get_sample_value(name, labels) or 0.0


async def drain_now(consumer: Consumer) -> None:
    """Try every waiting key now, as if its time had come; what then stands behind, too."""
    async with consumer.database.unit() as unit:
        await unit.session.execute(
            text("UPDATE parked_keys SET next_at = clock_timestamp() WHERE state = 'waiting'")
        )
    await consumer.drain.settle_due()


def quick() -> Tuning:
    """Tries without waits, and never a pause."""
    return Tuning(limits=Limits(first_wait=0.001, faults_in_a_row=1000))


def a_consumer(
    database: Database,
    *,
    handlers: Handlers = messages,
    topics: Sequence[Topic] = TOPICS,
    prefix: str = "",
    cap: Cap | None = None,
    tuning: Tuning | None = None,
    history: History | None = None,
    **options: Any,
) -> Consumer:
    """A consumer that is not started: `settle` hands records to it."""
    tuning = tuning or Tuning()
    shared = Shared(
        database=database,
        handlers=handlers,
        topics=topics,
        sealer=Sealer(KEY),
        prefix=prefix,
        history=history,
        handler_budget=tuning.handler_budget,
        cap=cap,
    )
    given: dict[str, Any] = {
        "group": SERVICE,
        "kafka": {"bootstrap_servers": "localhost:1"},
    }
    # a batch is handed over once: what is ill in it, or parked, has all the time that there is
    tuning = replace(tuning, fairness=Fairness(seconds=600))
    shared.drain.region_seconds = 600
    return Consumer(shared=shared, topics=topics, tuning=tuning, **(given | options))


async def trail_of(database: Database, order_id: UUID) -> tuple[int, ...]:
    """The numbers that were applied to an order."""
    async with database.reading() as session:
        row = await session.get(TrailRow, (AC, order_id))
        return row.numbers if row else ()


async def trails(database: Database) -> dict[UUID, tuple[int, ...]]:
    """All trails."""
    async with database.reading() as session:
        return {
            row.order_id: row.numbers for row in (await session.scalars(select(TrailRow))).all()
        }


async def table(database: Database, query: str) -> list[tuple[Any, ...]]:
    """The rows of a query, as plain tuples."""
    async with database.reading() as session:
        return [tuple(row) for row in (await session.execute(text(query))).all()]


@dataclass(slots=True)
class Log:
    """Makes records as Kafka would hold them: offsets grow by topic and partition."""

    offsets: dict[tuple[str, int], int] = field(default_factory=dict)
    prefix: str = ""

    def released(self, order_id: UUID, number: int, **changes: Any) -> ConsumerRecord:
        """An event that always succeeds."""
        event = a_reservation_released(OrderId(order_id))
        return self.event(event, order_id, number, **changes)

    def refused(self, order_id: UUID, number: int, reason: str, **changes: Any) -> ConsumerRecord:
        """An event that does as `reason` says."""
        event = ReleaseRefused(order_id=OrderId(order_id), reason=reason)
        return self.event(event, order_id, number, **changes)

    def event(
        self,
        event: Message,
        key: UUID,
        number: int,
        *,
        partition: int = 0,
        id: UUID | None = None,
        region: str = "ac",
    ) -> ConsumerRecord:
        """Any event on the reservations' topic."""
        envelope = an_envelope(event, subject=str(key), sequence=number, id=id, region=region)
        return self.record(RESERVATIONS, envelope, event, partition=partition)

    def stated(self, payer: str, version: int, name: str, **changes: Any) -> ConsumerRecord:
        """A region's fact."""
        fact = a_payer_stated(payer, version=version, name=name)
        envelope = replace(an_envelope(fact, subject=payer), **changes)
        return self.record(INBOUND, envelope, fact)

    def void(self, order: str, by: str = "k082lno", **changes: Any) -> ConsumerRecord:
        """A region's command."""
        command = VoidOrder(by=UserId(by))
        envelope = replace(an_envelope(command, subject=order), **changes)
        return self.record(INBOUND, envelope, command)

    def record(
        self, topic: str, envelope: Envelope, message: Message, *, partition: int = 0
    ) -> ConsumerRecord:
        """A record of an envelope and a body."""
        return self.raw(
            topic,
            key=envelope.subject.encode(),
            value=message.model_dump_json().encode(),
            headers=envelope.headers(),
            partition=partition,
        )

    def raw(
        self,
        topic: str,
        *,
        key: bytes | None,
        value: bytes | None,
        headers: Sequence[tuple[str, bytes]] = (),
        partition: int = 0,
    ) -> ConsumerRecord:
        """A record of any bytes."""
        place = (topic, partition)
        offset = self.offsets[place] = self.offsets.get(place, -1) + 1
        return record_of(
            topic=self.prefix + topic,
            partition=partition,
            offset=offset,
            key=key,
            value=value,
            headers=headers,
        )


def an_envelope(
    message: Message,
    *,
    subject: str,
    sequence: int | None = None,
    id: UUID | None = None,
    region: str = "ac",
) -> Envelope:
    """The envelope of an event of inventory, or of what region ac sends."""
    return Envelope(
        id=id or uuid4(),
        source="urn:kvitt:inventory" if sequence else f"urn:region:{region}",
        type=message.wire_type,
        time=datetime(2026, 3, 1, 12, tzinfo=UTC),
        subject=subject,
        region=RegionCode(region),
        sequence=sequence,
    )
