"""ORD-5 to ORD-8, REF-7: what the lines of an order and of a withdrawal may hold."""

from collections.abc import Callable
from typing import Any

import pytest
from kvitt_contracts.orders import OrderPlaced, Supply
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.types import (
    ArticleStatus,
    ArticleType,
    CustomerId,
    DeviceNumber,
    StoreId,
    Word,
)
from orders.customer_orders.reasons import OrderRefused, Reason

from services.orders.tests.builders import (
    a_line,
    a_marked_line,
    a_service_point,
    a_user,
    an_article,
    placed,
    refusal,
    withdrawn,
)


@pytest.mark.rule("ORD-5a")
def test_an_article_outside_the_assortment_cannot_be_ordered(policy: RegionPolicy) -> None:
    with pytest.raises(OrderRefused) as refused:
        placed(policy, article=an_article(in_assortment=False))
    assert refusal(refused) == (
        Reason.ARTICLE_NOT_IN_ASSORTMENT,
        "ORD-5",
        "lines.0.article_number",
    )


@pytest.mark.rule("ORD-5a")
def test_the_refusal_says_how_to_apply_for_an_individual_prescription(policy: RegionPolicy) -> None:
    with pytest.raises(OrderRefused) as refused:
        placed(policy, article=an_article(in_assortment=False))
    assert "individuell förskrivning" in refused.value.way_on


@pytest.mark.rule("ORD-5b")
def test_what_stands_in_the_own_store_may_still_be_withdrawn(policy: RegionPolicy) -> None:
    assert withdrawn(policy, article=an_article(in_assortment=False)).lines


@pytest.mark.rule("ORD-5c")
@pytest.mark.parametrize("who", ["prescriber", "requester"])
def test_by_policy_a_consultant_orders_what_is_outside_the_assortment(
    policy: RegionPolicy, who: str
) -> None:
    outside = an_article(in_assortment=False)
    order = policy.order.model_copy(update={"outside_assortment": "consultant"})
    by_consultants = policy.model_copy(update={"order": order})
    consultant: dict[str, Any] = {who: a_user(profession=Word("consultant"))}

    assert placed(by_consultants, article=outside, **consultant).lines
    with pytest.raises(OrderRefused) as refused:
        placed(by_consultants, article=outside)
    assert refusal(refused) == (
        Reason.ARTICLE_NOT_IN_ASSORTMENT,
        "ORD-5",
        "lines.0.article_number",
    )
    assert "konsulent" in refused.value.way_on
    with pytest.raises(OrderRefused):
        placed(policy, article=outside, **consultant)


ENDING = [ArticleStatus.PHASE_OUT, ArticleStatus.DISCONTINUED]


@pytest.mark.rule("ORD-6f")
@pytest.mark.parametrize("status", ENDING)
def test_what_is_not_purchased_is_not_ordered_where_only_the_own_stores_balance_counts(
    policy: RegionPolicy, status: ArticleStatus
) -> None:
    own_alone = policy.model_copy(update={"phase_out": ("own",)})

    with pytest.raises(OrderRefused) as refused:
        placed(own_alone, a_line(), article=an_article(status=status))
    assert refusal(refused) == (Reason.NO_LONGER_PURCHASED, "ORD-6", "lines.0.article_number")
    assert "eget förråd" in refused.value.way_on


@pytest.mark.rule("ORD-6g")
@pytest.mark.parametrize("status", ENDING)
@pytest.mark.parametrize("counts", [(), ("central",), ("central", "own")])
def test_what_is_not_purchased_is_ordered_where_the_central_stores_balance_counts(
    policy: RegionPolicy, status: ArticleStatus, counts: tuple[str, ...]
) -> None:
    counting = policy.model_copy(update={"phase_out": counts})

    assert placed(counting, article=an_article(status=status)).lines


@pytest.mark.rule("ORD-6f")
@pytest.mark.parametrize("status", ENDING)
def test_a_service_that_is_not_purchased_has_no_balance_anywhere(
    policy: RegionPolicy, status: ArticleStatus
) -> None:
    with pytest.raises(OrderRefused) as refused:
        placed(policy, article=an_article(type=ArticleType.SERVICE, status=status))
    assert refused.value.reason == Reason.NO_LONGER_PURCHASED


@pytest.mark.rule("ORD-6f")
@pytest.mark.parametrize("status", ENDING)
def test_what_is_not_purchased_is_prescribed_from_the_own_store(
    policy: RegionPolicy, status: ArticleStatus
) -> None:
    own_alone = policy.model_copy(update={"phase_out": ("own",)})

    assert withdrawn(own_alone, article=an_article(status=status)).lines


