"""Part `system`: idle, start-up, memory, commit to effect, and load until saturation."""

import asyncio
from collections.abc import Sequence

from tests.bench import restarting
from tests.bench.latencies import TOLD, of_orders
from tests.bench.machine import Used
from tests.bench.report import Plot, Section, Table
from tests.bench.system import World, running


async def measure(*, quick: bool) -> Section:
    """All figures of the whole system in one run."""
    section = Section("system", "The whole system")
    async with running() as world:
        await world.stock(deliveries=1 if quick else 5)
        section.tables.append(_start_up(world))
        section.tables.append(await _idle(world, seconds=5 if quick else 20))
        section.tables.append(await _behind(world, events=3_000 if quick else 10_000))
        seconds = 5 if quick else 60
        section.tables.append(
            await _commit_to_effect(
                world, rates=(5, 10) if quick else (20, 50, 100), seconds=seconds
            )
        )
        table, plot = await _until_saturation(world, quick=quick)
        section.tables.append(table)
        section.plots.append(plot)
        section.tables.append(await _flows(world, count=20 if quick else 500))
        section.tables.append(_memory(world))
        section.tables.append(await restarting.start_up(world))
        section.tables.append(await restarting.replay(world))
    return section


def _start_up(world: World) -> Table:
    return Table(
        "Start-up, seconds, with Kafka's files in the cache and an empty state",
        ["servers, databases, topics", "five services ready", "all"],
        [[f"{world.started_in[name]:.1f}" for name in ("servers", "services", "all")]],
    )


async def _idle(world: World, *, seconds: float) -> Table:
    await asyncio.sleep(2)
    before = world.transactions()
    world.processes.begin()
    await asyncio.sleep(seconds)
    used = world.processes.used()
    after = world.transactions()
    rows = [
        [name, f"{share:.1%}", f"{(after[name] - before[name]) / used.seconds:.1f}"]
        if name in after and name != "postgres"
        else [name, f"{share:.1%}", ""]
        for name, share in used.shares.items()
    ]
    return Table(
        f"Idle for {seconds:.0f} s, telemetry on (goals, each: ≤ 2 % of a core, ≤ 20 queries/s)",
        ["process", "share of a core", "transactions/s"],
        rows,
    )


async def _behind(world: World, *, events: int) -> Table:
    """Make history: orders as fast as they are taken, until there are that many events."""
    rows = []
    done = sum(world.recorded().values())
    while done < events:
        orders = [world.business.order() for _ in range(50 if events < 5_000 else 500)]
        world.processes.begin()
        seconds = await world.settle(orders)
        used = world.processes.used()
        recorded = sum(world.recorded().values())
        rows.append(_throughput("orders placed", orders, recorded - done, seconds, used))
        done = recorded
    return Table(
        f"History of {done:,} events, made by bursts of orders: to planned, nothing left to do",
        _THROUGHPUT,
        rows,
    )


async def _commit_to_effect(world: World, *, rates: Sequence[int], seconds: float) -> Table:
    rows = []
    for rate in rates:
        since = world.recorded()
        orders = [world.business.order() for _ in range(int(rate * seconds))]
        world.processes.begin()
        due = await world.pace(orders, rate=rate)
        used = world.processes.used()
        await world.rest()
        found = of_orders(world, due, since)
        events = sum(world.recorded().values()) - sum(since.values())
        rows.append(
            [
                f"{rate}",
                f"{events / seconds:.0f}",
                *found.told(),
                str(found.missing),
                f"{1000 * used.cpu_seconds / len(orders):.0f}",
                used.told(),
            ]
        )
    return Table(
        f"Commit in orders → effect committed in inventory, open loop of {seconds:.0f} s, "
        f"{sum(world.recorded().values()):,} events behind at the end, telemetry on "
        "(goals: p99 ≤ 25 ms at 100 events/s of all services, ≤ 80 ms at 500)",
        ["orders/s", "events/s of all services", *TOLD, "without effect", "CPU ms/order", "CPU"],
        rows,
        "20 orders/s are 100 events/s of all services. Each order is an OrderPlaced and an "
        "OrderPlanned on the topic that inventory reads, so 50 orders/s are 100 events/s from "
        "orders to inventory. CPU an order: all processes, servers too. Commit times are "
        "PostgreSQL's own (`track_commit_timestamp`).",
    )


async def _until_saturation(world: World, *, quick: bool) -> tuple[Table, Plot]:
    rows, lines = [], {"p50": [], "p99": []}  # type: ignore[var-annotated]
    seconds = 5 if quick else 10
    for rate in (10, 20) if quick else (25, 75, 150, 200, 300):
        since = world.recorded()
        orders = [world.business.order() for _ in range(rate * seconds)]
        world.processes.begin()
        due = await world.pace(orders, rate=rate)
        used = world.processes.used()
        await world.rest()
        found = of_orders(world, due, since)
        told = found.told()
        rows.append([f"{rate}", *told, str(found.missing), f"{sum(used.shares.values()):.2f}"])
        lines["p50"].append((float(rate), float(told[0])))
        lines["p99"].append((float(rate), float(told[2])))
        if float(told[5]) > 5_000:
            break  # it only queues from here on
    return (
        Table(
            f"The same against load, {seconds} s each, until orders queue for 5 s",
            ["orders/s", *TOLD, "without effect", "cores used"],
            rows,
        ),
        Plot("latency", "Commit to effect", "orders/s", "ms", lines, logarithmic=True),
    )


async def _flows(world: World, *, count: int) -> Table:
    rows = []
    make = world.business
    orders = [make.order() for _ in range(count)]
    loans = [make.loan() for _ in range(count)]
    transfers = [make.transfer(one) for one in loans]
    for what, messages in (
        ("orders: placed → planned", orders),
        ("orders: dispatched → delivered, charged, told", [make.dispatch(one) for one in orders]),
        ("devices on loan stated", loans),
        ("transfers: saved → sent to the receiver", transfers),
        ("transfers: accepted → custody, rent and messages", [make.accept(t) for t in transfers]),
    ):
        before = world.recorded()
        world.processes.begin()
        seconds = await world.settle(messages)
        used = world.processes.used()
        events = sum(world.recorded().values()) - sum(before.values())
        rows.append(_throughput(what, messages, events, seconds, used))
    return Table(
        f"Flows: bursts of {count} from a region's publish to the last effect anywhere",
        _THROUGHPUT,
        rows,
    )


_THROUGHPUT = ["what", "messages", "events recorded", "seconds", "messages/s", "events/s", "CPU"]


def _throughput(
    what: str, messages: Sequence[object], events: int, seconds: float, used: Used
) -> list[str]:
    return [
        what,
        f"{len(messages)}",
        f"{events}",
        f"{seconds:.1f}",
        f"{len(messages) / seconds:.0f}",
        f"{events / seconds:.0f}",
        used.told(),
    ]


def _memory(world: World) -> Table:
    found = world.processes.memory()
    rows = [[name, f"{size / 2**20:.0f}"] for name, size in found.items()]
    rows.append(["all", f"{sum(found.values()) / 2**20:.0f}"])
    return Table(
        "Memory after all of the above, MiB, shared pages divided (PSS; goal: all ≤ 3 GiB)",
        ["process", "MiB"],
        rows,
    )
