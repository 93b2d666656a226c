"""Faults of the services' processes: killed at every step of the protocol, frozen, hanging."""

import signal
import time
from random import Random

from kvitt.failpoints import known
from kvitt_contracts.topics import SERVICES

from tests.faults.scenario import KAFKA_AWAY, Fault, scenario
from tests.faults.world import World

HIT_SECONDS = 25.0
"""So long a service that is ready is waited for to come to a failpoint."""

# Longer than a consumer's session and a relay's lease.
FROZEN_SECONDS = 35.0


@scenario("quiet", "no fault: the control", is_short=True)
def quiet(world: World, chance: Random) -> Fault:
    """Load alone."""
    with world.loaded():
        begun = time.monotonic()
        time.sleep(10)
    world.rest(world.recovery_limit)
    seconds = world.load.seconds_of(begun, time.monotonic())
    return Fault(figures={"case p50": f"{seconds[len(seconds) // 2]:.2f} s"})


@scenario("kill-at-failpoints", "SIGKILL at every step, of one service each", is_short=True)
def kill_at_failpoints(world: World, chance: Random) -> Fault:
    """Each failpoint once; which service dies there is chosen by the seed."""
    order = list(SERVICES)
    chance.shuffle(order)
    named = [name for name in known() if not name.startswith("timers")]
    services = [order[number % len(order)] for number in range(len(named))]
    return _kill_all(world, chance, list(zip(services, named, strict=True)))


@scenario("kill-each-at-failpoints", "SIGKILL at every step, of every service")
def kill_each_at_failpoints(world: World, chance: Random) -> Fault:
    """All services die side by side, each at every failpoint in an order of its own."""
    plan: list[tuple[str, str]] = []
    for service in SERVICES:
        named = [one for one in known() if not one.startswith("timers")]
        chance.shuffle(named)
        plan += [(service, one) for one in named]
    chance.shuffle(plan)
    return _kill_all(world, chance, plan)


@scenario("kill-random", "SIGKILL at random moments, any service", is_short=True)
def kill_random(world: World, chance: Random) -> Fault:
    """Six kills within half a minute."""
    killed = []
    with world.loaded():
        for _ in range(6):
            time.sleep(chance.uniform(0.5, 4.0))
            service = chance.choice(SERVICES)
            world.kill(service)
            killed.append(service)
    healed = time.monotonic()
    world.await_ready()
    return Fault(healed_at=healed, figures={"killed": " ".join(killed)})


@scenario("frozen-consumer", "SIGSTOP longer than session and lease, then SIGCONT", is_short=True)
def frozen(world: World, chance: Random) -> Fault:
    """Frozen wherever it happens to be, under load."""
    service = chance.choice(("inventory", "orders", "bmb"))
    return _freeze(world, service)


@scenario("frozen-in-handler", "SIGSTOP in the middle of a handler's transaction")
def frozen_in_handler(world: World, chance: Random) -> Fault:
    """The process stops itself with its effects made and nothing committed."""
    return _freeze(world, "inventory", at="inbox.before_marks=stop@3")


@scenario("frozen-relay", "SIGSTOP between acknowledgement and cursor")
def frozen_relay(world: World, chance: Random) -> Fault:
    """The process stops itself when a page is acknowledged and the cursor does not know."""
    return _freeze(world, "orders", at="relay.after_send=stop@3")


@scenario("hanging-handler", "a handler that never returns", is_short=True)
def hanging_handler(world: World, chance: Random) -> Fault:
    """The time budget ends it; the message succeeds when it is tried again."""
    service = chance.choice(("inventory", "bmb"))
    world.start_again(service, KVITT_FAILPOINTS="inbox.in_handler=hang@5")
    world.await_ready()
    with world.loaded():
        time.sleep(15)
    return Fault(figures={"service": service})


@scenario("kill-in-timers", "SIGKILL while deadlines fire")
def kill_in_timers(world: World, chance: Random) -> Fault:
    """Transfers that nobody answers; business time moves past their deadline, bmb dies on each side
    of the commit. Each is decided once, by its region's policy.
    """
    world.rest(world.recovery_limit)
    wanted = {"ac": "completed", "bd": "locked"}
    kills = 0
    for name in ("timers.before_commit", "timers.after_commit"):
        begun = world.load.leave_unanswered(3, wanted)
        world.await_cases(begun, "sent")
        world.start_again("bmb", KVITT_FAILPOINTS=f"{name}=kill")
        world.await_ready()
        child = world.services["bmb"].child
        assert child is not None
        world.advance(days=9)
        world.services["bmb"].await_restart(after=child.pid)
        kills += 1
        healed = time.monotonic()
        world.await_ready()
        world.rest(world.recovery_limit)
    return Fault(healed_at=healed, figures={"kills": str(kills)})


def _kill_all(world: World, chance: Random, plan: list[tuple[str, str]]) -> Fault:
    """Let each (service, failpoint) of the plan kill once; services go on side by side."""
    left: dict[str, list[str]] = {}
    for service, name in plan:
        left.setdefault(service, []).append(name)
    dying: dict[str, tuple[str, int, float]] = {}  # failpoint, pid that dies there, since when
    hit, missed = 0, []
    with world.loaded(3.0):
        while left or dying:
            for service in [one for one in left if one not in dying]:
                name = left[service].pop(0)
                if not left[service]:
                    del left[service]
                passing = f"@{chance.randrange(1, 4)}"
                world.start_again(service, KVITT_FAILPOINTS=f"{name}=kill{passing}")
                child = world.services[service].child
                assert child is not None
                dying[service] = (name, child.pid, time.monotonic())
            for service, (name, pid, since) in list(dying.items()):
                child = world.services[service].child
                if child is not None and child.pid != pid:
                    hit += 1
                    del dying[service]
                elif not world.services[service].is_ready():
                    dying[service] = (name, pid, time.monotonic())
                elif time.monotonic() - since > HIT_SECONDS:
                    missed.append(f"{service} {name}")
                    del dying[service]
            time.sleep(0.05)
    healed = time.monotonic()
    for service in {one.split()[0] for one in missed}:
        world.start_again(service)  # nothing stays armed
    world.await_ready()
    figures = {"kills": f"{hit}"}
    if missed:
        figures["not come to"] = ", ".join(missed)
    return Fault(healed_at=healed, figures=figures)


def _freeze(world: World, service: str, *, at: str | None = None) -> Fault:
    if at is not None:
        world.start_again(service, KVITT_FAILPOINTS=at)
        world.await_ready()
    with world.loaded():
        time.sleep(3)
        world.send_signal(service, signal.SIGSTOP)
        time.sleep(FROZEN_SECONDS)
        world.send_signal(service, signal.SIGCONT)
        healed = time.monotonic()
        time.sleep(2)
    return Fault(
        explained=KAFKA_AWAY,
        healed_at=healed,
        figures={"frozen": f"{service} {FROZEN_SECONDS:.0f} s"},
    )
