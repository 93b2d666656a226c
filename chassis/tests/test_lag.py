"""How late a consumer is: by what was seen, and as it is shown by topic."""

import pytest
from aiokafka import TopicPartition
from kvitt_chassis.consuming import metrics
from kvitt_chassis.consuming.lag import LagGauges
from kvitt_chassis.consuming.lateness import MOST_LOOKS, Late, Lateness
from kvitt_contracts.topics import CATALOGUE
from kvitt_contracts.topics.inventory import INVENTORY_DEVICES
from prometheus_client import Gauge

HERE = ("inventory.reservations", 0)


def shown(metric: Gauge, group: str) -> dict[str, float]:
    """What a metric shows of a group, by topic."""
    return {
        sample.labels["topic"]: sample.value
        for family in metric.collect()
        for sample in family.samples
        if sample.labels["group"] == group
    }


def test_how_late_a_partition_is_follows_from_the_first_look_behind_what_is_settled() -> None:
    seen = Lateness()
    seen.look(0.0, ends={HERE: 10}, settled={HERE: 10})
    seen.look(5.0, ends={HERE: 12}, settled={HERE: 10})
    seen.look(10.0, ends={HERE: 15}, settled={HERE: 10})
    at_first = seen.late(11.0)[HERE]
    seen.look(20.0, ends={HERE: 15}, settled={HERE: 12})
    later = seen.late(20.0)[HERE]
    seen.look(21.0, ends={HERE: 15}, settled={HERE: 15})

    assert (at_first.messages, at_first.seconds, at_first.is_longer) == (5, 6.0, False)
    assert (later.messages, later.seconds) == (3, 10.0)
    assert seen.late(22.0) == {}


def test_one_that_lags_at_the_first_look_says_so_and_a_long_lag_takes_bounded_room() -> None:
    seen = Lateness()
    for at in range(5 * MOST_LOOKS):
        seen.look(float(at), ends={HERE: 10 + at}, settled={HERE: 5})
    late = seen.late(5.0 * MOST_LOOKS)[HERE]

    assert late.is_longer
    assert late.seconds == 5.0 * MOST_LOOKS
    assert len(seen._looks[HERE]) <= MOST_LOOKS


def test_a_topic_that_begins_anew_is_looked_at_anew() -> None:
    seen = Lateness()
    seen.look(0.0, ends={HERE: 50}, settled={HERE: 0})
    seen.look(60.0, ends={HERE: 3}, settled={HERE: 0})

    assert seen.late(70.0)[HERE].seconds == 10.0


@pytest.fixture
def gauges() -> LagGauges:
    return LagGauges("orders", "lag-test", [INVENTORY_DEVICES], prefix="p.")


def test_lag_is_shown_by_the_catalogues_names(gauges: LagGauges) -> None:
    first, second = (TopicPartition(f"p.{INVENTORY_DEVICES.name}", number) for number in (0, 1))

    gauges.show([first, second], {first: Late(3, 0.0, True)}, paused=[first])
    gauges.show([first, second], {first: Late(2, 30.0, False)}, paused=[])

    assert shown(metrics.LAG, "lag-test") == {INVENTORY_DEVICES.name: 2}
    assert shown(metrics.LAG_SECONDS, "lag-test") == {INVENTORY_DEVICES.name: 30}
    assert shown(metrics.PAUSED, "lag-test") == {INVENTORY_DEVICES.name: 0}


def test_what_another_process_reads_is_not_shown_here(gauges: LagGauges) -> None:
    one = TopicPartition(f"p.{INVENTORY_DEVICES.name}", 0)
    gauges.show([one], {one: Late(3, 10.0, False)}, paused=[])

    gauges.show([], {}, paused=[])

    assert shown(metrics.LAG, "lag-test") == {}
    assert shown(metrics.LAG_SECONDS, "lag-test") == {}


def test_every_topic_has_its_region_or_none() -> None:
    gauges = LagGauges("orders", "lag-test", CATALOGUE, prefix="")

    assert len(gauges._labels) == len(CATALOGUE)
