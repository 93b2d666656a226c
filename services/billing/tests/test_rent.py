from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from billing.rents.domain import (
    ChangePoint,
    PricePoint,
    RentSpan,
    day_share,
    owed_rent,
    payer_on,
    rent_to_invoice,
    share_of_days,
    with_price,
)
from hypothesis import given
from hypothesis import strategies as st
from kvitt_contracts.types import Charging, Money, PayerId

from services.billing.tests.builders import a_point, a_price

JANUARY_1 = date(2026, 1, 1)
MAY_1, MAY_31 = date(2026, 5, 1), date(2026, 5, 31)
DAYS_OF_MAY = st.dates(MAY_1, MAY_31)
PAYERS = st.sampled_from([PayerId("20311"), PayerId("20312"), None])
POINTS = st.lists(
    st.builds(
        ChangePoint,
        effective_on=DAYS_OF_MAY,
        payer_id=PAYERS,
        charging=st.just(Charging.RENT),
    ),
    max_size=6,
    unique_by=lambda point: point.effective_on,
)
PRICES = st.lists(
    st.builds(
        PricePoint,
        valid_from=DAYS_OF_MAY,
        price=st.builds(Money, net_ore=st.integers(0, 10_000_000)),
    ),
    max_size=3,
    unique_by=lambda point: point.valid_from,
)


@pytest.mark.rule("BIL-1d", "BIL-10a")
@given(monthly=st.integers(0, 100_000_000), first=st.dates(date(2020, 1, 1), date(2040, 12, 1)))
def test_the_days_of_a_month_add_up_to_the_months_price_to_the_ore(
    monthly: int, first: date
) -> None:
    first = first.replace(day=1)
    days = [first + timedelta(days=n) for n in range(31)]

    shares = [day_share(monthly, day) for day in days if day.month == first.month]

    assert sum(shares) == monthly


@pytest.mark.rule("BIL-10a")
@given(
    monthly=st.integers(0, 100_000_000),
    first=st.dates(date(2020, 1, 1), date(2040, 12, 1)),
    days=st.integers(1, 500),
)
def test_a_span_costs_what_its_days_cost(monthly: int, first: date, days: int) -> None:
    span = [first + timedelta(days=n) for n in range(days)]

    costs = share_of_days(monthly, span[0], span[-1])

    assert costs == sum(day_share(monthly, day) for day in span)


@pytest.mark.rule("BIL-10a")
def test_half_an_ore_of_a_days_share_is_rounded_up() -> None:
    april_1, april_2 = date(2026, 4, 1), date(2026, 4, 2)

    assert (day_share(15, april_1), day_share(15, april_2)) == (1, 0)
    assert (day_share(45, april_1), day_share(45, april_2)) == (2, 1)


@pytest.mark.rule("BIL-1c")
def test_a_transfer_splits_the_month_at_its_effective_day() -> None:
    points = [a_point("2026-05-01", "20311"), a_point("2026-05-11", "20312")]

    owed = owed_rent(points, [a_price("2026-01-01", 31_000)], from_day=MAY_1, to_day=MAY_31)
    spans = rent_to_invoice(owed, [], from_day=MAY_1, to_day=MAY_31)

    assert [(s.payer_id, s.from_day.day, s.to_day.day, s.amount.net_ore) for s in spans] == [
        ("20311", 1, 10, 10_000),
        ("20312", 11, 31, 21_000),
    ]


@pytest.mark.rule("BIL-9b")
def test_days_that_follow_each_other_at_one_price_are_one_span() -> None:
    points = [a_point("2026-05-01", "20311"), a_point("2026-05-11", "20311")]

    owed = owed_rent(points, [a_price("2026-01-01", 31_000)], from_day=MAY_1, to_day=MAY_31)
    spans = rent_to_invoice(owed, [], from_day=MAY_1, to_day=MAY_31)

    assert [(span.from_day, span.to_day) for span in spans] == [(MAY_1, MAY_31)]


@pytest.mark.rule("BIL-1a")
@given(points=POINTS, day=DAYS_OF_MAY)
def test_the_latest_change_point_decides_who_pays_for_a_day(
    points: list[ChangePoint], day: date
) -> None:
    earlier = sorted((p for p in points if p.effective_on <= day), key=lambda p: p.effective_on)

    assert payer_on(points, day) == (earlier[-1].payer_id if earlier else None)


@pytest.mark.rule("BIL-1e")
def test_nobody_pays_while_the_device_stands_in_a_store() -> None:
    points = [a_point("2026-05-01", "20311"), a_point("2026-05-21", None)]

    owed = owed_rent(points, [a_price("2026-01-01", 31_000)], from_day=MAY_1, to_day=MAY_31)

    assert max(span.to_day for span in owed) == date(2026, 5, 20)


