"""Some short runs, of the many that `make races` makes: in whatever order it comes, what must hold
holds.
"""

import pytest

from tests.races.lot import explore, seeds
from tests.races.system import System

pytestmark = pytest.mark.long(seconds=45)

LOTS, RUNS, STEPS = 2, 60, 8


@pytest.mark.parametrize("lot", range(LOTS))
async def test_in_whatever_order_it_comes_what_must_hold_holds(system: System, lot: int) -> None:
    """Tell the story of a seed that fails: python -m tests.races --steps 8 --seed SEED."""
    wanted = seeds(range(lot * RUNS, (lot + 1) * RUNS), steps=STEPS)

    runs = await explore(system, wanted)

    assert {run.seed: run.violations for run in runs if run.violations} == {}
