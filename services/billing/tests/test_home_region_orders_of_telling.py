"""BIL-5: in whatever order it is told, the home region is charged the same."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from billing.domain import Charge, ChargeStatus, evolve_charge
from billing.home_region_cases import domain
from billing.home_region_cases.domain import HomeRegionCase
from billing.rents.domain import ChangePoint
from billing.returned.domain import cancel_returned, returned_between
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from kvitt_contracts.policy import Policies, RegionPolicy
from kvitt_contracts.types import ChargeId, Money, OrderId, RegionCode

from contracts.tests.builders.home_regions import an_order_with_a_cover, with_home_regions
from contracts.tests.builders.inventory import a_custody
from contracts.tests.builders.reservations import a_line_delivered

DELIVERED = date(2026, 3, 5)
DAYS = st.integers(0, 400).map(lambda days: DELIVERED + timedelta(days=days))
CHARGE = ChargeId(uuid4())
END = date(2028, 12, 31)


def opened() -> HomeRegionCase:
    """A case whose fitting goes on."""
    return domain.evolve(None, domain.open_case(an_order_with_a_cover())[0])


def played(
    policy: RegionPolicy,
    *,
    told_on: date,
    reported_on: date | None,
    back_on: date | None,
    back_told_on: date | None,
    is_back_first: bool,
) -> Charge:
    """The charge of one device after everything was told, day by day, and its timer fired."""
    case, charge = opened(), None
    points: tuple[ChangePoint, ...] = ()
    days = {told_on, domain.due_on(DELIVERED, policy), END} | {reported_on, back_told_on} - {None}
    for today in sorted(day for day in days if day is not None):
        steps = ["delivered", "finished", "back"]
        for step in reversed(steps) if is_back_first else steps:
            if step == "delivered" and today == told_on:
                event = a_line_delivered(on=DELIVERED.isoformat(), payer="20990")
                price = Money(net_ore=10_000)
                (one,) = domain.defer([CHARGE], event, case, unit_price=price, policy=policy)
                charge = evolve_charge(None, one)
                until = domain.waits_until(case, delivered_on=DELIVERED, due=one.due_on)
                back = returned_between(points, first=DELIVERED, last=until)
                if back is not None:
                    charge = returned(charge, back)
            if step == "finished" and today == reported_on:
                order = OrderId(uuid4())
                by = case.prescriber
                for said in domain.finish(order, case, finished_on=today, by=by, today=today):
                    case = domain.evolve(case, said)
            if step == "back" and today == back_told_on and back_on is not None:
                points = (ChangePoint(effective_on=back_on, payer_id=None),)
                charge = returned(charge, back_on) if charge else None
            if charge is not None:
                for due in domain.fall_due(CHARGE, charge, case, today=today):
                    charge = evolve_charge(charge, due)
    assert charge is not None
    return charge


def returned(charge: Charge, on: date) -> Charge:
    """The charge after its device came back."""
    ended = cancel_returned(
        {CHARGE: charge}, returned_on=on, had_since=a_custody(since=DELIVERED).since, quantity=1
    )
    return evolve_charge(charge, ended[CHARGE]) if ended else charge


@pytest.mark.rule("BIL-5b", "BIL-5c", "BIL-5g")
@settings(max_examples=1_000, deadline=None)
@drawn(
    told_on=DAYS,
    reported_on=st.none() | DAYS,
    back_on=st.none() | DAYS,
    late=st.integers(0, 200),
    is_back_first=st.booleans(),
)
def test_when_it_came_back_decides_and_not_when_that_is_told(
    told_on: date,
    reported_on: date | None,
    back_on: date | None,
    late: int,
    is_back_first: bool,
    policies: Policies,
) -> None:
    policy = with_home_regions(policies).of(RegionCode("ac")).versions[0]
    told = None if back_on is None else back_on + timedelta(days=late)

    charge = played(
        policy,
        told_on=told_on,
        reported_on=reported_on,
        back_on=back_on,
        back_told_on=told,
        is_back_first=is_back_first,
    )

    until = min(date(2026, 9, 5), max(reported_on or END, DELIVERED))
    is_owed = back_on is None or back_on > until
    assert charge.status is (ChargeStatus.RAISED if is_owed else ChargeStatus.CANCELLED)
    if is_owed:
        assert charge.charged_on == until


@pytest.mark.rule("BIL-5c")
@pytest.mark.parametrize(
    ("delivered_on", "due"),
    [("2026-03-05", "2026-09-05"), ("2026-08-31", "2027-02-28"), ("2027-12-01", "2028-06-01")],
)
def test_six_months_are_the_same_day_or_the_months_last(
    policies: Policies, delivered_on: str, due: str
) -> None:
    policy = with_home_regions(policies).of(RegionCode("ac")).versions[0]

    assert domain.due_on(date.fromisoformat(delivered_on), policy) == date.fromisoformat(due)
    plain = policies.of(RegionCode("ac")).versions[0]
    assert domain.due_on(date.fromisoformat(delivered_on), plain) == date.fromisoformat(due)
    assert replace(opened(), reference=None).lacks_commitment
