"""Who reads a region's things where nothing runs. With a running system it is tested in
tests/journeys/lived/test_looking_back.py.
"""

from pathlib import Path

import pytest
from kvitt.local.problems import LocalProblem
from kvitt.region_system import RegionSystem


def test_where_nothing_was_started_that_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KVITT_URLS", raising=False)

    with pytest.raises(LocalProblem, match="kvitt up"):
        RegionSystem.each(tmp_path, "ac")


def test_a_service_that_does_not_answer_is_told() -> None:
    system = RegionSystem("ac", {"orders": "http://127.0.0.1:1"}, "a-token")

    with pytest.raises(LocalProblem, match="orders does not answer"):
        system.get("orders", "/payers")
    with pytest.raises(LocalProblem, match="no service bmb"):
        system.get("bmb", "/transfers")
