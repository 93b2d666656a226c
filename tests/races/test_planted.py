"""`make races` finds what is planted, and shrinks it: some of it by `make thorough`, all of it by
`make races PLANTED=1`.
"""

import os

import pytest

from tests.races.lot import explore, seeds
from tests.races.planted import PLANTED, Planted
from tests.races.run import Run
from tests.races.shrink import shrink
from tests.races.system import System

pytestmark = [pytest.mark.long(seconds=60), pytest.mark.thorough]

SOME = PLANTED if os.environ.get("KVITT_ALL_PLANTED") else PLANTED[::8]

SEEN_WITHIN = 90
"""A planted fault is met by one of so many seeds."""

AT_ONCE = 15
"""So many are tried before it is asked whether one has met it."""

LOTS = 5
"""So much is spent on making a failing run smaller: smaller is enough here, not smallest."""


@pytest.mark.parametrize("planted", SOME, ids=lambda planted: planted.what)
async def test_a_planted_fault_is_found(system: System, planted: Planted) -> None:
    with planted.in_place():
        met = await first_that_meets(planted, system)

    assert met is not None, f"{SEEN_WITHIN} seeds hold although {planted.what}"


async def test_a_failing_run_is_shrunk_and_still_fails(system: System) -> None:
    planted = next(one for one in PLANTED if one.what == "what is rejected stays held")
    with planted.in_place():
        failed = await first_that_meets(planted, system)
        assert failed is not None
        small = await shrink(system, failed, lots=LOTS)

    assert small.violations[0].invariant == failed.violations[0].invariant
    assert small.steps < failed.steps
    assert sum(map(bool, small.tape)) < sum(map(bool, failed.tape))


async def first_that_meets(planted: Planted, system: System) -> Run | None:
    """A run that breaks what the fault breaks: of the seed that met it before, else the first of as
    many as it is met within.
    """
    lots = [range(first, first + AT_ONCE) for first in range(0, SEEN_WITHIN, AT_ONCE)]
    for numbers in ([planted.met_by], *lots):
        for run in await explore(system, seeds(numbers)):
            if {one.invariant for one in run.violations} & set(planted.breaks):
                return run
    return None