@pytest.mark.rule("ORD-7c")
@pytest.mark.rule("ORD-7d")
def test_two_requisitions_are_two_lines(policy: RegionPolicy) -> None:
    order = withdrawn(policy, a_line(), a_line())

    assert [line.number for line in order.lines] == [1, 2]
    assert (order.supply, order.store) == (Supply.OWN_STORE, "402")


@pytest.mark.rule("ORD-7a")
def test_a_service_does_not_stand_in_a_store(policy: RegionPolicy) -> None:
    with pytest.raises(OrderRefused) as refused:
        withdrawn(policy, article=an_article(type=ArticleType.SERVICE))
    assert refusal(refused) == (Reason.SERVICE_IS_NOT_STOCKED, "ORD-7", "lines.0.article_number")


@pytest.mark.rule("INV-16a")
def test_a_contribution_is_ordered_and_never_withdrawn(policy: RegionPolicy) -> None:
    contribution = an_article(is_contribution=True)

    assert placed(policy, article=contribution).lines
    with pytest.raises(OrderRefused) as refused:
        withdrawn(policy, article=contribution)
    reason = Reason.CONTRIBUTION_IS_NEVER_STOCKED
    assert refusal(refused) == (reason, "INV-16", "lines.0.article_number")
    assert refused.value.way_on is not None
    assert "med en order" in refused.value.way_on


@pytest.mark.rule("ORD-8b", "REF-3c")
def test_the_store_and_the_service_point_must_match(policy: RegionPolicy) -> None:
    with pytest.raises(OrderRefused) as refused:
        withdrawn(policy, store=StoreId("602"))
    assert refusal(refused) == (Reason.STORE_NOT_OF_SERVICE_POINT, "ORD-8", "store")


@pytest.mark.rule("ORD-8a")
def test_a_marked_device_is_withdrawn_by_its_number(policy: RegionPolicy) -> None:
    marked = an_article(marked=True)

    with pytest.raises(OrderRefused) as refused:
        withdrawn(policy, a_line(), article=marked)
    assert refusal(refused) == (Reason.DEVICE_NUMBER_MISSING, "ORD-8", "lines.0.device_number")
    assert withdrawn(policy, a_marked_line(), article=marked).lines[0].device_number == "RUL-1001"


@pytest.mark.rule("ORD-8d")
def test_an_order_from_the_central_store_names_no_device(policy: RegionPolicy) -> None:
    with pytest.raises(OrderRefused) as refused:
        placed(policy, a_line(), a_marked_line(), article=an_article(marked=True))
    assert refusal(refused) == (Reason.DEVICE_NUMBER_ON_ORDER, "ORD-8", "lines.1.device_number")
    assert "uttag ur eget förråd" in refused.value.way_on


@pytest.mark.rule("ORD-8c")
def test_a_device_stands_on_one_line_of_a_withdrawal(policy: RegionPolicy) -> None:
    with pytest.raises(OrderRefused) as refused:
        withdrawn(policy, a_marked_line(), a_marked_line(), article=an_article(marked=True))
    assert refusal(refused) == (Reason.DEVICE_NUMBER_TWICE, "ORD-8", "lines.1.device_number")


@pytest.mark.rule("ORD-8c")
@pytest.mark.parametrize("place_it", [placed, withdrawn])
def test_the_quantity_of_a_marked_device_is_always_one(
    policy: RegionPolicy, place_it: Callable[..., OrderPlaced]
) -> None:
    two = a_line(quantity=2, device_number=DeviceNumber("RUL-1001"))

    with pytest.raises(OrderRefused) as refused:
        place_it(policy, two, article=an_article(marked=True))
    assert refusal(refused) == (Reason.ONE_OF_A_MARKED_DEVICE, "ORD-8", "lines.0.quantity")


def test_an_unmarked_article_has_no_device_number(policy: RegionPolicy) -> None:
    with pytest.raises(OrderRefused) as refused:
        withdrawn(policy, a_marked_line())
    assert refusal(refused) == (Reason.NOT_MARKED, "ORD-8", "lines.0.device_number")


@pytest.mark.rule("REF-7g")
def test_a_private_clinic_withdraws_nothing(policy: RegionPolicy) -> None:
    clinic = a_service_point(private_clinic=True, store=None)

    with pytest.raises(OrderRefused) as refused:
        withdrawn(policy, service_point=clinic)
    assert refusal(refused) == (Reason.PRIVATE_CLINIC_HOLDS_NO_STOCK, "REF-7", "service_point")


@pytest.mark.rule("REF-7h")
def test_a_private_clinic_orders_from_the_central_store(policy: RegionPolicy) -> None:
    clinic = a_service_point(private_clinic=True, store=None, customer_id=CustomerId("40201"))

    assert placed(policy, service_point=clinic).supply is Supply.CENTRAL
