"""`kvitt verify`: what its exit code and its table say. What it compares on a running system is in
tests/journeys/lived/test_looking_back.py.
"""

from typing import Any

import pytest
import typer
from kvitt.verify import result_of, tell

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
