import io
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from kvitt_chassis.metrics import REGISTRY
from kvitt_chassis.operating import logs
from kvitt_chassis.operating.log_limit import Limit


@dataclass
class Clock:
    """Seconds, moved by hand."""

    now: float = 0.0

    def __call__(self) -> float:
        """The time now."""
        return self.now


@dataclass
class Written:
    """A logger with the limit, and what came through it."""

    log: logging.Logger
    stream: io.StringIO
    clock: Clock

    def lines(self) -> list[dict[str, object]]:
        """The lines so far."""
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]


@pytest.fixture
def written() -> Iterator[Written]:
    stream, clock = io.StringIO(), Clock()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.JsonLines("bmb"))
    handler.addFilter(Limit("bmb", burst=3, seconds=10.0, clock=clock))
    log = logging.getLogger("test-limit")
    log.handlers, log.propagate = [handler], False
    log.setLevel(logging.INFO)
    yield Written(log, stream, clock)
    log.handlers = []


def left_out() -> float:
    """How many lines of the test's logger were left out so far."""
    labels = {"service": "bmb", "logger": "test-limit", "level": "ERROR"}
    return REGISTRY.get_sample_value("log_lines_left_out_total", labels) or 0.0


def test_an_outage_writes_a_few_lines_and_counts_the_others(written: Written) -> None:
    before = left_out()
    for node in range(100):
        written.log.error("Unable connect to node with id %s", node)

    assert [line["message"] for line in written.lines()] == [
        f"Unable connect to node with id {node}" for node in range(3)
    ]
    assert left_out() - before == 97


def test_the_next_window_says_how_many_were_left_out_before_it(written: Written) -> None:
    for _ in range(5):
        written.log.error("away")
    written.clock.now = 10.0
    written.log.error("away")

    assert [line.get("left_out") for line in written.lines()] == [None, None, None, 2]


def test_one_line_that_comes_too_often_silences_no_other(written: Written) -> None:
    for _ in range(5):
        written.log.error("away")
    written.log.error("another")
    written.log.warning("away")

    assert [(line["message"], line["level"]) for line in written.lines()[3:]] == [
        ("another", "ERROR"),
        ("away", "WARNING"),
    ]


def test_what_ends_a_process_and_what_is_told_once_is_always_written(written: Written) -> None:
    for _ in range(5):
        written.log.critical("ends by an error")
        written.log.info("works")

    assert len(written.lines()) == 10


def test_lines_made_of_values_take_no_memory_without_end(written: Written) -> None:
    (limit,) = written.log.handlers[0].filters
    assert isinstance(limit, Limit)
    for number in range(3_000):
        written.log.error(f"made of {number}")

    assert len(limit._windows) <= 1_000


def test_a_process_writes_its_logs_through_the_limit(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", list(root.handlers))
    before = root.level, logging.getLogger("aiokafka").level
    try:
        logs.set_up("bmb", "INFO")
        for _ in range(100):
            logging.getLogger("aiokafka.client").error("Unable to update metadata from %s", [1])
    finally:
        root.setLevel(before[0])
        logging.getLogger("aiokafka").setLevel(before[1])

    assert len(capsys.readouterr().out.splitlines()) == 10
