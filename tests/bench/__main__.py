"""`python -m tests.bench`: measure, keep the figures, write the page. One command, some 40 minutes.

PART chooses parts by name (`memory`, half an hour, only so; `--help` tells of each); QUICK=1
measures little, leaves Debezium out, and writes under .kvitt instead of docs.
"""

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from kvitt.local.problems import LocalProblem
from kvitt.signals import ended_by_signals

from tests.bench import (
    consuming,
    feed,
    figures,
    inventory,
    invoicing,
    lasting,
    one_bad_region,
    orders,
    pickups,
    portal,
    profiling,
    relaying,
    report,
    slow_clients,
    transfers,
    writing,
    year,
)
from tests.bench.machine import description, tell

_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Part:
    """What is measured by itself: about how many minutes it takes on two cores, what it tells."""

    measure: Callable[..., Coroutine[None, None, report.Section]]
    minutes: int
    tells: str


_PARTS = {
    "system": Part(
        figures.measure,
        6,
        "start-up, idle, commit → effect, load until it queues, CPU an order, flows",
    ),
    "relay": Part(
        relaying.measure,
        6,
        "a backlog, its length, history, single events; beside raw parts and peers",
    ),
    "consumer": Part(
        consuming.measure, 2, "events to effects, beside raw parts and a peer; what fails"
    ),
    "writing": Part(
        writing.measure,
        4,
        "what an event costs its transaction, timers, the consumer against history",
    ),
    "one-bad-region": Part(
        one_bad_region.measure, 9, "how long a region waits while another floods"
    ),
    "slow-clients": Part(
        slow_clients.measure, 4, "how long HTTP takes beside connections that send nothing"
    ),
    "feed": Part(
        feed.measure,
        5,
        "effect → the region's system, by long poll and by webhook, at 100 effects/s",
    ),
    "portal": Part(
        portal.measure, 5, "pages while twenty people work: answers, first paint, weight, idle"
    ),
    "transfers": Part(
        transfers.measure,
        8,
        "one of fifty devices; a month of 20,000; the lists with 200,000 behind",
    ),
    "pickups": Part(
        pickups.measure,
        10,
        "one of fifty devices; lists with 1,000,000 pickups, work orders, reports, cases behind",
    ),
    "orders": Part(
        orders.measure,
        8,
        "the search with 1,000,000 orders behind, and for a person; a page; a draft; a receipt",
    ),
    "inventory": Part(
        inventory.measure,
        6,
        "the search among 200,000 articles; a stocktaking of 20,000 rows; returns; a past day",
    ),
    "invoicing": Part(
        invoicing.measure,
        16,
        "a month's run of 500,000 devices: minutes, memory; 20,000 lines; explanations",
    ),
    "year": Part(
        year.measure, 6, "a hundredth of a year of 21 regions in bursts: hours, memory, growth"
    ),
    "profile": Part(profiling.measure, 2, "where Python's time goes"),
    "memory": Part(lasting.measure, 30, "memory at 200 events/s, for MINUTES"),
}
_ONLY_WHEN_CHOSEN = {"memory"}


def main() -> int:
    """Exit code 1 when a part failed, 2 for a part that is not there."""
    if "--help" in sys.argv:
        parts = "".join(
            f"  {name:15} {part.minutes:2} min  {part.tells}\n" for name, part in _PARTS.items()
        )
        sys.stdout.write(f"{__doc__}\nParts, and how long each takes:\n{parts}")
        return 0
    chosen = os.environ.get("PART", "").split() or [
        one for one in _PARTS if one not in _ONLY_WHEN_CHOSEN
    ]
    if unknown := set(chosen) - set(_PARTS):
        sys.stderr.write(f"No part {', '.join(sorted(unknown))}; there are {', '.join(_PARTS)}.\n")
        return 2
    quick = os.environ.get("QUICK") == "1"
    docs = _ROOT / ".kvitt" / "bench" if quick else _ROOT / "docs"
    failed = []
    for part in chosen:
        tell(f"part {part}")
        machine, begun = description(), monotonic()
        try:
            with ended_by_signals():
                section = asyncio.run(_PARTS[part].measure(quick=quick))
        except (AssertionError, RuntimeError, TimeoutError, LocalProblem) as error:
            failed.append(part)
            tell(f"{part} failed, its figures stay as they were: {error!r}")
            continue
        section.machine, section.seconds = machine, monotonic() - begun
        report.keep(section, docs / "performance")
        sys.stdout.write(section.text() + "\n")
        sys.stdout.flush()
    report.write_page(docs / "performance.md", docs / "performance", list(_PARTS))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
