import re

import pytest
from kvitt_chassis import metrics
from kvitt_chassis.web import app
from prometheus_client import generate_latest


def test_every_metric_says_what_it_means_and_what_to_do() -> None:
    assert metrics.METRICS
    for metric in metrics.METRICS:
        assert len(metric.meaning) > 10, metric.name
        assert len(metric.remedy) > 10, metric.name
        assert metric.labels[0] == "service", metric.name
        assert re.fullmatch(r"[a-z]+(_[a-z]+)+", metric.name), metric.name


def test_no_label_can_hold_a_key_or_a_person() -> None:
    labels = {label for metric in metrics.METRICS for label in metric.labels}

    assert labels.isdisjoint({"key", "id", "user", "person", "subject", "address"})


def test_a_metric_is_declared_once() -> None:
    before = len(metrics.METRICS)

    with pytest.raises(ValueError, match="Duplicated"):
        metrics.declare("gauge", metrics.METRICS[0].name, "meaning again", "remedy again")

    assert len(metrics.METRICS) == before


def test_a_declared_metric_is_shown() -> None:
    app.REQUESTS_IN_HAND.labels("orders").set(3)

    assert (
        'http_requests_in_hand{service="orders"} 3.0' in generate_latest(metrics.REGISTRY).decode()
    )
