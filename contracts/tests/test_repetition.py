from dataclasses import replace
from uuid import uuid4

import pytest
from kvitt_contracts.examples import examples
from kvitt_contracts.repetition import AlreadyRead

FEED = "region.ac.events"
REPORTED = examples("region.order.reported.v1")[0].envelope


def test_an_event_is_new_once_in_each_topic() -> None:
    read = AlreadyRead()

    assert [read.is_new(FEED, REPORTED) for _ in range(3)] == [True, False, False]
    assert read.is_new("region.bd.events", REPORTED)


def test_what_came_before_is_passed_over_after_what_came_later() -> None:
    read = AlreadyRead()
    first, second = (replace(REPORTED, sequence=number, id=uuid4()) for number in (1, 2))

    found = [one for one in (first, second, first, second) if read.is_new(FEED, one)]

    assert found == [first, second]


def test_another_event_under_a_number_that_was_read_is_no_repetition() -> None:
    read = AlreadyRead()
    read.is_new(FEED, REPORTED)

    assert read.is_new(FEED, replace(REPORTED, id=uuid4()))


def test_a_message_without_a_number_is_not_told_apart_so() -> None:
    with pytest.raises(ValueError, match="ce_sequence"):
        AlreadyRead().is_new(FEED, replace(REPORTED, sequence=None))
