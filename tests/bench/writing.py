"""Part `writing`: what an event costs a transaction, timers, and speed against history."""

import asyncio
from collections.abc import Awaitable, Callable
from statistics import median
from typing import Any
from uuid import uuid4

import psycopg
from kvitt_chassis.consuming.timers import TimerLoop
from kvitt_contracts.orders import OrderVoided
from kvitt_contracts.types import OrderId
from kvitt_testkit.world import wait_for

from tests.bench import counted
from tests.bench.consuming import publish
from tests.bench.contest import (
    COLUMNS,
    LONGEST,
    Arena,
    Found,
    Place,
    Watch,
    execute,
    open_arena,
    run_alone,
)
from tests.bench.machine import Used, percentile, tell
from tests.bench.report import Section, Table

_WRITERS = 4


async def measure(*, quick: bool) -> Section:
    """What an event costs, what timers reach, and what history costs."""
    section = Section("writing", "Emitting, timers, history")
    with open_arena() as arena:
        section.tables.append(await _emitting(arena, quick=quick))
        section.tables.append(await _timers(arena, quick=quick))
        section.tables.append(await _late(arena, quick=quick))
        section.tables.append(await _history(arena, quick=quick))
    return section


async def _emitting(arena: Arena, *, quick: bool) -> Table:
    contenders = {
        "a row changed under its lock, no event": "writing:without_event",
        "the same with its event in the log": "writing:with_event",
        "pgbench: the same statements, no event": "pgbench:without_event",
        "pgbench: with the event": "pgbench:with_event",
    }
    found = {name: Found(name) for name in contenders}
    for _ in range(1 if quick else 3):
        for name, contender in contenders.items():
            place = arena.place(300 if quick else 2_000)
            said = await asyncio.to_thread(run_alone, contender, place)
            found[name].rates.append(said["rate"])
            found[name].shares.append(said["shares"])
            arena.leave(place)
    reference = median(next(iter(found.values())).rates)
    return Table(
        f"What emitting costs a business transaction, {_WRITERS} at once (goal: ≤ 10 %)",
        ["", "transactions/s: median (lowest–highest)", *COLUMNS[2:]],
        [one.row(reference) for one in found.values()],
        "pgbench does without Python what the chassis sends to PostgreSQL: begin, a lock, a change "
        "and the event, commit. What the event costs PostgreSQL itself stands between its two "
        "lines.",
    )


async def _timers(arena: Arena, *, quick: bool) -> Table:
    due, pending = (1_000, 10_000) if quick else (20_000, 1_000_000)
    place = arena.place(due)
    execute(place, _ROWS, pending + due)
    execute(place, _TIMERS, "-1 hour", 0, due - 1)
    execute(place, _TIMERS, "30 days", due, due + pending - 1)
    execute(place, "ANALYZE timers")
    found = Found(f"{due:,} due, {pending:,} pending")
    said = await asyncio.to_thread(run_alone, "writing:timers", place)
    found.rates.append(said["rate"])
    found.shares.append(said["shares"])
    arena.leave(place)
    return Table(
        "Timers fired, each with a rule and an event (goal: ≥ 5,000 a second)",
        COLUMNS,
        [found.row(0.0)],
    )


async def _late(arena: Arena, *, quick: bool) -> Table:
    """Timers that become due one after the other."""
    rows = []
    pending, seconds = (10_000, 3) if quick else (1_000_000, 10)
    for rate in (100, 500):
        place = arena.place(rate * seconds, rate=rate)
        execute(place, _ROWS, place.events)
        execute(place, _TIMERS, "30 days", place.events, place.events + pending - 1)
        execute(place, "ANALYZE timers")
        said = await asyncio.to_thread(run_alone, "writing:late_timers", place)
        rows.append(
            [
                f"{rate}",
                *(f"{1000 * said['more'][one]:.1f}" for one in ("p50", "p99", "max")),
                Used(0, said["shares"]).told(),
            ]
        )
        arena.leave(place)
    return Table(
        f"How late timers fire that become due evenly, {pending:,} pending: from due to the row of "
        "the event (goal: p99 ≤ 200 ms)",
        ["due/s", "p50 ms", "p99 ms", "max ms", "CPU"],
        rows,
    )


