import io
import json
import logging

import pytest
from kvitt_chassis.operating.logs import JsonLines
from kvitt_chassis.operating.masking import MASK, holds_personal_number, mask

NUMBERS = [
    "189001019802",
    "18900101-9802",
    "18900101+9802",
    "9001019802",
    "900101-9802",
    "900101+9802",
    "201701012393",
    "189001619802",  # a coordination number's form
    "189001019803",  # a wrong check digit is a person's number all the same
]
OTHERS = [
    "90010198-0212-4000-8000-900101980212",  # an id
    "26470001",  # an order's number
    "2026-03-08T00:00:00.123456+00:00",
    "1763664000000",  # milliseconds
    "12345678901234567890",
    "990099-9999",  # no such day
]


@pytest.mark.parametrize("number", NUMBERS)
def test_every_form_of_a_number_is_found_and_masked(number: str) -> None:
    text = f"person {number}, again:{number}."

    assert holds_personal_number(text)
    assert mask(text) == f"person {MASK}, again:{MASK}."


@pytest.mark.parametrize("text", OTHERS)
def test_ids_times_and_counts_stay(text: str) -> None:
    assert not holds_personal_number(text)
    assert mask(text) == text


def lines(write: object) -> list[dict[str, object]]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines("bmb"))
    log = logging.getLogger("test-logs")
    log.handlers, log.propagate = [handler], False
    log.setLevel(logging.INFO)
    assert callable(write)
    write(log)
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_json_with_its_extra_fields() -> None:
    (line,) = lines(lambda log: log.info("hej %s", "där", extra={"topic": "bmb.transfers"}))

    assert line["message"] == "hej där"
    assert (line["service"], line["topic"], line["level"]) == ("bmb", "bmb.transfers", "INFO")


@pytest.mark.parametrize("number", NUMBERS)
def test_no_number_gets_into_a_log_by_message_argument_extra_or_exception(number: str) -> None:
    def write(log: logging.Logger) -> None:
        try:
            raise ValueError(f"bad {number}")
        except ValueError:
            log.exception("about %s", number, extra={"who": number})

    (line,) = lines(write)

    assert number not in json.dumps(line)
    assert line["error"] == "ValueError"


def test_an_exception_of_many_lines_is_one_line() -> None:
    def write(log: logging.Logger) -> None:
        try:
            raise ValueError("a\nb\nc")
        except ValueError:
            log.exception("x")

    assert len(lines(write)) == 1


def test_an_exception_is_told_by_kinds_and_places_never_by_its_text() -> None:
    def write(log: logging.Logger) -> None:
        try:
            try:
                raise KeyError("Ylva Provdotter")
            except KeyError as error:
                raise ValueError("bor på Spårlösgatan 17") from error
        except ValueError:
            log.exception("x")

    (line,) = lines(write)

    stack = str(line["stack"])
    assert stack.index("KeyError") < stack.index("ValueError")
    assert "test_logs.py" in stack
    assert "Ylva" not in stack.replace('raise KeyError("Ylva Provdotter")', "")
    assert "Spårlös" not in stack.replace('raise ValueError("bor på Spårlösgatan 17")', "")


def test_what_asyncio_says_of_a_lost_task_is_its_first_line() -> None:
    record = logging.makeLogRecord(
        {"name": "asyncio", "msg": "Task exception was never retrieved\nfuture: ValueError('Ylva')"}
    )

    told = json.loads(JsonLines("bmb").format(record))

    assert told["message"] == "Task exception was never retrieved"
