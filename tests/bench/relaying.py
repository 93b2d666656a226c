"""Part `relay`: a backlog of committed events to Kafka, beside the parts that it is made of."""

import asyncio
from statistics import median
from typing import Any

import asyncpg
from kvitt.local.problems import LocalProblem
from kvitt_chassis.relaying.outbox import COLUMNS, OutboxRow
from kvitt_chassis.relaying.publisher import Publisher
from kvitt_chassis.relaying.relay import Relay
from kvitt_chassis.relaying.steps import PAGE

from tests.bench import counted, pacing
from tests.bench.backlog import KEYS, fill, put_behind
from tests.bench.contest import COLUMNS as HEADINGS
from tests.bench.contest import Arena, Found, Place, Watch, open_arena, run_alone
from tests.bench.emitted import disorder
from tests.bench.machine import tell
from tests.bench.pacing import noticed
from tests.bench.report import Section, Table

_DEBEZIUM, _OUTBOX = "debezium:backlog", "peers:faststream_outbox"
_CONTENDERS = {
    "aiokafka alone, batches from memory": ("relaying:memory", 1.0),
    "asyncpg and aiokafka, pages by id": ("relaying:raw", 1.0),
    "Kvitt's relay": ("relaying:relay", 1.0),
    "Debezium's connector and outbox router, warm": (_DEBEZIUM, 1.0),
    "faststream-outbox, one worker": (_OUTBOX, 0.1),
}


async def measure(*, quick: bool) -> Section:
    """Backlog, its length, and the way of single events. Debezium only where not `quick`."""
    events, rounds = (2_000, 1) if quick else (30_000, 3)
    section = Section("relay", "The relay, beside raw parts and a peer")
    with open_arena(logical=True) as arena:
        contenders = {
            name: one for name, one in _CONTENDERS.items() if not quick or one[0] != _DEBEZIUM
        }
        found = {name: Found(name) for name in contenders}
        for _ in range(rounds):
            for name, (contender, share) in contenders.items():
                _run(arena, found[name], contender, int(events * share))
        reference = found["asyncpg and aiokafka, pages by id"].rates or [0.0]
        section.tables.append(
            Table(
                f"Backlog of {events:,} events of 700 B and {KEYS:,} keys, 100 a transaction, to "
                f"Kafka, {rounds} "
                "rounds (goal: ≥ 30,000 events/s, ordered)",
                [*HEADINGS, "out of order"],
                [[*one.row(median(reference)), _disorder(one)] for one in found.values()],
                "Kvitt: start of lease and producer included. Debezium reads the same rows of the "
                "same table by logical decoding; 5,000 events before warmed its worker and "
                "connector; their start and the first third, which fills queues, are left out. "
                "faststream-outbox relays what 8 writers "
                "committed to its own table, each key under its row lock, a tenth of the events.",
            )
        )
        section.tables.append(_lengths(arena, quick=quick))
        section.tables.append(await _history(arena, quick=quick))
        section.tables.append(await pacing.measure(arena, quick=quick))
    return section


def _run(arena: Arena, found: Found, contender: str, events: int) -> None:
    place = None
    try:
        place = arena.place(events, topics=(counted.EMITTED,), with_connect=contender == _DEBEZIUM)
        if contender not in (_DEBEZIUM, _OUTBOX):
            fill(place, events)
        said = run_alone(contender, place)
        found.rates.append(said["rate"])
        found.shares.append(said["shares"])
        found.more.append(said["more"])
    except (RuntimeError, LocalProblem) as error:
        found.failed = str(error)[:120]
    finally:
        if place:
            arena.leave(place)


def _disorder(found: Found) -> str:
    shares = [one["disorder"] for one in found.more if "disorder" in one]
    return f"{max(shares):.1%}" if shares else ""


def _lengths(arena: Arena, *, quick: bool) -> Table:
    """Rounds that alternate; the reference is the shortest."""
    lengths = (1_000, 4_000) if quick else (10_000, 100_000, 300_000)
    found = {length: Found(f"{length:,}") for length in lengths}
    for _ in range(1 if quick else 2):
        for length, one in found.items():
            _run(arena, one, "relaying:relay", length)
    reference = median(found[lengths[0]].rates or [0.0])
    return Table(
        "Kvitt's relay against the length of the backlog (goal: linear)",
        HEADINGS,
        [one.row(reference) for one in found.values()],
    )


async def _history(arena: Arena, *, quick: bool) -> Table:
    behind = (1_000, 10_000) if quick else (1_000, 100_000, 1_000_000)
    events, rounds = (2_000, 1) if quick else (30_000, 3)
    places = {one: arena.place(events, topics=(counted.EMITTED,)) for one in behind}
    found = {one: Found(f"{one:,} events behind") for one in behind}
    for one, place in places.items():
        tell(f"{one:,} events of history")
        await put_behind(place, one)
    for turn in range(rounds):
        for one, place in places.items():
            fill(place, events, behind=one + turn * events)
            said = await asyncio.to_thread(run_alone, "relaying:relay", place)
            found[one].rates.append(said["rate"])
            found[one].shares.append(said["shares"])
    for place in places.values():
        arena.leave(place)
    return Table(
        f"Kvitt's relay against history: backlogs of {events:,} behind what was sent long ago, "
        f"{rounds} rounds (goal: flat)",
        HEADINGS,
        [one.row(median(found[behind[0]].rates)) for one in found.values()],
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

    relay = noticed(Relay(place.database(), kafka=place.kafka, topic_prefix=place.prefix), count)
    watch = Watch(place)
    watch.begin()
    running = asyncio.create_task(relay.run())
    await done.wait()
    result = watch.end(place.events)
    await relay.drain()
    await running
    result["more"]["disorder"] = await disorder(place)
    return result


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
