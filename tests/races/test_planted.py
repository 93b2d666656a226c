"""`make races` finds what is planted, and shrinks it."""

import pytest

from tests.races.lot import explore, seeds
from tests.races.planted import PLANTED, Planted
from tests.races.shrink import shrink
from tests.races.system import System

pytestmark = pytest.mark.long(seconds=160)

SEEN_WITHIN = 60
"""A planted fault is met by one of so many seeds."""


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.what)
async def test_a_planted_fault_is_found(system: System, planted: Planted) -> None:
    with planted.in_place():
        runs = await explore(system, seeds(range(SEEN_WITHIN)))

    found = {one.invariant for run in runs for one in run.violations}
    assert found & set(planted.breaks), f"{SEEN_WITHIN} seeds hold although {planted.what}"


async def test_a_failing_run_is_shrunk_and_still_fails(system: System) -> None:
    planted = next(one for one in PLANTED if one.what == "what is rejected stays held")
    with planted.in_place():
        runs = await explore(system, seeds(range(SEEN_WITHIN)))
        failed = next(run for run in runs if run.violations)
        small = await shrink(system, failed)

    assert small.violations[0].invariant == failed.violations[0].invariant
    assert small.steps < failed.steps
    assert sum(map(bool, small.tape)) < sum(map(bool, failed.tape))
