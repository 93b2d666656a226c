"""ORD-2: the numbers of orders, as pure rules and on real PostgreSQL."""

import asyncio
from datetime import date

import pytest
from hypothesis import given as given_values
from hypothesis import strategies as st
from kvitt_contracts.orders import OrderPlaced, VoidOrder
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import UserId
from kvitt_testkit.world import Given, stockholm
from orders.app import service
from orders.customer_orders.models import OrderRow
from orders.numbers.domain import begins_at, ends_before, number_in, week_of
from orders.numbers.models import NumberSeriesRow
from orders.numbers.writes import LAST_OF_WEEK
from sqlalchemy import update

from contracts.tests.builders.reservations import (
    a_reservation_released,
)
from contracts.tests.builders.story import order_id
from services.orders.tests.builders import a_line, an_order_command, registry
from services.orders.tests.worlds import MONDAY, place


@pytest.mark.rule("ORD-2a")
def test_a_number_has_two_digits_for_the_year_two_for_the_week_and_four_running() -> None:
    assert number_in(week_of(date(2017, 4, 27)), 78) == "17170078"


DAYS = st.dates(date(2000, 1, 3), date(2099, 12, 20))


@pytest.mark.rule("ORD-2a", "ORD-15a")
@given_values(first=DAYS, last=DAYS, running=st.integers(1, 99_999))
def test_the_numbers_of_some_days_are_within_those_of_their_weeks(
    first: date, last: date, running: int
) -> None:
    first, last = sorted((first, last))
    begin, end = begins_at(first), ends_before(last)
    assert begin is not None
    assert end is not None

    for day in (first, last):
        assert begin <= number_in(week_of(day), running) < end


@pytest.mark.parametrize("day", [date(1999, 6, 1), date(2100, 6, 1)])
def test_two_digits_tell_the_years_of_one_century(day: date) -> None:
    assert (begins_at(day), ends_before(day)) == (None, None)


@pytest.mark.rule("ORD-2b")
@pytest.mark.parametrize(
    ("day", "week"),
    [
        ("2026-12-31", "2653"),
        ("2027-01-03", "2653"),  # Sunday of the last week of 2026
        ("2027-01-04", "2701"),
        ("2024-12-30", "2501"),  # Monday of the first week of 2025
    ],
)
def test_the_year_is_the_iso_year_of_the_week(day: str, week: str) -> None:
    assert week_of(date.fromisoformat(day)) == week


@pytest.mark.rule("ORD-2d")
def test_after_9999_the_running_number_goes_on_with_a_fifth_digit() -> None:
    assert number_in("2610", 9_999) == "26109999"
    assert number_in("2610", 10_000) == "261010000"


@pytest.mark.rule("ORD-2c")
@given_values(st.integers(1, 99_998))
def test_running_numbers_of_a_week_never_coincide(running: int) -> None:
    assert number_in("2610", running) != number_in("2610", running + 1)


@pytest.mark.rule("ORD-2a")
async def test_numbers_run_per_week_and_begin_anew_with_the_next(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await registry(world)
        await place(world, "ORD-A")
        await place(world, "ORD-B")
        await world.advance(stockholm("2026-03-09 00:00"))
        await place(world, "ORD-C")

        numbers = [placed.order_number for placed in await world.events(OrderPlaced)]
        assert numbers == ["26100001", "26100002", "26110001"]


@pytest.mark.rule("ORD-2c")
async def test_each_region_has_a_series_of_its_own(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        for region in ("ac", "w"):
            await registry(world, region=region)
            await world.handle(an_order_command(), subject="ORD-A", region=region)

        assert [(row.region, row.order_number) for row in await world.rows(OrderRow)] == [
            ("ac", "26100001"),
            ("w", "26100001"),
        ]


@pytest.mark.rule("ORD-2c")
async def test_orders_placed_at_once_get_different_numbers(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await registry(world)
        await asyncio.gather(*(place(world, f"ORD-{n}") for n in range(5)))

        numbers = sorted(row.order_number for row in await world.rows(OrderRow))
        assert numbers == [f"2610000{n}" for n in range(1, 6)]


async def test_a_refused_order_uses_no_number(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await registry(world)
        with pytest.raises(Refused):
            await place(world, lines=(a_line("99999"),))
        await place(world)

        (placed,) = await world.events(OrderPlaced)
        assert placed.order_number == "26100001"


@pytest.mark.rule("ORD-2c")
async def test_a_voided_orders_number_is_never_given_again(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await registry(world)
        await place(world)
        await world.handle(VoidOrder(by=UserId("k082lno")), subject="ORD-A")
        await world.handle(a_reservation_released(order_id("ORD-A")))
        await place(world, "ORD-B")

        assert (await world.row(OrderRow, order_id("ORD-B"))).order_number == "26100002"


@pytest.mark.rule("ORD-2d")
@pytest.mark.rule("ORD-2e")
async def test_after_9999_a_fifth_digit_comes_and_the_metric_tells(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await registry(world)
        await place(world, "ORD-A")
        async with world.worker.unit() as unit:
            await unit.session.execute(update(NumberSeriesRow).values(last=9_999))
        await place(world, "ORD-B")

        assert (await world.row(OrderRow, order_id("ORD-B"))).order_number == "261010000"
        assert LAST_OF_WEEK.labels("orders", "ac", "order")._value.get() == 10_000
