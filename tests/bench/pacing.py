"""Of part `relay`: the way of single events from their commit into Kafka, in an open loop. Who
commits is a process of its own, whose CPU is told apart; so the relays alone are compared.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from statistics import median
from time import time
from typing import Any

import psycopg
from kvitt.local.problems import LocalProblem
from kvitt_chassis.database import Database
from kvitt_chassis.operating.telemetry import Telemetry
from kvitt_chassis.relaying.outbox import OutboxRow
from kvitt_chassis.relaying.relay import Relay
from kvitt_testkit.world import wait_for

from tests.bench import counted, debezium
from tests.bench.contest import LONGEST, Arena, Place, Watch, run_alone
from tests.bench.emitted import Emitted
from tests.bench.machine import Used, percentile
from tests.bench.peers import OutboxRelay
from tests.bench.report import Table
from tests.bench.sink import collector
from tests.bench.writers import Told, Writer, commit_to_log, write_at_pace

_IN_PROCESS = "Kvitt's relay as a service runs it: with who commits, telemetry on"
_CONTENDERS = [
    ("Kvitt's relay", "pacing:kvitt_woken", 100),
    (_IN_PROCESS, "pacing:kvitt", 100),
    ("Debezium, as its documentation has it", "pacing:debezium_by_default", 100),
    ("faststream-outbox", "pacing:faststream_outbox", 100),
    ("Kvitt's relay", "pacing:kvitt_woken", 500),
    (_IN_PROCESS, "pacing:kvitt", 500),
    ("Debezium, as its documentation has it", "pacing:debezium_by_default", 500),
    ("Debezium, poll.interval.ms 5 instead of 500", "pacing:debezium_eager", 500),
    ("faststream-outbox", "pacing:faststream_outbox", 500),
]
_FIGURES = ("p50", "p99", "max", "acknowledged p50", "acknowledged p99")
_Write = Callable[[Told], Awaitable[None]]


async def measure(arena: Arena, *, quick: bool) -> Table:
    """Rounds that alternate; the median of each figure. Debezium only where not `quick`."""
    contenders = [one for one in _CONTENDERS if not quick or "debezium" not in one[1]]
    found: list[list[dict[str, Any]]] = [[] for _ in contenders]
    failed = [""] * len(contenders)
    for _ in range(1 if quick else 2):
        for place, (_, contender, rate) in enumerate(contenders):
            try:
                found[place].append(await _run(arena, contender, rate, seconds=2 if quick else 8))
            except (RuntimeError, LocalProblem) as error:
                failed[place] = str(error)[:120]
    return Table(
        "Commit → in Kafka's log, one transaction an event, open loop; and → acknowledged "
        "(goal at 500/s: p50 ≤ 10, p99 ≤ 40 ms)",
        ["", "events/s", *(f"{one} ms" for one in _FIGURES), "CPU"],
        [
            _row(name, f"{rate}", rounds, why)
            for (name, _, rate), rounds, why in zip(contenders, found, failed, strict=True)
        ],
        "A commit is when PostgreSQL notes it, before it is on the disk; with faststream-outbox, "
        "whose rows go, when its writer saw it done. Kafka's time of appending counts "
        "milliseconds. *Writer* is who commits, in a process of its own and the same way for all "
        "but faststream-outbox, which has its own table; *python* is who relays, and where a "
        "service's own process is measured both. Kvitt's relay is told of each commit, as it is "
        "by its own process.",
    )


def _row(name: str, rate: str, rounds: list[dict[str, Any]], failed: str) -> list[str]:
    if not rounds:
        return [name, rate, f"failed: {failed}", *("" for _ in _FIGURES)]
    figures = [
        f"{1000 * median(one['more'][figure] for one in rounds):.1f}"
        if figure in rounds[0]["more"]
        else ""
        for figure in _FIGURES
    ]
    shares = {who: median(one["shares"][who] for one in rounds) for who in rounds[0]["shares"]}
    return [name, rate, *figures, Used(0, shares).told()]


async def _run(arena: Arena, contender: str, rate: int, *, seconds: int) -> dict[str, Any]:
    place = await asyncio.to_thread(
        arena.place,
        rate * seconds,
        topics=(counted.EMITTED,),
        rate=rate,
        with_connect="debezium" in contender,
    )
    try:
        return await asyncio.to_thread(run_alone, contender, place)
    finally:
        arena.leave(place)


# -- contenders, each in its own process ----------------------------------------------------------


async def kvitt_woken(place: Place) -> dict[str, Any]:
    """The relay alone, woken at each commit of another process."""
    relay, acknowledged = _relay_of(place, place.database(pool_size=12))

    async def write(told: Told) -> None:
        def wakes(event_id: str, at: float) -> None:
            told(event_id, at)
            relay.wake()

        await writer.write(wakes)

    writer = await Writer.of(place, "log")
    return await _relayed(_with(place, writer), relay, acknowledged, write, writer)


async def kvitt(place: Place) -> dict[str, Any]:
    """The relay as a service runs it: in the process of who commits, telemetry on."""
    database = place.database(pool_size=12)
    commit = commit_to_log(database)
    with collector() as (endpoint, pid):
        telemetry = Telemetry.of(database.service, endpoint=endpoint)
        relay, acknowledged = _relay_of(place, database, telemetry)
        place = replace(place, pids={"collector": pid, **place.pids})
        return await _relayed(
            place, relay, acknowledged, lambda told: write_at_pace(place, commit, told), None
        )


async def debezium_by_default(place: Place) -> dict[str, Any]:
    """The connector with its defaults."""
    async with debezium.running(place):
        return await _paced_by(place, "log")


async def debezium_eager(place: Place) -> dict[str, Any]:
    """The connector that does not wait for more."""
    async with debezium.running(place, poll_ms=5):
        return await _paced_by(place, "log")


async def faststream_outbox(place: Place) -> dict[str, Any]:
    """faststream-outbox, from its own table."""
    outbox = await OutboxRelay.of(place)
    await outbox.start()
    result = await _paced_by(place, "outbox")
    await outbox.stop()
    return result


def noticed(relay: Relay, notice: Callable[[list[OutboxRow]], None]) -> Relay:
    """The relay, that also tells us of each page that Kafka has acknowledged."""
    tell = relay._tell

    def tell_both(rows: list[OutboxRow]) -> None:
        notice(rows)
        tell(rows)

    relay._tell = tell_both  # type: ignore[method-assign]
    return relay


def _relay_of(
    place: Place, database: Database, telemetry: Telemetry | None = None
) -> tuple[Relay, dict[str, float]]:
    """The relay, and when Kafka has acknowledged what, by the event's id."""
    acknowledged: dict[str, float] = {}
    relay = noticed(
        Relay(database, kafka=place.kafka, topic_prefix=place.prefix, telemetry=telemetry),
        lambda rows: acknowledged.update((str(row.event_id), time()) for row in rows),
    )
    return relay, acknowledged


