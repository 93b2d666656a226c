"""Part `one-bad-region`: how long one region's messages take while another floods, beside how long
they take alone.
"""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random

from tests.bench.machine import tell
from tests.bench.report import Section, Table
from tests.faults.flooding import (
    FLOODS,
    GOOD_RATE,
    OWN_RATE,
    REFUSED_RATE,
    UNREADABLE_RATE,
    VALID_RATE,
    WAITING,
    Flooding,
    Round,
    Seen,
)
from tests.faults.world import World

_SEED = 11
_TOLD = {
    "refused": f"{REFUSED_RATE:.0f}/s refused",
    "unreadable": f"{UNREADABLE_RATE:.0f}/s unreadable",
    "waiting": f"{WAITING:,} facts that wait, at once",
    "valid": f"{VALID_RATE:.0f}/s valid",
}


async def measure(*, quick: bool) -> Section:
    """Each flood in turn with a round alone. Waits in this thread, so that Ctrl-C ends it."""
    seconds = 5.0 if quick else 20.0
    section = Section("one-bad-region", "One bad region")
    with _running() as flooding:
        pairs = [_pair(flooding, flood, seconds=seconds) for flood in FLOODS]
    section.tables.append(
        Table(
            f"Publish to visible of {GOOD_RATE:.0f} good messages/s of bd, facts and orders in "
            f"turn, {seconds:.0f} s alone and then while ac floods the same service "
            "(goal: p99 ≤ 3 × alone)",
            _COLUMNS,
            [_row(alone, under) for alone, under in pairs],
            "Visible: Kafka has the first event that the message caused. *ac's own*: "
            f"{OWN_RATE:.0f} good messages/s of ac beside its flood. *Unanswered*: messages of the "
            "flood that have become neither an event, nor a refusal, nor an entry in quarantine. "
            "*Settled*: seconds from the last message (or, for facts that wait, from the first of "
            "the payers that they name) until no service had anything in hand.",
        )
    )
    return section


def one_flood(flood: str, *, seconds: float) -> dict[str, float]:
    """One pair of rounds on a system of its own; figures by name and unit."""
    with _running() as flooding:
        alone, under = _pair(flooding, flood, seconds=seconds)
    if under.good.unseen or under.unanswered:
        raise RuntimeError(f"{under.good.unseen} good and {under.unanswered} others unanswered")
    return {
        f"{_TOLD[flood]}: p99 of bd alone|ms": 1000 * alone.good.at(0.99),
        f"{_TOLD[flood]}: p99 of bd|ms": 1000 * under.good.at(0.99),
        f"{_TOLD[flood]}: p99 of ac's own|ms": 1000 * under.own.at(0.99),
        f"{_TOLD[flood]}: settled|s": under.settled,
    }


_COLUMNS = [
    "ac sends",
    "bd alone: p50, p99 s",
    "bd: p50, p99 s",
    "p99 times alone",
    "ac's own: p50, p99 s",
    "of the flood",
    "unanswered",
    "settled s",
]


@contextmanager
def _running() -> Iterator[Flooding]:
    directory = Path(tempfile.mkdtemp(prefix="kvitt-bench-"))
    try:
        with World(directory, seed=_SEED) as world:
            flooding = Flooding(world, Random(_SEED))
            flooding.round("", seconds=3.0)  # the first of each kind take longer
            yield flooding
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _pair(flooding: Flooding, flood: str, *, seconds: float) -> tuple[Round, Round]:
    tell(f"one bad region: alone, then {_TOLD[flood]}")
    return flooding.round("", seconds=seconds), flooding.round(flood, seconds=seconds)


def _row(alone: Round, under: Round) -> Sequence[str]:
    return [
        _TOLD[under.flood],
        _seen(alone.good),
        _seen(under.good),
        f"{under.good.at(0.99) / alone.good.at(0.99):.1f}",
        _seen(under.own),
        f"{under.flooded:,}",
        f"{under.unanswered}",
        f"{under.settled:.1f}",
    ]


def _seen(seen: Seen) -> str:
    return f"{seen.at(0.5):.3f}, {seen.at(0.99):.3f}"
