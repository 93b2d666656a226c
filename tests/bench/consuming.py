"""Part `consumer`: events from Kafka to effects, each once, beside the parts that it is made of.

A further way to handle, such as a projection of whole lists, is its handlers in counted.py, a
function that consumes by them, and a line of _CONTENDERS.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from statistics import median
from typing import Any
from uuid import UUID, uuid4, uuid5

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from cryptography.fernet import Fernet
from kvitt_chassis.consuming.consumer import Consumer, Tuning
from kvitt_chassis.consuming.kafka_client import Reading
from kvitt_chassis.consuming.machine import Finish
from kvitt_chassis.consuming.shared import Shared
from kvitt_chassis.database import Database
from kvitt_chassis.handlers import Handlers
from kvitt_chassis.operating.telemetry import Telemetry
from kvitt_chassis.relaying.outbox import OutboxRow
from kvitt_chassis.relaying.publisher import Publisher
from kvitt_chassis.relaying.relay import Relay
from kvitt_chassis.sealing import Sealer
from kvitt_contracts.envelope import Envelope
from kvitt_contracts.inventory import ReservationReleased
from kvitt_contracts.orders import OrderVoided
from kvitt_contracts.types import OrderId
from kvitt_testkit.world import wait_for
from sqlalchemy import text

from tests.bench import counted, failing
from tests.bench.contest import COLUMNS, LONGEST, Arena, Found, Place, Watch, open_arena, run_alone
from tests.bench.pacing import noticed
from tests.bench.report import Section, Table
from tests.bench.sink import collector

_KEYS = 5_000
_SPACE = UUID("6d0f5f4e-7d5b-4d0c-9b55-5f0c6a8f5a11")
_TOPIC = counted.CONSUMED.name
_CONTENDERS = {
    "aiokafka alone: read, parse, offsets": ("consuming:read_only", 1.0),
    "aiokafka and asyncpg: three statements a batch": ("consuming:raw", 1.0),
    "Kvitt: handlers with rules, rows declared": ("consuming:handlers", 1.0),
    "Kvitt: the same as a service runs it, relay and telemetry on": ("consuming:service", 1.0),
    "Kvitt: one transaction an event, as after a failure": ("consuming:one_by_one", 0.1),
    "Kvitt: batches of one, as under light load": ("consuming:singly", 0.02),
    "plain FastStream and ORM, one transaction an event": ("peers:plain_faststream", 0.05),
    "Kvitt: the same again by a new group, all seen before": ("consuming:replayed", 1.0),
}


async def measure(*, quick: bool) -> Section:
    """Rounds of all contenders."""
    events, rounds = (2_000, 1) if quick else (20_000, 3)
    section = Section("consumer", "The consumer, beside raw parts and a peer")
    with open_arena() as arena:
        found = {name: Found(name) for name in _CONTENDERS}
        for _ in range(rounds):
            for name, (contender, share) in _CONTENDERS.items():
                await _run(arena, found[name], contender, max(int(events * share), 200))
        costs = await failing.measure(arena, rounds)
    reference = found["aiokafka and asyncpg: three statements a batch"].rates or [0.0]
    section.tables.append(
        Table(
            f"{events:,} events of {_KEYS:,} keys: mark, row under its lock, event to the log; "
            f"{rounds} rounds (goals: ≥ 5,000 events/s for handlers, ≥ 500 one by one)",
            COLUMNS,
            [one.row(median(reference)) for one in found.values()],
            "One transaction an event is measured on a tenth of the events, the peer on a "
            "twentieth.",
        )
    )
    section.tables.append(costs)
    return section


async def _run(arena: Arena, found: Found, contender: str, events: int) -> None:
    place = arena.place(events)
    try:
        await publish(place)
        said = await asyncio.to_thread(run_alone, contender, place)
        found.rates.append(said["rate"])
        found.shares.append(said["shares"])
    except RuntimeError as error:
        found.failed = str(error)[:120]
    finally:
        arena.leave(place)


async def publish(place: Place, *, after: int = 0) -> None:
    """The place's number of events, each key's in its order; `after` as many were published."""
    publisher = Publisher(place.kafka, service="inventory", topic_prefix=place.prefix)
    wire_type = ReservationReleased.wire_type
    rows = []
    for number in range(after, after + place.events):
        # 7919 is prime to _KEYS: each key comes once in _KEYS
        key = uuid5(_SPACE, str(number * 7919 % _KEYS))
        body = ReservationReleased(order_id=OrderId(key)).model_dump_json()
        now = datetime.now(UTC)
        rows.append(
            OutboxRow(
                number, uuid4(), "ac", _TOPIC, str(key), number // _KEYS + 1, wire_type, now,
                str(uuid4()), None, None, None, body, now,
            )
        )  # fmt: skip
    for first in range(0, len(rows), 1_000):
        await publisher.publish(rows[first : first + 1_000])
    await publisher.close()


# -- contenders, each in its own process ----------------------------------------------------------


async def read_only(place: Place) -> dict[str, Any]:
    """No effects at all."""

    async def nothing(batch: list[tuple[Envelope, ReservationReleased]]) -> None:
        """Parsed, and that is all."""

    return await _loop(place, nothing)


async def raw(place: Place) -> dict[str, Any]:
    """The fewest statements that do the same: marks, rows and events by unnest."""
    connection = await asyncpg.connect(place.libpq_url)

    async def apply(batch: list[tuple[Envelope, ReservationReleased]]) -> None:
        last = {envelope.subject: envelope.sequence or 0 for envelope, _ in batch}
        keys = sorted(last)
        times = Counter(envelope.subject for envelope, _ in batch)
        said = [
            OrderVoided(order_id=event.order_id, prescriber=counted._PRESCRIBER)
            for _, event in batch
        ]
        async with connection.transaction():
            await connection.execute(_MARKS, keys, [last[key] for key in keys])
            await connection.execute(_ROWS, keys, [times[key] for key in keys])
            await connection.execute(
                _EVENTS,
                [uuid4() for _ in batch],
                [envelope.subject for envelope, _ in batch],
                [envelope.sequence for envelope, _ in batch],
                [one.model_dump_json() for one in said],
            )

    return await _loop(place, apply)


async def handlers(place: Place) -> dict[str, Any]:
    """The consumer as a service runs it."""
    return await _consume(place, Tuning())


async def service(place: Place) -> dict[str, Any]:
    """The consumer in one process with the relay that sends what it emits, telemetry on."""
    with collector() as (endpoint, pid):
        telemetry = Telemetry.of(counted.SERVICE, endpoint=endpoint)
        place = replace(place, pids={"collector": pid, **place.pids})
        return await _consume(place, Tuning(), telemetry=telemetry)


async def one_by_one(place: Place) -> dict[str, Any]:
    """Each message in its own transaction, as the pieces of a partition that fails."""
    return await _consume(place, Tuning(), is_one_by_one=True)


async def singly(place: Place) -> dict[str, Any]:
    """Batches of one, as they are under light load."""
    return await _consume(place, Tuning(reading=Reading(max_records=1)))


async def replayed(place: Place) -> dict[str, Any]:
    """A second group over what a first one, a process of its own, has applied."""
    await asyncio.to_thread(run_alone, "consuming:handlers", place)
    async with place.database().unit() as unit:
        await unit.session.execute(text("DELETE FROM positions"))
    return await _consume(place, Tuning(), group="again-")


async def _consume(
    place: Place,
    tuning: Tuning,
    *,
    handled_by: Handlers = counted.messages,
    group: str = "",
    is_one_by_one: bool = False,
    telemetry: Telemetry | None = None,
) -> dict[str, Any]:
    """Until all is settled, and, with telemetry, sent by a relay of the same process."""
    database = place.database()
    shared = Shared(
        database=database,
        handlers=handled_by,
        topics=[counted.CONSUMED],
        sealer=Sealer(Fernet.generate_key().decode()),
        prefix=place.prefix,
        handler_budget=tuning.handler_budget,
    )
    consumer = Consumer(
        shared=shared,
        topics=[counted.CONSUMED],
        group=group + database.service,
        kafka=place.kafka,
        tuning=tuning,
        telemetry=telemetry,
    )
    watch = Watch(place)
    settle, begun = consumer.settle, asyncio.Event()

    async def settles(records: Any) -> Finish:
        if not begun.is_set():
            begun.set()
            watch.begin()
        if not is_one_by_one:
            return await settle(records)
        for record in records:
            finish = await settle([record])
        return finish

    consumer.settle = settles  # type: ignore[method-assign]
    sends = _sending(place, database, telemetry) if telemetry else nullcontext(lambda: True)
    async with sends as is_sent:
        await consumer.start()
        await wait_for(
            lambda: sum(consumer.progress.settled.values()) >= place.events and is_sent(),
            within=LONGEST,
            every=0.003,
        )
        result = watch.end(place.events)
        await consumer.stop()
    return result


@asynccontextmanager
async def _sending(
    place: Place, database: Database, telemetry: Telemetry
) -> AsyncIterator[Callable[[], bool]]:
    """Within: a relay sends what is emitted. Answers whether all that will be was sent."""
    sent = 0

    def count(rows: list[OutboxRow]) -> None:
        nonlocal sent
        sent += len(rows)

    relay = Relay(database, kafka=place.kafka, topic_prefix=place.prefix, telemetry=telemetry)
    running = asyncio.create_task(noticed(relay, count).run())
    await wait_for(lambda: relay.is_holder)
    yield lambda: sent >= place.events
    await relay.drain()
    await running


async def _loop(place: Place, apply: Any) -> dict[str, Any]:
    consumer = AIOKafkaConsumer(
        **place.kafka,
        group_id=f"{place.prefix}raw",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=500,
    )
    consumer.subscribe([place.prefix + _TOPIC])
    await consumer.start()
    watch, read = Watch(place), 0
    while read < place.events:
        found = await consumer.getmany(timeout_ms=1_000, max_records=500)
        records = [one for many in found.values() for one in many]
        if not records:
            continue
        if read == 0:
            watch.begin()
        await apply(
            [
                (
                    Envelope.from_headers(one.headers),
                    ReservationReleased.model_validate_json(one.value),
                )
                for one in records
            ]
        )
        await consumer.commit(
            {TopicPartition(p.topic, p.partition): many[-1].offset + 1 for p, many in found.items()}
        )
        read += len(records)
    result = watch.end(read)
    await consumer.stop()
    return result


_MARKS = """
    INSERT INTO marks (topic, key, seq) SELECT 'raw', * FROM unnest($1::text[], $2::bigint[])
    ON CONFLICT (key_digest(topic, key)) DO UPDATE SET seq = excluded.seq
"""
_ROWS = """
    INSERT INTO counted (region, id, seq, changes)
    SELECT 'ac', k::uuid, n, n FROM unnest($1::text[], $2::bigint[]) AS changed(k, n)
    ON CONFLICT (region, id) DO UPDATE
    SET seq = counted.seq + excluded.seq, changes = counted.changes + excluded.changes
"""
_EVENTS = """
    INSERT INTO events (event_id, region, topic, key, seq, type, time, payload)
    SELECT id, 'ac', 'orders.customer-orders', key, seq, 'orders.order.voided.v1', now(), payload
    FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[]) AS said(id, key, seq, payload)
"""
