"""`make races`: many seeds on every core, or one with its story. The exit code is theirs."""

import argparse
import asyncio
import logging
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from kvitt_testkit.platform import Platform

from tests.races.course import STEPS
from tests.races.lot import explore, seeds
from tests.races.run import Run
from tests.races.setting import the_policies
from tests.races.shares import Urls, share, urls_of
from tests.races.shrink import shrink
from tests.races.system import System
from tests.telling import machine, say

ENOUGH_RUNS = 50_000
SHOWN = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the arguments say. Answers 0 when all holds."""
    parser = argparse.ArgumentParser(prog="make races", description=__doc__)
    parser.add_argument("--runs", type=int, default=ENOUGH_RUNS, help="how many")
    parser.add_argument("--first", type=int, default=0, help="the first of them")
    parser.add_argument("--steps", type=int, default=STEPS, help="how long each is in trouble")
    parser.add_argument("--seed", type=int, help="only this one, with its story")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes")
    chosen = parser.parse_args(arguments)
    logging.disable(logging.ERROR)  # what fails on purpose is logged by the services as what it is
    with tempfile.TemporaryDirectory(prefix="kvitt-races-") as directory:
        platform = Platform.start(Path(directory))
        try:
            if chosen.seed is not None:
                return asyncio.run(_tell(urls_of(platform, 0), chosen.seed, chosen.steps))
            wanted = range(chosen.first, chosen.first + chosen.runs)
            return _many(platform, wanted, chosen.steps, chosen.workers)
        finally:
            platform.stop()


def _many(platform: Platform, wanted: Sequence[int], steps: int, workers: int) -> int:
    began = time.monotonic()
    total: Counter[str] = Counter()
    failed: list[int] = []
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        parts_wanted = [wanted[number::workers] for number in range(workers)]
        parts = [
            pool.submit(share, urls_of(platform, number), part, steps)
            for number, part in enumerate(parts_wanted)
        ]
        for part in parts:
            counts, broken = part.result()
            total.update(counts)
            failed += broken
    seconds = time.monotonic() - began
    say(f"{len(wanted)} runs of {steps} steps in {seconds:.0f} s on {machine()}, {workers} at once")
    say(", ".join(f"{what} {number}" for what, number in total.most_common()))
    failed.sort()
    for seed in failed[:SHOWN]:
        asyncio.run(_tell(urls_of(platform, 0), seed, steps, is_shrunk=True))
    say(f"{len(failed)} runs failed: {failed[:20]}")
    return 1 if failed else 0


async def _tell(urls: Urls, seed: int, steps: int, *, is_shrunk: bool = False) -> int:
    system = System(urls, the_policies())
    try:
        (run,) = await explore(system, seeds([seed], steps=steps), is_told=True)
        if is_shrunk and run.violations:
            say(f"\nseed {seed}: {run.violations[0]}\nshrunk:")
            run = await shrink(system, run)
        return _say(run)
    finally:
        await system.close()


def _say(run: Run) -> int:
    say("\n".join(run.story))
    for one in run.violations:
        say(f"does not hold: {one}")
    again = f"make races SEED={run.seed}"
    say(f"seed {run.seed} in {run.region}: {'all holds' if not run.violations else again}")
    return 1 if run.violations else 0


if __name__ == "__main__":
    sys.exit(main())
