import asyncio
from datetime import date

import pytest
from kvitt.local.state import State
from kvitt.local.supervisor import LocalSystem, default_regions_dir
from kvitt.story.comparison import Kind
from kvitt.story.files import read_regions
from kvitt.story.running import MonthResult, run_month

from tests.journeys.months import (
    Tampered,
    add_region,
    altered,
    doubled,
    is_of_an_unmarked_article,
    removed,
    tamper,
    write_month,
)

pytestmark = [pytest.mark.timeout(1800), pytest.mark.long(seconds=60)]

SHORT_MONTH = date(2026, 5, 6)
TAMPERED = {
    "x": Tampered(wire_type="region.device.returned.v1", change=removed),
    "y": Tampered(wire_type="orders.withdrawal.register.v1", change=doubled),
    "z": Tampered(
        wire_type="orders.withdrawal.register.v1",
        change=altered,
        suits=is_of_an_unmarked_article,
    ),
}


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> MonthResult:
    """A short month, lived through by a region as it is and by three where one message is not."""
    directory = tmp_path_factory.mktemp("tampered")
    examples = write_month(directory / "examples", last_day=SHORT_MONTH)
    policies = directory / "policies"
    for code, tampered in TAMPERED.items():
        tamper(add_region(examples, policies, like="ac", code=code), tampered)
    policy = default_regions_dir() / "ac.yaml"
    (policies / "ac.yaml").write_text(policy.read_text(encoding="utf-8"), encoding="utf-8")
    regions = read_regions(examples, ["ac", *TAMPERED])
    with LocalSystem(State.open(directory / "state"), regions_dir=policies) as system:
        return asyncio.run(run_month(system, regions))


def test_a_month_as_it_is_comes_out_as_expected(result: MonthResult) -> None:
    assert result.differences["ac"] == []


@pytest.mark.parametrize(
    ("region", "section", "kind"),
    [
        pytest.param("x", "devices", Kind.OTHER, id="one removed"),
        pytest.param("y", "refused", Kind.UNEXPECTED, id="one doubled"),
        pytest.param("z", "orders", Kind.OTHER, id="one altered"),
    ],
)
def test_a_month_with_one_event_that_is_not_as_it_was_does_not(
    result: MonthResult, region: str, section: str, kind: Kind
) -> None:
    found = result.differences[region]

    assert (section, kind) in {(one.section, one.kind) for one in found}