async def _history(arena: Arena, *, quick: bool) -> Table:
    behind = (1_000, 10_000) if quick else (1_000, 100_000, 1_000_000)
    events, rounds = (500, 1) if quick else (5_000, 3)
    found = {one: Found(f"{one:,} events behind") for one in behind}
    for _ in range(rounds):
        for one in behind:
            place = arena.place(events)
            tell(f"{one:,} events of history")
            execute(place, _PAST_EVENTS, one)
            execute(place, _PAST_MARKS, one)
            execute(place, _ROWS, one // 5 + 1)
            execute(place, "ANALYZE")
            await publish(place)
            said = await asyncio.to_thread(run_alone, "consuming:handlers", place)
            found[one].rates.append(said["rate"])
            found[one].shares.append(said["shares"])
            arena.leave(place)
    reference = median(found[behind[0]].rates)
    return Table(
        "The consumer against history: events in the log, as many marks, a row for each fifth; "
        f"{rounds} rounds (goal: flat)",
        COLUMNS,
        [one.row(reference) for one in found.values()],
    )


# -- contenders, each in its own process ----------------------------------------------------------


async def without_event(place: Place) -> dict[str, Any]:
    """The transaction, less the event."""
    return await _write(place, with_event=False)


async def with_event(place: Place) -> dict[str, Any]:
    """The transaction as a command runs it."""
    return await _write(place, with_event=True)


async def timers(place: Place) -> dict[str, Any]:
    """All that are due."""
    database = place.database()
    loop = TimerLoop(database, counted.messages)
    watch = Watch(place)
    watch.begin()
    running = asyncio.create_task(loop.run())
    await wait_for(_none_due(loop), within=LONGEST, every=0.05)
    result = watch.end(place.events)
    await loop.stop()
    await running
    return result


async def late_timers(place: Place) -> dict[str, Any]:
    """Each as it becomes due."""
    loop = TimerLoop(place.database(), counted.messages)
    running = asyncio.create_task(loop.run())
    execute(place, "CREATE TABLE expected (key uuid, due timestamptz)")
    execute(place, _EVENLY_DUE, place.rate, place.events)
    watch = Watch(place)
    watch.begin()
    with psycopg.connect(place.admin_url, autocommit=True) as connection:

        async def all_fired() -> bool:
            fired = connection.execute("SELECT count(*) FROM events").fetchone()
            return fired is not None and fired[0] >= place.events

        await wait_for(all_fired, within=LONGEST, every=0.5)
        late = [float(row[0]) for row in connection.execute(_LATE)]
    result = watch.end(
        place.events, p50=percentile(late, 0.5), p99=percentile(late, 0.99), max=max(late)
    )
    await loop.stop()
    await running
    return result


def _none_due(loop: TimerLoop) -> Callable[[], Awaitable[bool]]:
    async def none_due() -> bool:
        return not await loop.due_count()

    return none_due


async def _write(place: Place, *, with_event: bool) -> dict[str, Any]:
    database = place.database()
    keys = [OrderId(uuid4()) for _ in range(100)]
    for key in keys:
        async with database.unit() as unit:
            tx = unit.begin(region=counted.AC, subject=str(key))
            tx.start(counted.CountedRow, key, _said(key))
    numbers = iter(range(place.events))

    async def write(first: int) -> None:
        for number in numbers:
            # each writer has keys of its own: no waiting for locks is measured
            key = keys[(number * _WRITERS + first) % len(keys)]
            async with database.unit() as unit:
                tx = unit.begin(region=counted.AC, subject=str(key))
                row = await tx.lock(counted.CountedRow, key)
                tx.record(row, _said(key))
                if not with_event:
                    unit.emitted.clear()

    watch = Watch(place)
    watch.begin()
    await asyncio.gather(*(write(first) for first in range(_WRITERS)))
    return watch.end(place.events)


def _said(key: OrderId) -> OrderVoided:
    return OrderVoided(order_id=key, prescriber=counted._PRESCRIBER)


_ROWS = """
    INSERT INTO counted (region, id, seq, changes)
    SELECT 'ac', md5(n::text)::uuid, 1, 1 FROM generate_series(0, %s::bigint - 1) AS n
"""
_TIMERS = """
    INSERT INTO timers (timer, region, key, due)
    SELECT 'counted_rings', 'ac', md5(n::text)::uuid, now() + %s::interval
    FROM generate_series(%s::bigint, %s::bigint) AS n
"""
_EVENLY_DUE = """
    WITH timed AS (
        INSERT INTO timers (timer, region, key, due)
        SELECT 'counted_rings', 'ac', md5(n::text)::uuid,
               now() + interval '1 second' + n / %s::float8 * interval '1 second'
        FROM generate_series(0, %s::bigint - 1) AS n
        RETURNING key, due
    )
    INSERT INTO expected SELECT * FROM timed
"""
_LATE = """
    SELECT extract(epoch FROM e.recorded_at - d.due)
    FROM expected d JOIN events e ON e.key::uuid = d.key
"""
_PAST_EVENTS = """
    INSERT INTO events (event_id, region, topic, key, seq, type, time, payload)
    SELECT gen_random_uuid(), 'ac', 'orders.customer-orders', md5((n / 5)::text)::uuid::text,
           n %% 5 + 1, 'orders.order.voided.v1', now(),
           '{"filler":"' || encode(sha512(n::text::bytea), 'hex') || '"}'
    FROM generate_series(0, %s::bigint - 1) AS n
"""
_PAST_MARKS = """
    INSERT INTO marks (topic, key, seq)
    SELECT 'inventory.reservations', md5(n::text)::uuid::text, 5
    FROM generate_series(0, %s::bigint - 1) AS n
"""
