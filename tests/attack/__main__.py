"""`make attack`: attacks a whole local system, and prints what was tried and what was found."""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import SystemRandom

import psutil

from tests.attack import (
    aftermath,
    connections,
    edge,
    entrance,
    flood,
    generated,
    matrix,
    portal,
    probing,
)
from tests.attack.bound import end_in_order_by_signals, within
from tests.attack.setting import Attack, Attacked
from tests.telling import machine, say

Part = Callable[[Attack], None]

# decision 0525: an attack is a test, with a seed and an end
PARTS: dict[str, tuple[Part, float]] = {
    "credentials": (matrix.attack, 0.13),
    "probing": (probing.attack, 0.11),
    "portal": (portal.attack, 0.11),
    "requests": (generated.attack, 0.16),
    "kafka": (edge.attack, 0.15),
    "entrance": (entrance.attack, 0.10),
    "connections": (connections.attack, 0.16),
    "flood": (flood.attack, 0.08),
}
"""Each part, and its share of the time."""
_START_SECONDS, _END_SECONDS = 600.0, 120.0
_GRACE_SECONDS = 90.0
"""So much longer than its share may a part take: what it has sent is to come to its end."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Gives the exit code: 1 when something was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.attack", description=__doc__)
    parser.add_argument("--seconds", type=float, default=120.0, help="beside the system's start")
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(10**6))
    parser.add_argument("--part", default="", help=f"of {', '.join(PARTS)}, with commas between")
    chosen = parser.parse_args(arguments)
    named = list(filter(None, chosen.part.split(","))) or list(PARTS)
    if wrong := set(named) - set(PARTS):
        parser.error(f"no part is called {', '.join(sorted(wrong))}")
    again = f"make attack SEED={chosen.seed} SECONDS={chosen.seconds:.0f}"
    end_in_order_by_signals()
    begun = time.monotonic()
    directory = Path(tempfile.mkdtemp(prefix="kvitt-attack-"))
    say(f"seed {chosen.seed}, {machine()}; logs are in {directory}/state/logs")
    with _attacked(directory, chosen.seed, again) as world:
        say(f"a system is up after {time.monotonic() - begun:.0f} s")
        since = time.monotonic()
        attacks = [
            attack(name, world, chosen.seed, seconds, again=f"{again} PART={name}")
            for name, seconds in shares(named, chosen.seconds)
        ]
        say(f"all parts took {time.monotonic() - since:.0f} s")
    found = sum(len(on.findings) for on in attacks) + _left_over()
    if not found:
        shutil.rmtree(directory, ignore_errors=True)
    say(f"{found} found in {time.monotonic() - begun:.0f} s; again: {again}")
    return 1 if found else 0


def shares(named: Sequence[str], seconds: float) -> list[tuple[str, float]]:
    """The seconds of each part that was named."""
    whole = sum(PARTS[name][1] for name in named)
    return [(name, seconds * PARTS[name][1] / whole) for name in named]


def attack(name: str, world: Attacked, seed: int, seconds: float, *, again: str) -> Attack:
    """One part, and what it has left behind. What breaks it off is found, and the next begins."""
    part, since = PARTS[name][0], time.monotonic()
    on = Attack(world, f"{seed}/{name}", since + seconds)
    say(f"-- {name}, {seconds:.0f} s")
    logs = aftermath.Logs(world)
    with within(seconds + _GRACE_SECONDS, name, again=again):
        try:
            part(on)
        except Exception as error:  # noqa: BLE001  # the other parts are tried all the same
            on.find("the part broke off", error=repr(error)[:300], at=aftermath.place_of(error))
        aftermath.judge(on, logs)
    say(_told(name, on, time.monotonic() - since))
    return on


@contextmanager
def _attacked(directory: Path, seed: int, again: str) -> Iterator[Attacked]:
    world = Attacked(directory, seed=seed)
    with within(_START_SECONDS, "the system's start", again=again):
        world.__enter__()
    try:
        yield world
    finally:
        with within(_END_SECONDS, "the system's end", again=again):
            world.__exit__(None, None, None)


def _left_over() -> int:
    """How many processes have outlived the system."""
    found = [one for one in psutil.Process().children(recursive=True) if one.is_running()]
    left = [one for one in found if "process_reaper" not in " ".join(one.cmdline())]
    for one in left:
        say(f"  FOUND: a process is left: {one.pid} {one.name()}")
        one.kill()
    return len(left)


def _told(name: str, on: Attack, seconds: float) -> str:
    tried = ", ".join(f"{what} {number}" for what, number in sorted(on.tried.items()))
    lines = [f"== {name}, {seconds:.0f} s", f"  tried: {tried}"]
    lines += [f"  {what}: {figure}" for what, figure in on.figures.items()]
    lines += [f"  FOUND, {times} times: {what}" for what, times in sorted(on.findings.items())]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
