"""One run: a system, its trouble, the healing, the invariants. The same seed, the same run."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.simulation.chance import Chance, Tape
from tests.simulation.checks import check, lagging
from tests.simulation.record import Record, Violation
from tests.simulation.system import System
from tests.simulation.trouble import Trouble
from tests.simulation.world import World

# decision 0110: relay and consumer are simulated
TROUBLED_STEPS = 700
HEALED_SECONDS = 200.0
_LOOK_SECONDS = 0.5


@dataclass(slots=True, kw_only=True)
class Run:
    """What came of a run. `healed_in`: virtual seconds from trouble's end to the end of lag."""

    seed: int
    troubled_steps: int
    steps: int
    crashes: int
    healed_in: float
    record: Record
    violation: Violation | None
    tape: Tape = field(repr=False)
    trace: list[str] = field(repr=False)


def run(
    seed: int,
    *,
    troubled_steps: int = TROUBLED_STEPS,
    tape: Sequence[float] | None = None,
    trace: bool = False,
) -> Run:
    """Simulate a seed, or a tape in its place."""
    world = World(Chance(seed, tape), trace=trace)
    system = System(world)
    trouble = Trouble(system)
    violation = None
    healed_at = 0.0
    try:
        world.run(until=float("inf"), steps=troubled_steps)
        while not world.crashes:  # a slow seed: its first crash is still to come
            world.run(until=float("inf"), steps=20)
        healed_at = world.now
        trouble.heal()
        _heal(system, trouble)
        check(system)
    except Violation as found:
        violation = found
        world.note(str(found))
    return Run(
        seed=seed,
        troubled_steps=troubled_steps,
        steps=world.steps,
        crashes=world.crashes,
        healed_in=world.now - healed_at,
        record=system.record,
        violation=violation,
        tape=world.chance.drawn,
        trace=world.trace or [],
    )


def _heal(system: System, trouble: Trouble) -> None:
    """I8: all lag is gone in time, by itself."""
    world = system.world
    deadline = world.now + HEALED_SECONDS
    while world.now < deadline:
        trouble.decide()
        until = world.now + _LOOK_SECONDS
        world.run(until=until, steps=100_000)
        world.now = max(world.now, until)
        if next(lagging(system), None) is None:
            return
    raise Violation("I8", f"after {HEALED_SECONDS:.0f} s: {'; '.join(lagging(system))}")