@pytest.mark.rule("BIL-1b")
def test_a_new_price_counts_from_its_day() -> None:
    prices = [a_price("2026-01-01", 31_000), a_price("2026-05-11", 62_000)]

    owed = owed_rent([a_point("2026-05-01", "20311")], prices, from_day=MAY_1, to_day=MAY_31)
    spans = rent_to_invoice(owed, [], from_day=MAY_1, to_day=MAY_31)

    assert sorted(s.amount.net_ore for s in spans) == [10_000, 42_000]


@pytest.mark.rule("BIL-1b")
def test_a_price_that_is_restated_for_its_day_replaces_the_first() -> None:
    prices = with_price([a_price("2026-01-01", 31_000)], Money(net_ore=1), valid_from=JANUARY_1)

    assert prices == (a_price("2026-01-01", 1),)


@pytest.mark.rule("BIL-1f")
@given(points=POINTS, prices=PRICES, charging=st.sampled_from([Charging.SALE, None]))
def test_what_is_not_rented_costs_nothing_by_the_day(
    points: list[ChangePoint], prices: list[PricePoint], charging: Charging | None
) -> None:
    sold = [point.model_copy(update={"charging": charging}) for point in points]

    assert owed_rent(sold, prices, from_day=MAY_1, to_day=MAY_31) == []


@pytest.mark.rule("BIL-9e")
def test_a_back_dated_change_credits_what_was_issued_and_debits_the_right_payer() -> None:
    issued = [a_span("20311", MAY_1, MAY_31)]
    points = [a_point("2026-05-01", "20311"), a_point("2026-05-30", "20312")]

    owed = owed_rent(points, [a_price("2026-01-01", 31_000)], from_day=MAY_1, to_day=MAY_31)
    spans = rent_to_invoice(owed, issued, from_day=MAY_1, to_day=MAY_31)

    assert {(s.payer_id, s.sign, s.from_day.day, s.amount.net_ore) for s in spans} == {
        ("20311", -1, 30, -2_000),
        ("20312", 1, 30, 2_000),
    }


@pytest.mark.rule("BIL-9f")
@given(points=POINTS, prices=PRICES)
def test_a_second_run_over_the_same_facts_invoices_nothing(
    points: list[ChangePoint], prices: list[PricePoint]
) -> None:
    owed = owed_rent(points, prices, from_day=MAY_1, to_day=MAY_31)
    first = rent_to_invoice(owed, [], from_day=MAY_1, to_day=MAY_31)

    assert rent_to_invoice(owed, first, from_day=MAY_1, to_day=MAY_31) == []


@pytest.mark.rule("BIL-1b", "BIL-9e")
@given(before=POINTS, after=POINTS, prices=PRICES)
def test_after_a_correction_each_day_is_issued_to_its_payer_once(
    before: list[ChangePoint], after: list[ChangePoint], prices: list[PricePoint]
) -> None:
    first = rent_to_invoice(
        owed_rent(before, prices, from_day=MAY_1, to_day=MAY_31), [], from_day=MAY_1, to_day=MAY_31
    )
    owed = owed_rent(after, prices, from_day=MAY_1, to_day=MAY_31)
    second = rent_to_invoice(owed, first, from_day=MAY_1, to_day=MAY_31)

    assert issued_days(first + second) == issued_days(owed)


@pytest.mark.rule("BIL-9e")
@given(histories=st.lists(POINTS, min_size=2, max_size=5), prices=PRICES)
def test_each_day_of_a_credit_takes_back_a_day_of_one_debit_that_nothing_else_takes_back(
    histories: list[list[ChangePoint]], prices: list[PricePoint]
) -> None:
    settled: list[RentSpan] = []
    for points in histories:
        owed = owed_rent(points, prices, from_day=MAY_1, to_day=MAY_31)
        # rows come in no order of time: the latest first, here
        run = rent_to_invoice(owed, settled[::-1], from_day=MAY_1, to_day=MAY_31)
        settled += [replace(span, id=uuid4()) for span in run]

    debits = {span.id: span for span in settled if span.sign > 0}
    taken: set[tuple[UUID | None, date]] = set()
    for credit in settled:
        if credit.sign < 0:
            debit = debits[credit.corrects]
            assert (credit.payer_id, credit.monthly) == (debit.payer_id, debit.monthly)
            for day in credit.days:
                assert debit.from_day <= day <= debit.to_day
                assert (debit.id, day) not in taken
                taken.add((debit.id, day))


def issued_days(spans: list[RentSpan]) -> dict[date, tuple[PayerId, int]]:
    """What stands issued for each day, credits taken from debits; one payer per day at most."""
    counts: dict[tuple[date, PayerId, int], int] = {}
    for span in spans:
        for day in span.days:
            key = (day, span.payer_id, span.monthly.net_ore)
            counts[key] = counts.get(key, 0) + span.sign
    left = [key for key, count in counts.items() if count]
    assert all(counts[key] == 1 for key in left)
    assert len({day for day, _, _ in left}) == len(left)
    return {day: (payer, net) for day, payer, net in left}


def a_span(payer: str, first: date, last: date) -> RentSpan:
    return RentSpan(
        payer_id=PayerId(payer), monthly=Money(net_ore=31_000), from_day=first, to_day=last
    )
