"""Part `one-bad-region`: how long one region's messages take while another floods, beside how long
they take alone.
"""

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from statistics import median

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
    """Turns of a round alone and one with each flood. Waits in this thread: Ctrl-C ends it."""
    seconds, turns = (5.0, 1) if quick else (16.0, 5)
    section = Section("one-bad-region", "One bad region")
    with _running() as flooding:
        found = [_turn(flooding, number, turns, seconds=seconds) for number in range(turns)]
    alone = [rounds[""] for rounds in found]
    section.tables.append(
        Table(
            f"Publish to visible of {GOOD_RATE:.0f} good messages/s of bd, facts and orders in "
            f"turn: rounds of {seconds:.0f} s alone and while ac floods the same service, in "
            f"{turns} turns whose order changes (goal: p99 ≤ 3 × alone)",
            _COLUMNS,
            [_alone_row(alone), *(_row(alone, [one[flood] for one in found]) for flood in FLOODS)],
            "Visible: Kafka has the first event that the message caused. *p99* is of all messages "
            "of all rounds; *times alone* is each turn's p99 through that of its round alone, the "
            "median of the turns and the lowest and highest. *ac's own*: "
            f"{OWN_RATE:.0f} good messages/s of ac beside its flood. *Unanswered*: messages of the "
            "flood that have become neither an event, nor a refusal, nor an entry in quarantine. "
            "*Settled*: seconds from the last message (or, for facts that wait, from the first of "
            "the payers that they name) until no service had anything in hand, the median.",
        )
    )
    return section


def one_flood(flood: str, *, seconds: float) -> dict[str, float]:
    """One pair of rounds on a system of its own; figures by name and unit."""
    with _running() as flooding:
        tell(f"one bad region: alone, then {_TOLD[flood]}")
        alone, under = (flooding.round(kind, seconds=seconds) for kind in ("", flood))
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
    "messages of bd",
    "bd: p50, p99 s",
    "p99 times alone: median (lowest–highest)",
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


def _turn(flooding: Flooding, number: int, turns: int, *, seconds: float) -> dict[str, Round]:
    """A round of each kind; every other turn backwards, so that none always follows the same."""
    kinds = ("", *FLOODS)[:: 1 if number % 2 == 0 else -1]
    found = {}
    for kind in kinds:
        tell(f"one bad region, turn {number + 1} of {turns}: {_TOLD.get(kind, 'alone')}")
        found[kind] = flooding.round(kind, seconds=seconds)
    return found


def _alone_row(alone: Sequence[Round]) -> Sequence[str]:
    good = _all(one.good for one in alone)
    own = _seen(_all(one.own for one in alone))
    return ["nothing but its own", f"{len(good.seconds):,}", _seen(good), "", own, "", "", ""]


def _row(alone: Sequence[Round], under: Sequence[Round]) -> Sequence[str]:
    good = _all(one.good for one in under)
    times = [
        flooded.good.at(0.99) / calm.good.at(0.99)
        for calm, flooded in zip(alone, under, strict=True)
    ]
    return [
        _TOLD[under[0].flood],
        f"{len(good.seconds):,}",
        _seen(good),
        f"{median(times):.1f} ({min(times):.1f}–{max(times):.1f})",
        _seen(_all(one.own for one in under)),
        f"{sum(one.flooded for one in under):,}",
        f"{sum(one.unanswered for one in under)}",
        f"{median(one.settled for one in under):.1f}",
    ]


def _all(rounds: Iterable[Seen]) -> Seen:
    seen = list(rounds)
    seconds = sorted(second for one in seen for second in one.seconds)
    return Seen(seconds, sum(one.unseen for one in seen))


def _seen(seen: Seen) -> str:
    return f"{seen.at(0.5):.3f}, {seen.at(0.99):.3f}"
