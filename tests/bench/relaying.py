"""Part `relay`: a backlog of committed events to Kafka, beside the parts that it is made of."""

import asyncio
from collections.abc import Callable
from time import time
from typing import Any
from uuid import uuid4

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from kvitt_chassis.outbox import COLUMNS, OutboxRow
from kvitt_chassis.publisher import Publisher
from kvitt_chassis.relay import Relay
from kvitt_chassis.relay_machine import PAGE
from kvitt_chassis.testing import wait_for
from kvitt_contracts.orders import OrderVoided
from kvitt_contracts.types import OrderId

from tests.bench import counted
from tests.bench.contest import COLUMNS as HEADINGS
from tests.bench.contest import LONGEST, Arena, Found, Place, Watch, execute, open_arena, run_alone
from tests.bench.machine import Used, percentile
from tests.bench.report import Section, Table

KEYS = 5_000
_TOPIC = counted.EMITTED.name
_CONTENDERS = {
    "aiokafka alone, batches from memory": "relaying:memory",
    "asyncpg and aiokafka, pages by id": "relaying:raw",
    "Kvitt's relay": "relaying:relay",
    "faststream-outbox, one worker": "peers:faststream_outbox",
}
_FILL = """
    INSERT INTO events (event_id, region, topic, key, seq, type, time, correlation_id, payload)
    SELECT gen_random_uuid(), 'ac', %s, md5((n %% %s)::text)::uuid::text, n / %s + 1,
           'orders.order.voided.v1', now(), gen_random_uuid()::text,
           '{"filler":"' || repeat('x', 600) || '"}'
    FROM generate_series(0, %s::bigint - 1) AS n
"""


async def measure(*, quick: bool) -> Section:
    """Backlog, its length, and the way of single events."""
    events, rounds = (2_000, 1) if quick else (30_000, 3)
    section = Section("relay", "The relay, beside raw parts and a peer")
    with open_arena() as arena:
        found = {name: Found(name) for name in _CONTENDERS}
        for _ in range(rounds):
            for name, contender in _CONTENDERS.items():
                is_peer = contender.startswith("peers")
                size = (200 if quick else 4_000) if is_peer else events
                _run(arena, found[name], contender, size)
        reference = found["asyncpg and aiokafka, pages by id"].rates
        section.tables.append(
            Table(
                f"Backlog of {events:,} events of 700 B and {KEYS:,} keys to Kafka, {rounds} "
                "rounds (goal: ≥ 30,000 events/s, ordered)",
                [*HEADINGS, "out of order"],
                [[*one.row(max(reference, default=0.0)), _disorder(one)] for one in found.values()],
                "Start of lease and producer included. The peer relays what 8 writers committed, "
                "each key under its row lock; its backlog is smaller since it is slower.",
            )
        )
        section.tables.append(_lengths(arena, quick=quick))
        section.tables.append(_paced(arena, quick=quick))
    return section


def fill(place: Place) -> None:
    """Commit the place's number of events, all in one transaction."""
    execute(place, _FILL, _TOPIC, KEYS, KEYS, place.events)
    execute(place, "ANALYZE events")


def _run(arena: Arena, found: Found, contender: str, events: int) -> None:
    place = arena.place(events, topics=(counted.EMITTED,))
    try:
        if not contender.startswith("peers"):
            fill(place)
        said = run_alone(contender, place)
        found.rates.append(said["rate"])
        found.shares.append(said["shares"])
        found.more.append(said["more"])
    except RuntimeError as error:
        found.failed = str(error)[:120]
    finally:
        arena.leave(place)


def _disorder(found: Found) -> str:
    shares = [one["disorder"] for one in found.more if "disorder" in one]
    return f"{max(shares):.1%}" if shares else ""


def _lengths(arena: Arena, *, quick: bool) -> Table:
    rows = []
    for events in (1_000, 4_000) if quick else (10_000, 100_000):
        found = Found(f"{events:,}")
        _run(arena, found, "relaying:relay", events)
        rows.append(found.row(0.0))
    return Table("Kvitt's relay against the length of the backlog", HEADINGS, rows)


def _paced(arena: Arena, *, quick: bool) -> Table:
    rows = []
    for rate in (100, 500):
        place = arena.place(rate * (4 if quick else 10), topics=(counted.EMITTED,))
        said = run_alone(f"relaying:paced_{rate}", place)
        more = said["more"]
        rows.append(
            [
                f"{rate}",
                *(f"{1000 * more[one]:.1f}" for one in ("p50", "p99", "max")),
                Used(0, said["shares"]).told(),
            ]
        )
        arena.leave(place)
    return Table(
        "Commit → acknowledged by Kafka, one transaction an event, open loop "
        "(goal at 500/s: p50 ≤ 10, p99 ≤ 40 ms)",
        ["events/s", "p50 ms", "p99 ms", "max ms", "CPU"],
        rows,
    )


# -- contenders, each in its own process ----------------------------------------------------------


async def memory(place: Place) -> dict[str, Any]:
    """Rows are in memory already."""
    rows = await _all_rows(place)
    return await _publish(place, rows, Watch(place))


