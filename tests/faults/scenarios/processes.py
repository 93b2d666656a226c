"""Faults of the services' processes: killed at every step of the protocol, frozen, hanging."""

import signal
import time
from dataclasses import dataclass
from random import Random

from kvitt.failpoints import known
from kvitt_contracts.topics import SERVICES

from tests.faults.checker.evidence import Violation
from tests.faults.scenario import SESSION_LOST, Fault, scenario
from tests.faults.world import World

HIT_SECONDS = 25.0
"""So long a failpoint is waited for while every service is ready."""

FROZEN_SECONDS = 16.0
"""Longer than a consumer's session (10 s), a relay's lease and what the server lets a transaction
idle (4 s).
"""

_HUNG_SECONDS = 5.0  # no handler takes so long that is not ended by its budget, after 10 s


@scenario("quiet", "no fault: the control")
def quiet(world: World, chance: Random) -> Fault:
    """Load alone."""
    with world.loaded():
        begun = time.monotonic()
        time.sleep(8)
    healed = time.monotonic()
    world.rest(world.recovery_limit)
    seconds = world.load.seconds_of(begun, healed)
    return Fault(healed_at=healed, figures={"case p50": f"{seconds[len(seconds) // 2]:.2f} s"})


@scenario("kill-at-failpoints", "SIGKILL at every step, of one service each", is_short=True)
def kill_at_failpoints(world: World, chance: Random) -> Fault:
    """Each failpoint once; which service dies there is chosen by the seed."""
    order = list(SERVICES)
    chance.shuffle(order)
    named = [name for name in known() if not name.startswith("timers")]
    services = [order[number % len(order)] for number in range(len(named))]
    return _kill_all(world, chance, list(zip(services, named, strict=True)), rate=3.0)


@scenario("kill-each-at-failpoints", "SIGKILL at every step, of every service")
def kill_each_at_failpoints(world: World, chance: Random) -> Fault:
    """All services die side by side, each at every failpoint in an order of its own."""
    plan: list[tuple[str, str]] = []
    for service in SERVICES:
        named = [one for one in known() if not one.startswith("timers")]
        chance.shuffle(named)
        plan += [(service, one) for one in named]
    chance.shuffle(plan)
    return _kill_all(world, chance, plan, rate=2.0)


@scenario("kill-random", "SIGKILL at random moments, any service", is_short=True)
def kill_random(world: World, chance: Random) -> Fault:
    """Five kills within half a minute."""
    killed = []
    with world.loaded():
        for _ in range(5):
            time.sleep(chance.uniform(0.5, 3.0))
            service = chance.choice(SERVICES)
            world.kill(service)
            killed.append(service)
    healed = time.monotonic()
    world.await_ready()
    return Fault(healed_at=healed, figures={"killed": " ".join(killed)})


@scenario("frozen-consumer", "SIGSTOP longer than session and lease, then SIGCONT", is_short=True)
def frozen(world: World, chance: Random) -> Fault:
    """Frozen wherever it happens to be, under load; another process takes its place."""
    return _freeze(world, chance.choice(("inventory", "orders", "bmb")))


@scenario("frozen-in-handler", "SIGSTOP in the middle of a handler's transaction")
def frozen_in_handler(world: World, chance: Random) -> Fault:
    """The process stops itself with its effects made and nothing committed."""
    return _freeze(world, "inventory", at="inbox.before_marks=stop@3")


@scenario("frozen-relay", "SIGSTOP in the middle of publishing")
def frozen_relay(world: World, chance: Random) -> Fault:
    """The process stops itself when a page is acknowledged and the cursor does not know."""
    return _freeze(world, "orders", at="relay.after_send=stop@3")


