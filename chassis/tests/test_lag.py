"""How late a consumer is: in messages and in seconds, by topic, from the ends that it has seen."""

import pytest
from aiokafka import TopicPartition
from kvitt_chassis.consuming import metrics
from kvitt_chassis.consuming.lag import LagGauges, Waits
from kvitt_contracts.topics import CATALOGUE
from kvitt_contracts.topics.inventory import INVENTORY_DEVICES
from prometheus_client import Gauge


def shown(metric: Gauge, group: str) -> dict[str, float]:
    """What a metric shows of a group, by topic."""
    return {
        sample.labels["topic"]: sample.value
        for family in metric.collect()
        for sample in family.samples
        if sample.labels["group"] == group
    }


def test_what_has_taken_effect_waits_no_longer() -> None:
    waits = Waits()

    assert waits.seconds(settled=5, end=5, now=100) == 0
    assert waits.seconds(settled=5, end=8, now=110) == 0
    assert waits.seconds(settled=5, end=9, now=115) == 5
    assert waits.seconds(settled=8, end=9, now=120) == 5  # the ninth came at 115
    assert waits.seconds(settled=9, end=9, now=125) == 0


def test_a_topic_that_begins_anew_is_looked_at_anew() -> None:
    waits = Waits()
    waits.seconds(settled=0, end=50, now=0)

    assert waits.seconds(settled=0, end=3, now=60) == 0
    assert waits.seconds(settled=0, end=3, now=70) == 10


def test_a_long_wait_is_told_whole_and_kept_small() -> None:
    waits = Waits()

    for look in range(5_000):
        waited = waits.seconds(settled=0, end=look + 1, now=float(look))

    assert waited == 4_999
    assert len(waits._ends) <= 501


@pytest.fixture
def gauges() -> LagGauges:
    return LagGauges("orders", "lag-test", [INVENTORY_DEVICES], prefix="p.")


def test_lag_is_shown_by_the_catalogues_names(gauges: LagGauges) -> None:
    first, second = (TopicPartition(f"p.{INVENTORY_DEVICES.name}", number) for number in (0, 1))

    gauges.show({first: 10, second: 4}, {first: 7, second: 4}, paused=[first], now=0)
    gauges.show({first: 10, second: 4}, {first: 8, second: 4}, paused=[], now=30)

    assert shown(metrics.LAG, "lag-test") == {INVENTORY_DEVICES.name: 2}
    assert shown(metrics.LAG_SECONDS, "lag-test") == {INVENTORY_DEVICES.name: 30}
    assert shown(metrics.PAUSED, "lag-test") == {INVENTORY_DEVICES.name: 0}


def test_what_another_process_reads_is_not_shown_here(gauges: LagGauges) -> None:
    one = TopicPartition(f"p.{INVENTORY_DEVICES.name}", 0)
    gauges.show({one: 10}, {one: 7}, paused=[], now=0)

    gauges.show({}, {one: 7}, paused=[], now=10)

    assert shown(metrics.LAG, "lag-test") == {}
    assert shown(metrics.LAG_SECONDS, "lag-test") == {}


def test_every_topic_has_its_region_or_none() -> None:
    gauges = LagGauges("orders", "lag-test", CATALOGUE, prefix="")

    assert len(gauges._labels) == len(CATALOGUE)