async def raw(place: Place) -> dict[str, Any]:
    """Pages in the order of ids; the next one is read while one is sent. No lease, no cursor."""
    publisher = _publisher(place)
    connection = await asyncpg.connect(place.libpq_url)
    query = f"SELECT {COLUMNS} FROM events WHERE id > $1 ORDER BY id LIMIT {PAGE}"
    watch = Watch(place)
    watch.begin()
    sent = 0
    rows = [OutboxRow(*row) for row in await connection.fetch(query, 0)]
    while rows:
        ahead = asyncio.create_task(connection.fetch(query, rows[-1].id))
        await publisher.publish(rows)
        sent += len(rows)
        rows = [OutboxRow(*row) for row in await ahead]
    return watch.end(sent, disorder=await disorder(place))


async def relay(place: Place) -> dict[str, Any]:
    """The relay as a service runs it."""
    sent = 0
    done = asyncio.Event()

    def count(rows: list[OutboxRow]) -> None:
        nonlocal sent
        sent += len(rows)
        if sent >= place.events:
            done.set()

    relay = _noticed(Relay(place.database(), kafka=place.kafka, topic_prefix=place.prefix), count)
    watch = Watch(place)
    watch.begin()
    running = asyncio.create_task(relay.run())
    await done.wait()
    result = watch.end(place.events)
    await relay.drain()
    await running
    result["more"]["disorder"] = await disorder(place)
    return result


async def paced_100(place: Place) -> dict[str, Any]:
    """100 events a second."""
    return await _paced_at(place, 100)


async def paced_500(place: Place) -> dict[str, Any]:
    """500 events a second."""
    return await _paced_at(place, 500)


async def _paced_at(place: Place, rate: int) -> dict[str, Any]:
    database = place.database(pool_size=12)
    acknowledged: dict[str, float] = {}
    relay = _noticed(
        Relay(database, kafka=place.kafka, topic_prefix=place.prefix),
        lambda rows: acknowledged.update((str(row.event_id), time()) for row in rows),
    )
    running = asyncio.create_task(relay.run())
    await wait_for(lambda: relay.is_holder)
    committed: dict[str, float] = {}
    watch = Watch(place)
    watch.begin()
    loop = asyncio.get_running_loop()
    begun = loop.time()
    tasks = []
    for number in range(place.events):
        if (pause := begun + number / rate - loop.time()) > 0:
            await asyncio.sleep(pause)
        tasks.append(asyncio.create_task(_commit_one(database, committed)))
    await asyncio.gather(*tasks)
    await wait_for(lambda: len(acknowledged) >= place.events, within=LONGEST)
    took = [acknowledged[one] - at for one, at in committed.items()]
    result = watch.end(
        place.events, p50=percentile(took, 0.5), p99=percentile(took, 0.99), max=max(took)
    )
    await relay.drain()
    await running
    return result


async def _commit_one(database: Any, committed: dict[str, float]) -> None:
    key = OrderId(uuid4())
    async with database.unit() as unit:
        tx = unit.begin(region=counted.AC, subject=str(key))
        said = OrderVoided(order_id=key, prescriber=counted._PRESCRIBER)
        tx.start(counted.CountedRow, key, said)
        event_id = str(unit.emitted[0].envelope.id)
    committed[event_id] = time()


async def _publish(place: Place, rows: list[OutboxRow], watch: Watch) -> dict[str, Any]:
    publisher = _publisher(place)
    watch.begin()
    for first in range(0, len(rows), PAGE):
        await publisher.publish(rows[first : first + PAGE])
    return watch.end(len(rows))


async def _all_rows(place: Place) -> list[OutboxRow]:
    connection = await asyncpg.connect(place.libpq_url)
    return [
        OutboxRow(*row)
        for row in await connection.fetch(f"SELECT {COLUMNS} FROM events ORDER BY id")
    ]


def _publisher(place: Place) -> Publisher:
    return Publisher(place.kafka, service=counted.SERVICE, topic_prefix=place.prefix)


def _noticed(relay: Relay, notice: Callable[[list[OutboxRow]], None]) -> Relay:
    """The relay, that also tells us of each page that Kafka has acknowledged."""
    tell = relay._tell

    def tell_both(rows: list[OutboxRow]) -> None:
        notice(rows)
        tell(rows)

    relay._tell = tell_both  # type: ignore[method-assign]
    return relay


async def disorder(place: Place) -> float:
    """The share of records in the topic whose key has had a higher number before."""
    topic = place.prefix + _TOPIC
    consumer = AIOKafkaConsumer(**place.kafka, auto_offset_reset="earliest")
    await consumer.start()
    await consumer._client._wait_on_metadata(topic)
    places = [TopicPartition(topic, one) for one in consumer.partitions_for_topic(topic) or ()]
    consumer.assign(places)
    ends = await consumer.end_offsets(places)
    highest: dict[bytes, int] = {}
    read = swapped = 0
    while read < sum(ends.values()):
        for records in (await consumer.getmany(timeout_ms=500)).values():
            for one in records:
                number = int(dict(one.headers)["ce_sequence"])
                swapped += number < highest.get(one.key, 0)
                highest[one.key] = max(number, highest.get(one.key, 0))
                read += 1
    await consumer.stop()
    return swapped / max(read, 1)
