"""Days, working days and deadlines in Europe/Stockholm, also across the changes of the clock."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kvitt_contracts.calendar import (
    STOCKHOLM,
    deadline_after,
    is_working_day,
    start_of_day,
    stockholm_day,
    working_days_after,
)

days = st.dates(date(2020, 1, 1), date(2040, 12, 31))
instants = st.datetimes(
    datetime(2020, 1, 1),  # noqa: DTZ001  the strategy adds the zone
    datetime(2040, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@pytest.mark.rule("BMB-7a")
def test_sent_on_the_first_of_may_with_six_days_ends_when_the_eighth_begins() -> None:
    sent = datetime(2026, 5, 1, 9, tzinfo=STOCKHOLM)

    assert deadline_after(sent, days=6) == datetime(2026, 5, 8, tzinfo=STOCKHOLM)


@pytest.mark.rule("BMB-7a")
def test_a_deadline_across_the_clocks_change_is_midnight_in_stockholm() -> None:
    before_summer_time = datetime(2026, 3, 27, 23, 30, tzinfo=STOCKHOLM)
    before_winter_time = datetime(2026, 10, 23, 0, 15, tzinfo=STOCKHOLM)

    assert deadline_after(before_summer_time, days=6) == datetime(2026, 4, 2, 22, tzinfo=UTC)
    assert deadline_after(before_winter_time, days=6) == datetime(2026, 10, 29, 23, tzinfo=UTC)


@pytest.mark.rule("BMB-7a")
@given(sent=instants, count=st.integers(1, 60))
def test_a_deadline_is_always_a_midnight_that_many_whole_days_later(
    sent: datetime, count: int
) -> None:
    deadline = deadline_after(sent, days=count)
    local = deadline.astimezone(STOCKHOLM)

    assert (local.hour, local.minute, local.second) == (0, 0, 0)
    assert local.date() - stockholm_day(sent) == timedelta(days=count + 1)
    assert stockholm_day(deadline - timedelta(microseconds=1)) == local.date() - timedelta(days=1)


@given(day=days)
def test_a_day_begins_at_its_own_first_instant(day: date) -> None:
    begins = start_of_day(day)

    assert stockholm_day(begins) == day
    assert stockholm_day(begins - timedelta(microseconds=1)) == day - timedelta(days=1)


def test_late_evening_in_utc_is_the_next_day_in_stockholm() -> None:
    assert stockholm_day(datetime(2026, 6, 30, 22, 30, tzinfo=UTC)) == date(2026, 7, 1)


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2026, 1, 1), "New Year's Day"),
        (date(2026, 1, 6), "Epiphany"),
        (date(2026, 4, 3), "Good Friday"),
        (date(2026, 4, 6), "Easter Monday"),
        (date(2026, 5, 1), "May Day"),
        (date(2026, 5, 14), "Ascension Day"),
        (date(2025, 6, 6), "the National Day"),
        (date(2026, 12, 25), "Christmas Day"),
        (date(2026, 6, 20), "a Saturday, and Midsummer Day"),
        (date(2026, 5, 24), "a Sunday, and Whit Sunday"),
    ],
)
def test_public_holidays_and_weekends_are_no_working_days(day: date, why: str) -> None:
    assert not is_working_day(day), why


@pytest.mark.parametrize("day", [date(2026, 6, 19), date(2026, 12, 24), date(2026, 12, 31)])
def test_the_eves_are_working_days(day: date) -> None:
    assert is_working_day(day)


def test_five_working_days_pass_over_easter() -> None:
    assert working_days_after(date(2026, 4, 1), 5) == date(2026, 4, 10)


def test_no_working_days_after_a_free_day_is_the_next_working_day() -> None:
    assert working_days_after(date(2026, 4, 3), 0) == date(2026, 4, 7)


@given(day=days, count=st.integers(1, 30))
def test_exactly_that_many_working_days_lie_between(day: date, count: int) -> None:
    end = working_days_after(day, count)
    passed = [day + timedelta(days=n) for n in range(1, (end - day).days + 1)]

    assert is_working_day(end)
    assert sum(map(is_working_day, passed)) == count


def test_a_negative_count_is_an_error() -> None:
    with pytest.raises(ValueError, match="negative"):
        working_days_after(date(2026, 4, 3), -1)
