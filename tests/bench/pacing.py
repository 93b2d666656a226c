"""Of part `relay`: the way of single events from their commit into Kafka, in an open loop."""

import asyncio
from collections.abc import Awaitable, Callable
from statistics import median
from time import time
from typing import Any
from uuid import uuid4

from kvitt.local.problems import LocalProblem
from kvitt_chassis.database import Database
from kvitt_chassis.relaying.outbox import OutboxRow
from kvitt_chassis.relaying.relay import Relay
from kvitt_contracts.orders import OrderVoided
from kvitt_contracts.types import OrderId
from kvitt_testkit.world import wait_for

from tests.bench import counted, debezium
from tests.bench.contest import LONGEST, Arena, Place, Watch, run_alone
from tests.bench.emitted import Emitted
from tests.bench.machine import Used, percentile
from tests.bench.peers import OutboxRelay
from tests.bench.report import Table

_CONTENDERS = [
    ("Kvitt's relay", "pacing:kvitt", 100),
    ("Debezium, as its documentation has it", "pacing:debezium_by_default", 100),
    ("faststream-outbox", "pacing:faststream_outbox", 100),
    ("Kvitt's relay", "pacing:kvitt", 500),
    ("Debezium, as its documentation has it", "pacing:debezium_by_default", 500),
    ("Debezium, poll.interval.ms 5 instead of 500", "pacing:debezium_eager", 500),
    ("faststream-outbox", "pacing:faststream_outbox", 500),
]
_FIGURES = ("p50", "p99", "max", "acknowledged p50", "acknowledged p99")


async def measure(arena: Arena, *, quick: bool) -> Table:
    """Rounds that alternate; the median of each figure."""
    found: list[list[dict[str, Any]]] = [[] for _ in _CONTENDERS]
    failed = [""] * len(_CONTENDERS)
    for _ in range(1 if quick else 2):
        for place, (_, contender, rate) in enumerate(_CONTENDERS):
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
            for (name, _, rate), rounds, why in zip(_CONTENDERS, found, failed, strict=True)
        ],
        "A commit is when its writer saw it done; Kafka's own time of appending counts "
        "milliseconds. Python is who writes, and with Kvitt and faststream-outbox who relays.",
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


async def kvitt(place: Place) -> dict[str, Any]:
    """The relay as a service runs it, in the process of who commits."""
    database = place.database(pool_size=12)
    acknowledged: dict[str, float] = {}
    relay = noticed(
        Relay(database, kafka=place.kafka, topic_prefix=place.prefix),
        lambda rows: acknowledged.update((str(row.event_id), time()) for row in rows),
    )
    running = asyncio.create_task(relay.run())
    await wait_for(lambda: relay.is_holder)
    result, committed = await _paced(place, _commit_with(database))
    await wait_for(lambda: len(acknowledged) >= place.events, within=LONGEST)
    took = [acknowledged[one] - at for one, at in committed.items()]
    result["more"] |= {
        "acknowledged p50": percentile(took, 0.5),
        "acknowledged p99": percentile(took, 0.99),
    }
    await relay.drain()
    await running
    return result


async def debezium_by_default(place: Place) -> dict[str, Any]:
    """The connector with its defaults; who commits does so as with Kvitt."""
    async with debezium.running(place):
        result, _ = await _paced(place, _commit_with(place.database(pool_size=12)))
    return result


async def debezium_eager(place: Place) -> dict[str, Any]:
    """The connector that does not wait for more."""
    async with debezium.running(place, poll_ms=5):
        result, _ = await _paced(place, _commit_with(place.database(pool_size=12)))
    return result


async def faststream_outbox(place: Place) -> dict[str, Any]:
    """faststream-outbox in the process of who commits, to its own table."""
    outbox = await OutboxRelay.of(place)
    await outbox.start()
    result, _ = await _paced(place, outbox.commit)
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


def _commit_with(database: Database) -> Callable[[int], Awaitable[str]]:
    async def commit(number: int) -> str:
        key = OrderId(uuid4())
        async with database.unit() as unit:
            tx = unit.begin(region=counted.AC, subject=str(key))
            said = OrderVoided(order_id=key, prescriber=counted._PRESCRIBER)
            tx.start(counted.CountedRow, key, said)
            return str(unit.emitted[0].envelope.id)

    return commit


async def _paced(
    place: Place, commit: Callable[[int], Awaitable[str]]
) -> tuple[dict[str, Any], dict[str, float]]:
    """Commit each event at its time, wait until all are in Kafka; also says when each was."""
    emitted = await Emitted.of(place)
    before = await emitted.count()
    committed: dict[str, float] = {}

    async def commit_one(number: int) -> None:
        committed[await commit(number)] = time()

    watch = Watch(place)
    watch.begin()
    loop = asyncio.get_running_loop()
    begun = loop.time()
    tasks = []
    for number in range(place.events):
        if (pause := begun + number / place.rate - loop.time()) > 0:
            await asyncio.sleep(pause)
        tasks.append(asyncio.create_task(commit_one(number)))
    await asyncio.gather(*tasks)
    result = watch.end(place.events)

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
