"""What a scenario is: a fault on a world under load, what it explains, and how it is judged."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from tests.faults.checker.evidence import Latency, Violation
from tests.faults.checker.invariants import violations
from tests.faults.world import World

_COORDINATOR = r"^aiokafka\.consumer\.group_coordinator: "

_OUT = r"(UnknownMemberId|IllegalGeneration|RebalanceInProgress|CommitFailed)Error"

SESSION_LOST = (
    _COORDINATOR + r"Heartbeat session expired - marking coordinator dead$",
    _COORDINATOR + r"OffsetCommit failed for group [\w-]+ due to group error .*" + _OUT,
    r"^asyncio: Task exception was never retrieved \(" + _OUT + r"\)$",  # its own commit's
)
"""What the client tells when its process could not keep its place in the group."""

BROKER_AWAY = (
    *SESSION_LOST,
    r"^aiokafka: Unable connect to ",
    r"^aiokafka: Unable to update metadata from ",
    r"^aiokafka\.consumer\.fetcher: Failed fetch messages from \d+: \w+Error",
    _COORDINATOR + r"Error sending \w+ to node .* -- marking coordinator dead$",
    _COORDINATOR + r"Group Coordinator Request failed: .*(NodeNotReady|KafkaConnection"
    r"|RequestTimedOut|GroupCoordinatorNotAvailable|CoordinatorNotAvailable|NoBrokersAvailable)",
    _COORDINATOR + r"Heartbeat send request failed: (NodeNotReady|KafkaConnection|RequestTimedOut)",
)
"""What the client tells when the broker, or the way to it, is gone."""

DATABASE_AWAY = (r"^asyncio: Task was destroyed but it is pending",)
"""What the driver leaves behind of a connection that was given up."""


@dataclass(slots=True, kw_only=True)
class Fault:
    """What a scenario tells of its fault. `healed_at`: monotonic; None: at the scenario's end."""

    explained: tuple[str, ...] = ()  # patterns of errors in the services' logs
    figures: dict[str, str] = field(default_factory=dict)
    healed_at: float | None = None
    recovery_limit: float | None = None
    latency: Latency | None = None
    found: tuple[Violation, ...] = ()  # what the scenario itself has seen
    not_judged: frozenset[str] = frozenset()  # invariants that the fault takes away


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One row of the table. `is_short`: part of the short subset."""

    name: str
    told: str
    run: Callable[[World, Random], Fault]
    is_short: bool
    world: str  # the kind of system that it needs; those of one kind share one


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """How a scenario ended. `skipped`: why it could not run here."""

    scenario: Scenario
    violations: tuple[Violation, ...] = ()
    recovery: float | None = None
    duplicates: int = 0
    cases: int = 0
    figures: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    not_judged: frozenset[str] = frozenset()
    skipped: str | None = None


class CannotRunHere(Exception):
    """The machine lacks what a scenario needs; says what."""


SCENARIOS: dict[str, Scenario] = {}


def scenario(
    name: str, told: str, *, is_short: bool = False, world: str = "plain"
) -> Callable[[Callable[[World, Random], Fault]], Callable[[World, Random], Fault]]:
    """Declare a function as a scenario."""

    def declared(run: Callable[[World, Random], Fault]) -> Callable[[World, Random], Fault]:
        SCENARIOS[name] = Scenario(name=name, told=told, run=run, is_short=is_short, world=world)
        return run

    return declared


def judge(chosen: Scenario, world: World, seed: int) -> Judged:
    """Run a scenario and decide every invariant."""
    begun = time.monotonic()
    before = len(world.load.cases())
    world.begin()
    fault = chosen.run(world, Random(f"{seed}/{chosen.name}"))
    healed = fault.healed_at or time.monotonic()
    limit = fault.recovery_limit or world.recovery_limit
    # Longer than is allowed, to tell what is late from what never comes.
    has_rested = "I8" in fault.not_judged or world.rest(3 * limit) is not None
    recovered = time.monotonic() - healed if has_rested else None
    if not has_rested:
        world.say(f"  not at rest: {world.unrest()}")
    evidence, duplicates = world.evidence(
        explained=fault.explained,
        recovered_in=recovered,
        recovery_limit=limit,
        latency=fault.latency,
    )
    return Judged(
        scenario=chosen,
        violations=(
            *fault.found,
            *(one for one in violations(evidence) if one.invariant not in fault.not_judged),
        ),
        recovery=recovered,
        duplicates=duplicates,
        cases=len(evidence.cases) - before,
        figures=fault.figures,
        seconds=time.monotonic() - begun,
        not_judged=fault.not_judged,
    )
