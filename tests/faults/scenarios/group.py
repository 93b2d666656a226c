"""Faults of replicas: two relays for one lease, a group that is joined and left, too much work."""

import re
import time
from random import Random

import httpx
import psutil
from kvitt.local.supervisor import ServiceProcess

from tests.faults.scenario import Fault, scenario
from tests.faults.world import World


@scenario("relay-duel", "two replicas, each told that the lease is free")
def relay_duel(world: World, chance: Random) -> Fault:
    """The lease is torn from its holder several times a second, in the middle of pages."""
    torn = 0
    with world.replica("inventory"), world.database("inventory") as database, world.loaded(4.0):
        end = time.monotonic() + 10
        while time.monotonic() < end:
            database.execute("UPDATE relay SET leased_until = '-infinity'")
            torn += 1
            time.sleep(chance.uniform(0.05, 0.4))
    return Fault(figures={"lease torn away": f"{torn} times"})


@scenario("relay-killed", "the relay's holder killed, a standby takes over", is_short=True)
def relay_killed(world: World, chance: Random) -> Fault:
    """Twice; the stall is from the kill to the next event in Kafka."""
    stalls = []
    with world.replica("orders") as other, world.loaded(4.0):
        for _ in range(2):
            other.await_ready(restarts=10_000)
            world.await_ready()
            time.sleep(1)
            before = _epoch(world, "orders")
            next(one for one in (other, world.services["orders"]) if _holds(one)).kill()
            begun = time.monotonic()
            while _epoch(world, "orders") == before and time.monotonic() < begun + 30:
                time.sleep(0.02)
            stalls.append(time.monotonic() - begun)
    world.await_ready()
    told = ", ".join(f"{one:.1f}" for one in stalls)
    return Fault(figures={"lease taken after": f"{told} s"})


@scenario("rebalance-storm", "a member joins and leaves every 5 s")
def rebalance_storm(world: World, chance: Random) -> Fault:
    """Six times, by turns in order and by SIGKILL."""
    with world.loaded():
        begun = time.monotonic()
        for number in range(6):
            with world.replica("inventory", is_killed=number % 2 == 1):
                time.sleep(5)
        until = time.monotonic()
    ended = len(world.load.seconds_of(begun, until))
    healed = time.monotonic()
    world.rest(world.recovery_limit)
    all_of_them = len(world.load.seconds_of(begun, until))
    figures = {"joined and left": "6 times", "done meanwhile": f"{ended} of {all_of_them} cases"}
    return Fault(healed_at=healed, figures=figures)


@scenario("overload", "far more than the machine can do for 15 s")
def overload(world: World, chance: Random) -> Fault:
    """Five times what is sustained, open loop; memory is compared with that before."""
    before = _memory(world)
    with world.loaded(40.0):
        begun = time.monotonic()
        most = before
        while time.monotonic() < begun + 15:
            most = max(most, _memory(world))
            time.sleep(1)
    healed = time.monotonic()
    return Fault(
        healed_at=healed,
        recovery_limit=60.0,
        figures={"begun": "40 cases/s", "memory": f"{most / before:.2f} times"},
    )


def _epoch(world: World, service: str) -> int:
    """How often the lease has been taken."""
    with world.database(service) as database:
        found = database.execute("SELECT epoch FROM relay").fetchone()
    assert found is not None
    return int(found[0])


def _holds(process: ServiceProcess) -> bool:
    """Whether a process's relay holds the lease, as its metrics say."""
    text = httpx.get(f"{process.url}/metrics", timeout=30.0).text
    return any(re.match(r"relay_holder(\{.*\})? 1", line) for line in text.splitlines())


def _memory(world: World) -> int:
    children = [process.child for process in world.services.values()]
    return sum(psutil.Process(one.pid).memory_info().rss for one in children if one is not None)
