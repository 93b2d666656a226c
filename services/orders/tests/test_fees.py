"""ORD-18: patient fees."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kvitt_contracts.orders import LineSupply, in_first_version
from kvitt_contracts.policy import Policies, RegionPolicy
from kvitt_contracts.types import CareUnitId, CareUnitRecipient, Money, RegionCode, StoreId
from orders.customer_orders.domain import evolve
from orders.placements.domain import fee

from contracts.tests.builders.areas import with_policy
from services.orders.tests.builders import (
    a_line,
    a_patient,
    a_policy,
    an_article,
    placed,
    placed_later_paid,
)

FIVE_HUNDRED = {"net_ore": 50_000, "vat_percent": 0}


@pytest.mark.rule("ORD-18a")
def test_a_patient_above_twenty_pays_a_fee_on_certain_articles(policy: RegionPolicy) -> None:
    order = placed(policy, a_line(quantity=2), article=an_article(fee_group="charge_kit"))

    assert order.lines[0].fee == Money(net_ore=50_000, vat_percent=0)


@pytest.mark.rule("ORD-18a")
def test_other_articles_carry_no_fee(policy: RegionPolicy) -> None:
    assert placed(policy, article=an_article(fee_group="free_group")).lines[0].fee is None
    assert placed(policy).lines[0].fee is None


@pytest.mark.rule("ORD-18a")
@pytest.mark.parametrize(
    ("region", "today", "pays"),
    [
        ("ac", "2026-05-09", False),  # until the birthday
        ("ac", "2026-05-10", True),
        ("bd", "2026-05-10", False),  # until the end of the year
        ("bd", "2026-12-31", False),
        ("bd", "2027-01-01", True),
    ],
)
def test_the_policy_says_when_a_young_patient_begins_to_pay(
    policies: Policies, region: str, today: str, pays: bool
) -> None:
    policy = policies.of(RegionCode(region)).versions[-1]
    born_2006 = a_patient("2006-05-10")

    order = placed(
        policy,
        recipient=born_2006,
        article=an_article(fee_group="charge_kit"),
        today=date.fromisoformat(today),
    )

    assert (order.lines[0].fee is not None) is pays


@pytest.mark.rule("ORD-18a")
def test_a_care_unit_pays_no_patient_fee(policy: RegionPolicy) -> None:
    unit = CareUnitRecipient(unit=CareUnitId("30110"))

    order = placed(policy, recipient=unit, article=an_article(fee_group="charge_kit"))

    assert order.lines[0].fee is None


def test_the_fee_is_pinned_with_the_policy_that_it_was_made_under(policy: RegionPolicy) -> None:
    assert placed(policy, article=an_article(fee_group="charge_kit")).policy == policy.pin


def later_paid(policies: Policies) -> RegionPolicy:
    """The policy of a region where a charger's fee is charged 90 days after receipt."""
    rules = [
        {"fee_group": "charger", "amount": FIVE_HUNDRED, "timing": "delayed_90_days"},
        {"fee_group": "charge_kit", "amount": FIVE_HUNDRED},
    ]
    changed = with_policy(policies, fees={"rules": rules})
    return changed.of(RegionCode("ac")).versions[-1]


@pytest.mark.rule("ORD-18e")
def test_when_a_fee_is_charged_is_pinned_with_the_fee(policies: Policies) -> None:
    charger, kit = an_article("30998", fee_group="charger"), an_article(fee_group="charge_kit")

    order = placed_later_paid(later_paid(policies), charger, kit, an_article("30457-2"))

    assert [(line.fee_group, line.fee_timing) for line in order.lines] == [
        ("charger", "delayed"),
        ("charge_kit", "immediate"),
        (None, None),
    ]
    assert [line.fee is not None for line in order.lines] == [True, True, False]


@pytest.mark.rule("ORD-18e")
def test_an_order_without_a_delayed_fee_is_told_as_ever(policies: Policies) -> None:
    policy = later_paid(policies)

    assert placed(policy, article=an_article(fee_group="charge_kit")).lines[0].fee is not None
    child = a_patient("2010-05-10")
    free = placed(policy, article=an_article(fee_group="charger"), recipient=child)
    assert free.lines[0].fee is None


def test_both_versions_mean_the_same_order(policies: Policies) -> None:
    order = placed_later_paid(later_paid(policies), an_article(fee_group="charger"))

    state = evolve(None, order)

    assert (state.supply, state.store) == (LineSupply.CENTRAL, order.lines[0].store)
    assert state == evolve(None, in_first_version(order))


def test_lines_of_several_supplies_are_no_order_of_the_first_version(policies: Policies) -> None:
    charger = an_article(fee_group="charger")
    (line,) = placed_later_paid(later_paid(policies), charger).lines
    other = line.model_copy(update={"store": StoreId("402")})
    order = placed_later_paid(later_paid(policies), charger)

    with pytest.raises(ValueError, match="2 sources"):
        in_first_version(order.model_copy(update={"lines": (line, other)}))


@pytest.mark.rule("ORD-18a")
@given(
    born=st.dates(date(1900, 1, 1), date(2025, 12, 31)),
    day=st.dates(date(2026, 1, 1), date(2060, 1, 1)),
)
def test_whoever_has_begun_to_pay_goes_on_paying(born: date, day: date) -> None:
    policy = a_policy()
    article = an_article(fee_group="charge_kit")
    patient = a_patient(born.isoformat())

    if fee(article, recipient=patient, policy=policy, today=day) is not None:
        later = date(day.year + 1, day.month, 1)
        assert fee(article, recipient=patient, policy=policy, today=later) is not None