async def _relayed(
    place: Place,
    relay: Relay,
    acknowledged: dict[str, float],
    write: _Write,
    writer: Writer | None,
) -> dict[str, Any]:
    running = asyncio.create_task(relay.run())
    await wait_for(lambda: relay.is_holder)
    result, committed = await _paced(place, write)
    if writer is not None:
        await writer.leave()
    await wait_for(lambda: len(acknowledged) >= place.events, within=LONGEST)
    took = [acknowledged[one] - at for one, at in committed.items()]
    result["more"] |= {
        "acknowledged p50": percentile(took, 0.5),
        "acknowledged p99": percentile(took, 0.99),
    }
    await relay.drain()
    await running
    return result


async def _paced_by(place: Place, who: str) -> dict[str, Any]:
    writer = await Writer.of(place, who)
    result, _ = await _paced(_with(place, writer), writer.write)
    await writer.leave()
    return result


def _with(place: Place, writer: Writer) -> Place:
    return replace(place, pids={"writer": writer.pid, **place.pids})


async def _paced(place: Place, write: _Write) -> tuple[dict[str, Any], dict[str, float]]:
    """Let each event be committed at its time, wait until all are in Kafka; also says when each
    was committed: by PostgreSQL's own clock where it notes that of our log, else by its writer's.
    """
    emitted = await Emitted.of(place)
    before = await emitted.count()
    committed: dict[str, float] = {}
    watch = Watch(place)
    watch.begin()
    await write(committed.__setitem__)
    result = watch.end(place.events)
    noted = await asyncio.to_thread(_commit_times, place)
    committed = {one: noted.get(one, at) for one, at in committed.items()}

    async def all_arrived() -> bool:
        return await emitted.count() >= before + place.events

    await wait_for(all_arrived, within=LONGEST, every=0.05)
    arrived = await emitted.arrivals()
    await emitted.close()
    took = [arrived[one] - at for one, at in committed.items()]
    result["more"] |= {
        "p50": percentile(took, 0.5), "p99": percentile(took, 0.99), "max": max(took)
    }  # fmt: skip
    return result, committed


def _commit_times(place: Place) -> dict[str, float]:
    """Of the log's events, in Unix time; nothing where PostgreSQL does not note them."""
    with psycopg.connect(place.admin_url) as connection:
        (noted,) = connection.execute("SHOW track_commit_timestamp").fetchone() or ("off",)
        return dict(connection.execute(_COMMITTED).fetchall()) if noted == "on" else {}


_COMMITTED = """
    SELECT event_id::text, extract(epoch FROM pg_xact_commit_timestamp(xid::xid))::float8
    FROM events
    """