@scenario("hanging-handler", "a handler that never returns")
def hanging_handler(world: World, chance: Random) -> Fault:
    """The time budget ends it; the message succeeds when it is tried again."""
    service = chance.choice(("inventory", "bmb"))
    world.start_again(service, KVITT_FAILPOINTS="inbox.in_handler=hang@5")
    limit = time.monotonic() + 6 * _HUNG_SECONDS
    hung = 0.0
    with world.loaded():
        while not hung and time.monotonic() < limit:
            time.sleep(0.5)
            hung = _longer_than(world, service, _HUNG_SECONDS)
    return Fault(
        found=() if hung else (Violation("I8", service, "no handler was ended by its budget"),),
        figures={"service": service, "handlers ended by their budget": f"{hung:.0f}"},
    )


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
        child = world.services["bmb"].child
        assert child is not None
        world.advance(days=9)
        world.services["bmb"].await_restart(after=child.pid)
        kills += 1
        healed = time.monotonic()
        world.await_ready()
        world.rest(world.recovery_limit)
    return Fault(healed_at=healed, figures={"kills": str(kills)})


@dataclass(slots=True)
class _Dying:
    """A service that kills itself at one failpoint after another, each in a process of its own."""

    left: list[str]
    at: str
    pid: int


def _kill_all(world: World, chance: Random, plan: list[tuple[str, str]], *, rate: float) -> Fault:
    """Let each (service, failpoint) of the plan kill once; services go on side by side."""
    names: dict[str, list[str]] = {}
    for service, name in plan:
        names.setdefault(service, []).append(name)
    dying: dict[str, _Dying] = {}
    kills, missed = 0, []
    with world.loaded(rate):
        for service, left in names.items():
            process = world.services[service]
            assert process.child is not None
            dying[service] = _Dying(left, "", process.child.pid)
            _arm_next(world, chance, service, left)
            process.kill()
        since = time.monotonic()
        while dying:
            for service, one in list(dying.items()):
                child = world.services[service].child
                if child is None or child.pid == one.pid:
                    continue
                kills += bool(one.at)
                if not one.left:
                    del dying[service]
                    continue
                dying[service] = _Dying(one.left[1:], one.left[0], child.pid)
                _arm_next(world, chance, service, one.left[1:])
            if not world.is_ready():
                since = time.monotonic()
            elif time.monotonic() - since > HIT_SECONDS:
                for service, one in dying.items():
                    missed.append(f"{service} {one.at}")
                    kills -= 1
                    world.services[service].kill()
                since = time.monotonic()
            time.sleep(0.1)
    healed = time.monotonic()
    world.await_ready()
    figures = {"kills": f"{kills} of {len(plan)}"}
    if missed:
        figures["not come to"] = ", ".join(missed)
    return Fault(healed_at=healed, figures=figures)


def _arm_next(world: World, chance: Random, service: str, left: list[str]) -> None:
    """What the process that comes after the next death dies of; with nothing left it lives."""
    environment = world.services[service].extra_environment
    environment.pop("KVITT_FAILPOINTS", None)
    if left:
        passing = chance.randrange(3, 7) if left[0].startswith("unit") else chance.randrange(1, 3)
        environment["KVITT_FAILPOINTS"] = f"{left[0]}=kill@{passing}"


def _freeze(world: World, service: str, *, at: str | None = None) -> Fault:
    """`at`: the failpoint where the process stops itself."""
    if at is not None:
        world.start_again(service, KVITT_FAILPOINTS=at)
    with world.replica(service) as other, world.loaded():
        if at is not None:
            world.await_stopped(service)
        else:
            time.sleep(2)
            world.send_signal(service, signal.SIGSTOP)
        before = world.effects_of(other)
        time.sleep(FROZEN_SECONDS)
        meanwhile = world.effects_of(other) - before
        world.send_signal(service, signal.SIGCONT)
        healed = time.monotonic()
        time.sleep(2)
    figures = {"frozen": f"{service} {FROZEN_SECONDS:.0f} s"}
    figures["another's effects meanwhile"] = str(meanwhile)
    return Fault(explained=SESSION_LOST, healed_at=healed, figures=figures)


def _longer_than(world: World, service: str, seconds: float) -> float:
    """How many handlers have taken longer, at least."""
    metric = "inbox_handler_seconds"
    ended = world.measured(service, f"{metric}_count")  # asked first: the other only grows
    return max(0.0, ended - world.measured(service, f"{metric}_bucket", le=f"{seconds:.1f}"))
