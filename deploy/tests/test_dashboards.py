"""The dashboards: as generated, of metrics that are declared, and each of these is shown."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from kvitt.dashboards.__main__ import FOLDER, differing, files
from kvitt.dashboards.metrics import declared, named_in, of

from tests.watching.expressions import alarms, every_expression

PERSONAL = {"user", "person", "key", "id", "subject", "number", "name", "address"}


@pytest.fixture(scope="module")
def made() -> Mapping[str, str]:
    return files()


def test_they_are_as_generated(made: Mapping[str, str]) -> None:
    assert differing(made, FOLDER) == [], "python -m kvitt.dashboards writes them"


def test_what_differs_is_named(made: Mapping[str, str], tmp_path: Path) -> None:
    for name, text in made.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "region.json").write_text("{}", encoding="utf-8")
    (tmp_path / "older.json").write_text("{}", encoding="utf-8")
    (tmp_path / "service.json").unlink()

    assert differing(made, tmp_path) == ["older.json", "region.json", "service.json"]


def test_each_panel_says_what_it_means_and_why_it_may_be_empty(made: Mapping[str, str]) -> None:
    for text in made.values():
        for panel in json.loads(text)["panels"]:
            if panel["type"] != "row":
                assert panel["fieldConfig"]["defaults"]["noValue"], panel["title"]
                assert panel["gridPos"]["w"] <= 24


def test_every_metric_is_on_a_dashboard_or_in_an_alarm() -> None:
    shown = {name for one in every_expression() for name in named_in(one.expr)}

    assert sorted(declared().keys() - shown) == []


def test_a_metric_that_nobody_declares_is_told() -> None:
    with pytest.raises(LookupError, match="orders_gone_total"):
        of('sum by (region) (rate(orders_gone_total{region="ac"}[5m]))', declared())


def test_labels_hold_no_person_and_no_key() -> None:
    for metric in declared().values():
        assert PERSONAL.isdisjoint(metric.labels), metric.name
        assert len(metric.labels) <= 5, metric.name


def test_the_test_asks_as_much_as_there_is() -> None:
    assert len(list(every_expression())) > len(alarms()) + 60


@pytest.mark.parametrize(
    ("expr", "names"),
    [
        ('max by (service) (up{job="kvitt"})', {"up"}),
        ("rate(http_request_seconds_count[5m])", {"http_request_seconds"}),
        (
            'histogram_quantile(0.9, sum by (le) (rate(a_b_bucket{c_d="e_f"}[5m]))) / d_e_total',
            {"a_b", "d_e_total"},
        ),
    ],
)
def test_the_metrics_of_an_expression_are_found(expr: str, names: set[str]) -> None:
    assert named_in(expr) == names
