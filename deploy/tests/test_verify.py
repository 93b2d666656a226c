"""`kvitt verify`: what its exit code and its table say. What it compares on a running system is in
tests/journeys/lived/test_looking_back.py.
"""

from typing import Any

import pytest
import typer
from kvitt.evidence import FAULTS
from kvitt.evidence import result_of as chain_result
from kvitt.evidence import tell as tell_chains
from kvitt.verify import result_of, tell
from kvitt_chassis.evidence.chain import Fault

EQUAL: dict[str, Any] = {
    "service": "inventory",
    "check": "custody",
    "what": "each device's custody by day and its events replayed",
    "at": "2026-05-05T01:00:00+00:00",
    "differences": 0,
    "shown": [],
    "failed": None,
}


@pytest.mark.parametrize(
    ("changes", "said", "code"),
    [
        ({}, "equal", 0),
        ({"at": None}, "", 0),
        ({"differences": 2}, "2 differ", 1),
        ({"failed": "KafkaError in said"}, "could not be made: KafkaError in said", 1),
    ],
    ids=["equal", "never", "differs", "failed"],
)
def test_the_result_is_said_and_the_exit_code_follows_it(
    changes: dict[str, Any], said: str, code: int
) -> None:
    found = EQUAL | changes

    assert result_of(found) == said
    with pytest.raises(typer.Exit) as ended:
        tell([EQUAL, found], as_json=True)
    assert ended.value.exit_code == code


HOLDS: dict[str, Any] = {
    "service": "orders",
    "log": "person_accesses",
    "region": "m",
    "length": 40,
    "thinned": 10,
    "sealed_until": "2026-05-05T01:00:00+00:00",
    "mac": "ab",
    "broken": None,
}


@pytest.mark.parametrize(
    ("broken", "said", "code"),
    [
        (None, "holds", 0),
        (
            {"fault": "altered", "position": 12, "row_key": "7"},
            "a row was altered or moved at row 12 of the chain (7)",
            1,
        ),
        (
            {"fault": "cut", "position": 41, "row_key": None},
            "rows were cut off, or sealed anew, at row 41 of the chain",
            1,
        ),
    ],
    ids=["holds", "altered", "cut"],
)
def test_a_chain_that_does_not_hold_is_said_where_and_the_exit_code_follows_it(
    broken: dict[str, Any] | None, said: str, code: int
) -> None:
    found = HOLDS | {"broken": broken}

    assert chain_result(found) == said
    with pytest.raises(typer.Exit) as ended:
        tell_chains([HOLDS, found], as_json=False)
    assert ended.value.exit_code == code
    assert set(Fault) == set(FAULTS)
