"""The short form of `make races`: the same seed is the same run, and goes through many ways."""

from collections import Counter

import pytest

from tests.races.lot import Wanted, counted, explore, seeds
from tests.races.system import System

pytestmark = pytest.mark.long(seconds=100)

LOT = 120


async def test_runs_go_through_every_way_that_a_transfer_and_a_pickup_have(system: System) -> None:
    runs = await explore(system, seeds(range(LOT)))
    seen: Counter[str] = Counter(counted(runs))

    ends = (
        *("completed", "refused", "rejected", "withdrawn", "cancelled", "dissolved"),
        *("voided", "locked", "unlocked"),
    )
    assert {end for end in ends if not seen[f"is {end}"]} == set()
    of_pickups = ("registered", "refused", "voided", "closed")
    assert {end for end in of_pickups if not seen[f"pickup is {end}"]} == set()
    assert seen["registers a return"]
    done = ("scraps", "counts", "posts a stocktaking", "reports a device", "finds")
    assert {what for what in (*done, "withdraws from a store") if not seen[what]} == set()


@pytest.mark.thorough
async def test_the_same_seed_is_the_same_run(system: System) -> None:
    (first,) = await explore(system, [Wanted(seed=7)], is_told=True)
    (again,) = await explore(system, [Wanted(seed=7)], is_told=True)
    (taped,) = await explore(system, [Wanted(seed=7, tape=first.tape)], is_told=True)

    assert [line for line in first.story if not line.startswith(" ")]
    for other in (again, taped):
        assert other.tape == first.tape
        assert _steps(other.story) == _steps(first.story)


def _steps(story: list[str]) -> list[str]:
    """What was done, without the events: their ids are each run's own."""
    return [line for line in story if not line.startswith(" ")]
