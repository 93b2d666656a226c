"""`make attack`: attacks a whole local system, and prints what was tried and what was found."""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random, SystemRandom

from tests.attack import connections, edge, generated, matrix
from tests.attack.setting import Attack, Attacked
from tests.telling import machine, say

# decision 0525: an attack is a test, with a seed and an end
_PARTS: dict[str, tuple[Callable[[Attack], None], float]] = {
    "credentials": (matrix.attack, 0.25),
    "requests": (generated.attack, 0.25),
    "kafka": (edge.attack, 0.25),
    "connections": (connections.attack, 0.25),
}
"""Each part, and its share of the time."""
_LEAST_SECONDS = 60.0
"""So much is left for the parts, however long the system has taken to start."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Gives the exit code: 1 when something was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.attack", description=__doc__)
    parser.add_argument("--seconds", type=float, default=120.0, help="with the system's start")
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(10**6))
    parser.add_argument("--part", default="", help=f"of {', '.join(_PARTS)}, with commas between")
    chosen = parser.parse_args(arguments)
    named = list(filter(None, chosen.part.split(","))) or list(_PARTS)
    begun = time.monotonic()
    directory = Path(tempfile.mkdtemp(prefix="kvitt-attack-"))
    say(f"seed {chosen.seed}, {machine()}; logs are in {directory}/state/logs")
    with Attacked(directory, seed=chosen.seed) as world:
        say(f"a system is up after {time.monotonic() - begun:.0f} s")
        left = max(_LEAST_SECONDS, begun + chosen.seconds - time.monotonic())
        shares = sum(_PARTS[name][1] for name in named)
        attacks = []
        for name in named:
            part, share = _PARTS[name]
            until = time.monotonic() + left * share / shares
            on = Attack(world, Random(f"{chosen.seed}/{name}"), until)
            since = time.monotonic()
            part(on)
            say(_told(name, on, time.monotonic() - since))
            attacks.append(on)
    found = sum(len(on.findings) for on in attacks)
    say(f"{found} found in {time.monotonic() - begun:.0f} s; again: make attack SEED={chosen.seed}")
    return 1 if found else 0


def _told(name: str, on: Attack, seconds: float) -> str:
    tried = ", ".join(f"{what} {number}" for what, number in sorted(on.tried.items()))
    lines = [f"== {name}, {seconds:.0f} s", f"  tried: {tried}"]
    lines += [f"  {what}: {figure}" for what, figure in on.figures.items()]
    lines += [f"  FOUND, {times} times: {what}" for what, times in sorted(on.findings.items())]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
