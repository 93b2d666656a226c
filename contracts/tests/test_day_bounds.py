"""Every day that somebody outside writes has a bound, and lies within it (DAY-1 to DAY-4)."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
from kvitt_contracts.day_bounds import (
    Bound,
    bounded_days,
    check_days,
    has_bounds,
)
from kvitt_contracts.envelope import Command, Fact, Message
from kvitt_contracts.examples import example, examples
from kvitt_contracts.inventory import SetDeviceCard
from kvitt_contracts.orders import RequestPickup
from kvitt_contracts.personnummer import CoordinationNumber, ReserveNumber
from kvitt_contracts.refusals import Refused
from kvitt_contracts.regions import (
    ArticlePriceStated,
    DeviceReturned,
    GoodsDispatched,
    PersonStated,
    ResponsiblesStated,
    ShelfCountStated,
)
from kvitt_contracts.topics import CATALOGUE, COMING
from pydantic import BaseModel, ValidationError

TODAY = date(2026, 5, 15)

DECLARED = {*COMING, *(message for topic in CATALOGUE for message in topic.types)}

INBOUND = sorted(
    (one for one in DECLARED if issubclass(one, Fact | Command)),
    key=lambda message: message.wire_type,
)


def _leaves(annotation: Any, marks: tuple[Any, ...] = ()) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """Every type that an annotation is made of, with what is annotated to it."""
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        yield from _leaves(inner, (*marks, *more))
    elif get_origin(annotation) in (Union, UnionType, tuple, list):
        for one in get_args(annotation):
            yield from _leaves(one, marks)
    else:
        yield annotation, marks


def _unbounded(model: type[BaseModel], path: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        for leaf, marks in _leaves(field.annotation, tuple(field.metadata)):
            if not isinstance(leaf, type):
                continue
            if issubclass(leaf, date) and not any(isinstance(one, Bound) for one in marks):
                yield f"{path}.{name}"
            if issubclass(leaf, BaseModel):
                yield from _unbounded(leaf, f"{path}.{name}")


def test_every_day_of_a_fact_and_a_command_has_a_bound() -> None:
    missing = [place for message in INBOUND for place in _unbounded(message, message.wire_type)]

    assert missing == []


@pytest.mark.parametrize("message", INBOUND, ids=lambda message: message.wire_type)
def test_a_bounded_day_is_found_within_its_message(message: type[Message]) -> None:
    told = example(message)
    assert has_bounds(message) or not list(bounded_days(told))
    for path, value, _ in bounded_days(told):
        found: Any = told
        for step in path.split("."):
            found = found[int(step)] if step.isdigit() else getattr(found, step)
        assert found == value


def _refusal(message: Message, today: date = TODAY) -> tuple[str, str, str | None]:
    with pytest.raises(Refused) as refused:
        check_days(message, today=today)
    return refused.value.reason, refused.value.rule, refused.value.field


def _returned(on: date) -> DeviceReturned:
    return example(DeviceReturned).model_copy(update={"returned_on": on})


@pytest.mark.rule("DAY-1a")
def test_what_has_happened_may_be_told_of_today_and_of_ten_years_back() -> None:
    check_days(_returned(TODAY), today=TODAY)
    check_days(_returned(date(2016, 5, 15)), today=TODAY)


@pytest.mark.rule("DAY-1a")
def test_what_has_happened_is_not_told_of_tomorrow() -> None:
    tomorrow = TODAY + timedelta(days=1)

    assert _refusal(_returned(tomorrow)) == ("DAY_IN_THE_FUTURE", "DAY-1", "returned_on")


@pytest.mark.rule("DAY-1a")
def test_what_happened_more_than_ten_years_ago_is_a_slip_of_the_keys() -> None:
    assert _refusal(_returned(date(2016, 5, 14))) == ("DAY_TOO_LONG_AGO", "DAY-1", "returned_on")


@pytest.mark.rule("DAY-1a")
def test_an_instant_counts_by_its_day_in_stockholm() -> None:
    counted = example(ShelfCountStated)
    late = counted.model_copy(update={"counted_at": datetime(2026, 5, 15, 22, 30, tzinfo=UTC)})

    assert _refusal(late) == ("DAY_IN_THE_FUTURE", "DAY-1", "counted_at")


@pytest.mark.rule("DAY-1b")
def test_what_may_be_as_old_as_a_device_happened_at_most_fifty_years_ago() -> None:
    card = example(SetDeviceCard)
    check_days(card.model_copy(update={"maintained_on": date(1976, 5, 15)}), today=TODAY)
    older = card.model_copy(update={"maintained_on": date(1976, 5, 14)})
    tomorrow = card.model_copy(update={"maintained_on": TODAY + timedelta(days=1)})

    assert _refusal(older) == ("DAY_TOO_LONG_AGO", "DAY-1", "maintained_on")
    assert _refusal(tomorrow) == ("DAY_IN_THE_FUTURE", "DAY-1", "maintained_on")


@pytest.mark.rule("DAY-2a")
def test_what_was_agreed_more_than_ten_years_ago_is_a_slip_of_the_keys() -> None:
    sent = example(GoodsDispatched).model_copy(update={"dispatched_on": TODAY})
    check_days(sent.model_copy(update={"arrives_on": date(2016, 5, 15)}), today=TODAY)
    old = sent.model_copy(update={"arrives_on": date(2016, 5, 14)})

    assert _refusal(old) == ("DAY_TOO_LONG_AGO", "DAY-2", "arrives_on")


@pytest.mark.rule("DAY-2a")
def test_an_arrival_is_planned_two_years_ahead_at_most() -> None:
    sent = example(GoodsDispatched).model_copy(update={"dispatched_on": TODAY})
    check_days(sent.model_copy(update={"arrives_on": date(2028, 5, 15)}), today=TODAY)
    far = sent.model_copy(update={"arrives_on": date(2028, 5, 16)})

    assert _refusal(far) == ("DAY_TOO_FAR_AHEAD", "DAY-2", "arrives_on")


@pytest.mark.rule("DAY-3a")
def test_a_price_is_valid_from_a_day_within_reach() -> None:
    price = example(ArticlePriceStated)
    check_days(price.model_copy(update={"valid_from": date(2031, 5, 15)}), today=TODAY)
    far = price.model_copy(update={"valid_from": date(2032, 1, 1)})
    old = price.model_copy(update={"valid_from": date(1950, 1, 1)})

    assert _refusal(far) == ("DAY_TOO_FAR_AHEAD", "DAY-3", "valid_from")
    assert _refusal(old) == ("DAY_TOO_LONG_AGO", "DAY-3", "valid_from")


@pytest.mark.rule("DAY-4a")
def test_nobody_is_born_in_the_future() -> None:
    tomorrow = ReserveNumber(number="R20260516", born_on=TODAY + timedelta(days=1))
    person = example(PersonStated).model_copy(update={"identity": tomorrow})
    assert _refusal(person) == ("DAY_IN_THE_FUTURE", "DAY-4", "identity.born_on")

    numbered = example(PersonStated)
    before_birth = date(1800, 1, 1)
    assert _refusal(numbered, before_birth)[:2] == ("DAY_IN_THE_FUTURE", "DAY-4")
    assert _refusal(numbered, before_birth)[2] == "identity.number"


@pytest.mark.rule("DAY-4b")
def test_an_unknown_birthday_of_this_year_lies_in_the_future_only_when_all_of_it_does() -> None:
    unknown = CoordinationNumber(number="191500722390")
    person = example(PersonStated).model_copy(update={"identity": unknown})

    check_days(person, today=date(1915, 1, 12))
    assert _refusal(person, date(1915, 1, 11))[0] == "DAY_IN_THE_FUTURE"


@pytest.mark.rule("DAY-1a")
def test_a_leap_day_is_a_day_as_others_are() -> None:
    leap_day = date(2028, 2, 29)

    check_days(_returned(leap_day), today=leap_day)
    check_days(_returned(date(2018, 2, 28)), today=leap_day)
    assert _refusal(_returned(date(2018, 2, 27)), leap_day)[0] == "DAY_TOO_LONG_AGO"


@pytest.mark.rule("DAY-5d")
@pytest.mark.parametrize(
    ("message", "first", "last"),
    [
        (RequestPickup, "earliest_on", "latest_on"),
        (ResponsiblesStated, "absent_from_on", "absent_to_on"),
    ],
)
def test_an_end_is_not_before_its_beginning(message: type[Message], first: str, last: str) -> None:
    told = examples(message.wire_type)[0].data
    one_day = {**told, first: "2026-05-15", last: "2026-05-15"}

    message.model_validate(one_day)
    with pytest.raises(ValidationError, match="DAY-5"):
        message.model_validate({**one_day, last: "2026-05-14"})


def _rows(message: type[BaseModel], path: str = "") -> Iterator[tuple[str, Bound]]:
    for name, field in message.model_fields.items():
        for leaf, marks in _leaves(field.annotation, tuple(field.metadata)):
            bound = next((one for one in marks if isinstance(one, Bound)), None)
            if bound is not None:
                yield f"{path}{name}", bound
            elif isinstance(leaf, type) and issubclass(leaf, BaseModel):
                yield from _rows(leaf, f"{path}{name}.")


def _row(message: type[Message], field: str, bound: Bound) -> str:
    years = f"{bound.back} back, {bound.ahead} ahead"
    return f"| `{field}` | `{message.wire_type}` | {bound.rule}: {years} |"


def test_the_page_names_every_day_with_its_bound() -> None:
    page = (Path(__file__).parents[2] / "docs" / "domain.md").read_text()
    said = [line for line in page.splitlines() if re.match(r"\| `[a-z_.]+` \| `", line)]
    rows = {_row(one, *place) for one in INBOUND for place in _rows(one)}

    assert sorted(set(said)) == sorted(rows)
