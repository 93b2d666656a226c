"""The month that is looked back on was lived through kills; that it ends as expected is in
test_story.py.
"""

import pytest
from kvitt_contracts.topics import SERVICES

from tests.journeys.lived.system import KILLED_ON, Lived

pytestmark = [pytest.mark.timeout(1800)]


def test_every_service_was_killed_at_three_points_with_work_waiting(past: Lived) -> None:
    assert sorted(name for name, _ in past.kills) == sorted([*SERVICES] * KILLED_ON)
    assert [name for name, waiting in past.kills if not waiting] == []
    assert past.restarts == dict.fromkeys(SERVICES, KILLED_ON)
