"""`kvitt policy what-if` before it has asked anybody: what it refuses. What it tells of a running
system is in tests/journeys/lived/test_looking_back.py.
"""

from pathlib import Path

import pytest
from kvitt.local.problems import LocalProblem
from kvitt.local.supervisor import default_regions_dir
from kvitt.what_if.past import event_of

from deploy.tests.printing import printed


def what_if(file: Path, *, region: str) -> str:
    """What is printed. Raises what the command raises."""
    command = ("policy", "what-if", "--region", region, "--policy", str(file))
    return printed(*command, "--since", "2026-01-01")


@pytest.mark.parametrize(
    ("region", "outcome", "told"),
    [("ac", "voided", "transfer.expiry.outcome"), ("bd", "void", "asked for is bd")],
)
def test_a_file_that_is_no_policy_of_the_region_is_told(
    region: str, outcome: str, told: str, tmp_path: Path
) -> None:
    text = (default_regions_dir() / "ac.yaml").read_text(encoding="utf-8")
    file = tmp_path / "new.yaml"
    file.write_text(text.replace("outcome: auto_execute", f"outcome: {outcome}"), encoding="utf-8")

    with pytest.raises(LocalProblem, match=told):
        what_if(file, region=region)


def test_a_region_that_is_none_is_told() -> None:
    with pytest.raises(LocalProblem, match="no region's code"):
        what_if(default_regions_dir() / "ac.yaml", region="dalarna")


def test_an_event_of_a_newer_release_is_told() -> None:
    with pytest.raises(LocalProblem, match=r"bmb\.transfer\.forgotten\.v1"):
        event_of({"type": "bmb.transfer.forgotten.v1", "data": {}})
