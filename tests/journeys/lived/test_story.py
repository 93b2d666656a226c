import pytest
from kvitt.story.comparison import Kind

from tests.journeys.lived.system import OTHERWISE, REGIONS, Lived
from tests.rebuilding import rebuilt

pytestmark = pytest.mark.timeout(1800)


@pytest.mark.parametrize("region", REGIONS)
def test_a_month_comes_out_as_expected_though_every_service_was_killed_on_some_days(
    past: Lived, region: str
) -> None:
    assert past.result.differences[region] == []


@pytest.mark.parametrize(
    ("section", "kind"),
    [
        pytest.param("devices", Kind.OTHER, id="one removed"),
        pytest.param("refused", Kind.UNEXPECTED, id="one doubled"),
        pytest.param("orders", Kind.OTHER, id="one altered"),
    ],
)
def test_a_month_with_one_event_that_is_not_as_it_was_does_not(
    past: Lived, section: str, kind: Kind
) -> None:
    found = past.result.differences[OTHERWISE]

    assert (section, kind) in {(one.section, one.kind) for one in found}


@pytest.mark.rule("NTF-4c")
@pytest.mark.parametrize("region", [*REGIONS, OTHERWISE])
def test_the_feed_alone_rebuilds_a_regions_orders_custody_and_stock(
    past: Lived, region: str
) -> None:
    assert rebuilt(past.system, region).endswith(" saker, 0 skiljer.\n")
