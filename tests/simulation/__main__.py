"""`make simulate`: many seeds, or one with its story. Prints figures; the exit code is theirs."""

import argparse
import gc
import sys
import time
from collections import Counter
from collections.abc import Sequence

from tests.simulation.run import Run, run
from tests.simulation.shrink import shrink
from tests.simulation.transitions import (
    Transition,
    consumer_transitions,
    drain_transitions,
    missing,
    relay_transitions,
)

ENOUGH_SEEDS = 10_000
"""From so many on, every transition must have been seen."""
SHOWN = 3
LEAST_STEPS = 200


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the arguments say. Answers 0 when all holds."""
    parser = argparse.ArgumentParser(prog="make simulate", description=__doc__)
    parser.add_argument("--seeds", type=int, default=ENOUGH_SEEDS, help="how many")
    parser.add_argument("--first", type=int, default=0, help="the first of them")
    parser.add_argument("--seed", type=int, help="only this one, with its story")
    chosen = parser.parse_args(arguments)
    if chosen.seed is not None:
        return _tell(run(chosen.seed, trace=True))
    return _many(range(chosen.first, chosen.first + chosen.seeds))


def _many(seeds: Sequence[int]) -> int:
    began = time.process_time()
    gc.disable()  # a run's cycles are let go below, all at once
    total = _Total()
    for seed in seeds:
        total.add(run(seed))
        if seed % 50 == 0:
            gc.collect()
    gc.enable()
    seconds = time.process_time() - began
    print(
        f"{len(seeds)} seeds, {total.steps} steps, {total.crashes} kills, {seconds:.0f} s of CPU; "
        f"steps per seed {total.steps // len(seeds)} ({total.least_steps} at least), "
        f"kills per seed {total.crashes / len(seeds):.1f} ({total.least_crashes} at least); "
        f"healed within {total.healed_in:.1f} virtual seconds"
    )
    print("verdicts:", ", ".join(f"{what} {n}" for what, n in total.verdicts.most_common()))
    uncovered = total.uncovered()
    must_cover = len(seeds) >= ENOUGH_SEEDS
    for failed in total.failed[:SHOWN]:
        print(f"\nseed {failed.seed}: {failed.violation}\nshrunk:")
        _tell(shrink(failed))
    print(f"{len(total.failed)} seeds failed: {[one.seed for one in total.failed[:20]]}")
    is_small = total.least_steps < LEAST_STEPS or total.least_crashes < 1
    return 1 if total.failed or is_small or (uncovered and must_cover) else 0


class _Total:
    """What came of many runs."""

    def __init__(self) -> None:
        self.steps = self.crashes = 0
        self.least_steps = self.least_crashes = sys.maxsize
        self.healed_in = 0.0
        self.verdicts: Counter[str] = Counter()
        self.relay: Counter[Transition] = Counter()
        self.consumer: Counter[Transition] = Counter()
        self.drain: Counter[Transition] = Counter()
        self.failed: list[Run] = []

    def add(self, done: Run) -> None:
        """Count a run; keep it only when it failed."""
        self.steps += done.steps
        self.crashes += done.crashes
        self.least_steps = min(self.least_steps, done.steps)
        self.least_crashes = min(self.least_crashes, done.crashes)
        self.healed_in = max(self.healed_in, done.healed_in)
        self.verdicts.update({str(what): n for what, n in done.record.verdicts.items()})
        self.relay.update(done.record.relay_transitions())
        self.consumer.update(done.record.consumer)
        self.drain.update(done.record.drain)
        if done.violation is not None:
            self.failed.append(done)

    def uncovered(self) -> int:
        """Print what was not gone through; answer how much."""
        count = 0
        for what, seen, there_is in (
            ("relay", self.relay, relay_transitions()),
            ("consumer", self.consumer, consumer_transitions()),
            ("drain", self.drain, drain_transitions()),
        ):
            left = missing(there_is, seen)
            count += len(left)
            rare = min((seen[one] for one in there_is if one in seen), default=0)
            print(
                f"the {what}'s transitions: {len(there_is)}, not gone through: {len(left)}; "
                f"the rarest {rare} times"
            )
            for before, happened, after in left:
                print(f"  {before or 'start'} – {happened} → {after}")
        return count


def _tell(done: Run) -> int:
    print("\n".join(done.trace))
    print(
        f"seed {done.seed}: {done.steps} steps, {done.crashes} kills, healed in "
        f"{done.healed_in:.1f} virtual seconds: {done.violation or 'all holds'}"
    )
    return 1 if done.violation else 0


if __name__ == "__main__":
    sys.exit(main())
