"""A running Prometheus reads a system that has lived through some days: each expression of alarms
and dashboards has its answer.
"""

import time

import pytest
from kvitt.local.prometheus import MISSING, PrometheusServer, find_prometheus

from tests.journeys.lived.system import Lived
from tests.watching.expressions import answers, unanswered

pytestmark = [pytest.mark.timeout(1800), pytest.mark.long(seconds=25)]

_READ_SECONDS = 240.0


def test_no_expression_of_an_alarm_or_a_dashboard_is_empty(past: Lived) -> None:
    program = find_prometheus()
    if program is None:
        pytest.skip(f"Prometheus is {MISSING}")
    reaper = past.system.servers.reaper
    prometheus = PrometheusServer(past.system.state, reaper, program, urls=past.system.urls)
    prometheus.start()
    try:
        limit = time.monotonic() + _READ_SECONDS  # a rate wants two readings
        while (found := unanswered(prometheus.url)) and time.monotonic() < limit:
            time.sleep(2.0)

        assert found == []
        assert {one["value"][1] for one in answers(prometheus.url, "up")} == {"1"}
    finally:
        prometheus.stop()
