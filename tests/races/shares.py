"""A worker's share of many runs, in lots. Not in `__main__`: there a spawned process does not find
what it is to do.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence

from kvitt.local.databases import DatabaseUrls
from kvitt_testkit.platform import Platform

from tests.races.lot import counted, explore, seeds
from tests.races.setting import the_policies
from tests.races.system import SERVICES, System
from tests.telling import say

LOT = 200
Urls = dict[str, DatabaseUrls]


def urls_of(platform: Platform, worker: int) -> Urls:
    """The databases of a worker."""
    return {name: platform.database(name, f"races{worker}_") for name in SERVICES}


def share(urls: Urls, wanted: Sequence[int], steps: int) -> tuple[Counter[str], list[int]]:
    """Make the runs of these seeds, in a process of its own. Answers counts, and which failed."""
    logging.disable(logging.ERROR)
    return asyncio.run(_lots(urls, wanted, steps))


async def _lots(urls: Urls, wanted: Sequence[int], steps: int) -> tuple[Counter[str], list[int]]:
    system = System(urls, the_policies())
    total: Counter[str] = Counter()
    failed: list[int] = []
    try:
        for at in range(0, len(wanted), LOT):
            runs = await explore(system, seeds(wanted[at : at + LOT], steps=steps))
            total.update(counted(runs))
            failed += [run.seed for run in runs if run.violations]
            say(f"{at + len(runs)} runs done, {len(failed)} failed")
    finally:
        await system.close()
    return total, failed
