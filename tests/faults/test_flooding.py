"""What one bad region's rounds say, and how they are judged: planted rounds, no servers."""

from dataclasses import replace

import pytest

from tests.faults.flooding import Round, Seen, send
from tests.faults.scenarios.regions import FLOOR_SECONDS, OWN_SECONDS, SETTLED_SECONDS, judged

FAST = Seen([0.1] * 98 + [0.2, 0.3], unseen=0)
ALONE = Round(flood="", good=FAST, own=FAST, flooded=0, unanswered=0, settled=0.5)
FLOODED = replace(ALONE, flood="refused", flooded=320)


def test_p99_is_what_one_in_a_hundred_exceeds() -> None:
    assert FAST.at(0.5) == 0.1
    assert FAST.at(0.99) == 0.3


def test_a_message_that_became_nothing_makes_every_share_infinite() -> None:
    assert Seen([0.1], unseen=1).at(0.5) == float("inf")
    assert Seen([], unseen=0).at(0.5) == float("inf")


def test_a_round_as_fast_as_alone_is_no_violation() -> None:
    assert judged(FLOODED, ALONE) == []


def test_a_slow_round_below_the_floor_is_none_either() -> None:
    below = replace(FLOODED, good=Seen([FLOOR_SECONDS - 0.1] * 100, unseen=0))

    assert judged(below, ALONE) == []


@pytest.mark.parametrize(
    ("changed", "invariant"),
    [
        ({"good": Seen([0.1], unseen=1)}, "I1"),
        ({"own": Seen([0.1], unseen=1)}, "I1"),
        ({"unanswered": 1}, "I1"),
        ({"good": Seen([FLOOR_SECONDS + 0.1] * 100, unseen=0)}, "I7"),
        ({"own": Seen([OWN_SECONDS + 0.1] * 100, unseen=0)}, "I7"),
        ({"settled": SETTLED_SECONDS + 1.0}, "I8"),
    ],
)
def test_what_is_lost_or_slow_is_found(changed: dict[str, object], invariant: str) -> None:
    found = judged(replace(FLOODED, **changed), ALONE)  # type: ignore[arg-type]  # as parametrized

    assert invariant in {one.invariant for one in found}


def test_streams_are_called_in_turn_at_their_rates() -> None:
    calls: list[str] = []

    send([(10.0, lambda: calls.append("a")), (20.0, lambda: calls.append("b"))], seconds=0.2)

    assert calls == ["a", "b", "b", "a", "b", "b"]
