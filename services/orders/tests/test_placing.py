from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kvitt_contracts.orders import Delivery, OneOffAddress, OrderPlaced, RecipientAddress, Supply
from kvitt_contracts.policy import Policies, RegionPolicy
from kvitt_contracts.types import (
    ArticleStatus,
    ArticleType,
    CareUnitId,
    CareUnitRecipient,
    CustomerId,
    DeviceNumber,
    Money,
    PayerId,
    RegionCode,
    Role,
    ServicePointId,
    StoreId,
    UserId,
)
from orders.customer_orders.reasons import OrderRefused, Reason
from orders.numbers.domain import number_in, week_of
from orders.placements.domain import fee, has_details, must_carry_no_details

from contracts.tests.builders.regions import HOME
from services.orders.tests.builders import (
    a_line,
    a_marked_line,
    a_patient,
    a_policy,
    a_service_point,
    a_user,
    an_article,
    placed,
    withdrawn,
)


@pytest.fixture
def policy() -> RegionPolicy:
    """Västerbotten's."""
    return a_policy()


def refusal(refused: pytest.ExceptionInfo[OrderRefused]) -> tuple[str, str, str | None]:
    """Reason, rule and field of a refusal."""
    return refused.value.reason, refused.value.rule, refused.value.field


# -- ORD-1: recipient, prescriber, service point, lines, delivery ----------------------------------


@pytest.mark.rule("ORD-1a")
@pytest.mark.rule("ORD-1b")
def test_an_order_for_a_patient_comes_from_the_central_store(policy: RegionPolicy) -> None:
    order = placed(policy, a_line(quantity=3))

    assert (order.supply, order.store) == (Supply.CENTRAL, policy.stores.central)
    assert order.recipient.kind == "patient"
    assert [line.quantity for line in order.lines] == [3]


@pytest.mark.rule("ORD-1a")
def test_an_order_may_be_for_a_care_unit(policy: RegionPolicy) -> None:
    unit = CareUnitRecipient(unit=CareUnitId("30110"))

    order = placed(policy, recipient=unit)

    assert order.recipient == unit


@pytest.mark.rule("ORD-1c")
def test_lines_are_numbered_from_one_and_keep_their_ids(policy: RegionPolicy) -> None:
    first, again = placed(policy, a_line(), a_line()), placed(policy, a_line(), a_line())

    assert [line.number for line in first.lines] == [1, 2]
    assert [line.line_id for line in first.lines] == [line.line_id for line in again.lines]
    assert len({line.line_id for line in first.lines}) == 2


# -- REF-3: who orders, where ----------------------------------------------------------------------


@pytest.mark.rule("REF-3d")
@pytest.mark.rule("ORD-8a")
@pytest.mark.parametrize("place_it", [placed, withdrawn])
def test_the_prescriber_works_at_the_service_point(
    policy: RegionPolicy, place_it: Callable[..., OrderPlaced]
) -> None:
    elsewhere = a_user(service_points=(ServicePointId("61999"),))

    with pytest.raises(OrderRefused) as refused:
        place_it(policy, prescriber=elsewhere)
    assert refusal(refused) == (Reason.NOT_CONNECTED_TO_SERVICE_POINT, "REF-3", "service_point")


@pytest.mark.rule("REF-3d")
@pytest.mark.parametrize("others", [{"roles": (Role.REQUESTER,)}, {"active": False}])
def test_the_prescriber_is_active_and_may_prescribe(
    policy: RegionPolicy, others: dict[str, Any]
) -> None:
    with pytest.raises(OrderRefused) as refused:
        placed(policy, prescriber=a_user(**others))
    assert refusal(refused) == (Reason.NOT_A_PRESCRIBER, "REF-3", "prescriber")


@pytest.mark.rule("REF-3b")
def test_a_requester_registers_in_the_name_of_a_connected_prescriber(policy: RegionPolicy) -> None:
    requester = a_user("b001req", roles=(Role.REQUESTER,), acts_for=(UserId("k082lno"),))

    order = placed(policy, requester=requester)

    assert (order.prescriber, order.requester) == ("k082lno", "b001req")


@pytest.mark.rule("REF-3b")
def test_a_requester_without_connection_is_refused(policy: RegionPolicy) -> None:
    stranger = a_user("b001req", roles=(Role.REQUESTER,))

    with pytest.raises(OrderRefused) as refused:
        placed(policy, requester=stranger)
    assert refusal(refused) == (Reason.NOT_CONNECTED_TO_PRESCRIBER, "REF-3", "requester")


@pytest.mark.rule("REF-3d")
def test_a_requester_whose_access_has_ended_registers_for_nobody(policy: RegionPolicy) -> None:
    ended = a_user("b001req", roles=(Role.REQUESTER,), acts_for=(UserId("k082lno"),), active=False)

    with pytest.raises(OrderRefused) as refused:
        placed(policy, requester=ended)
    assert refusal(refused) == (Reason.NOT_CONNECTED_TO_PRESCRIBER, "REF-3", "requester")


@pytest.mark.rule("REF-3d")
def test_customer_service_whose_access_has_ended_registers_for_nobody(policy: RegionPolicy) -> None:
    ended = a_user("s001kun", roles=(Role.CUSTOMER_SERVICE,), active=False)

    with pytest.raises(OrderRefused) as refused:
        placed(policy, requester=ended)
    assert refused.value.reason == Reason.NOT_CONNECTED_TO_PRESCRIBER


def test_customer_service_registers_for_any_prescriber(policy: RegionPolicy) -> None:
    staff = a_user("s001kun", roles=(Role.CUSTOMER_SERVICE,))

    assert placed(policy, requester=staff).requester == "s001kun"


@pytest.mark.rule("REF-3d")
def test_a_customer_that_is_no_service_point_cannot_order(policy: RegionPolicy) -> None:
    with pytest.raises(OrderRefused) as refused:
        placed(policy, service_point=a_service_point(is_service_point=False))
    assert refusal(refused) == (Reason.NOT_A_SERVICE_POINT, "REF-3", "service_point")


@pytest.mark.rule("REF-4a")
def test_choosing_the_service_point_sets_the_payer(policy: RegionPolicy) -> None:
    order = placed(policy, service_point=a_service_point(payer_id=PayerId("61777")))

    assert [line.payer_id for line in order.lines] == ["61777"]


# -- REF-4: payers ---------------------------------------------------------------------------------


@pytest.mark.rule("REF-4b")
def test_another_payer_is_given_for_the_whole_order(policy: RegionPolicy) -> None:
    order = placed(policy, a_line(), a_line(), payer_id=PayerId("61888"))

    assert [line.payer_id for line in order.lines] == ["61888", "61888"]


@pytest.mark.rule("REF-4b")
def test_another_payer_is_given_for_a_line(policy: RegionPolicy) -> None:
    order = placed(policy, a_line(), a_line(payer_id=PayerId("61888")))

    assert [line.payer_id for line in order.lines] == ["20011", "61888"]


# -- ORD-3: delivery -------------------------------------------------------------------------------


@pytest.mark.rule("ORD-3a")
@pytest.mark.parametrize(
    ("to", "kind"),
    [({"kind": "unit"}, "unit"), ({"kind": "recipient"}, "recipient")],
)
def test_an_order_goes_to_the_unit_or_to_the_recipients_address(
    policy: RegionPolicy, to: dict[str, str], kind: str
) -> None:
    order = placed(policy, delivery=Delivery.model_validate({"to": to}))

    assert order.address_kind == kind


@pytest.mark.rule("ORD-3b")
def test_a_one_off_address_is_told_by_its_kind_alone(policy: RegionPolicy) -> None:
    order = placed(policy, delivery=Delivery(to=OneOffAddress(address=HOME)))

    assert order.address_kind == "one_off"
    assert HOME.street not in order.model_dump_json()


@pytest.mark.rule("ORD-3f")
def test_consolidated_delivery_is_on_by_default_and_can_be_turned_off(policy: RegionPolicy) -> None:
    assert placed(policy).consolidated
    assert not placed(policy, delivery=Delivery(consolidated=False)).consolidated


@pytest.mark.rule("ORD-3a")
def test_nothing_is_sent_to_a_recipient_without_an_address(policy: RegionPolicy) -> None:
    nowhere = a_patient(has_address=False)

    with pytest.raises(OrderRefused) as refused:
        placed(policy, recipient=nowhere, delivery=Delivery(to=RecipientAddress()))
    assert refusal(refused) == (Reason.RECIPIENT_HAS_NO_ADDRESS, "ORD-3", "delivery.to")
    assert placed(policy, recipient=nowhere).address_kind == "unit"


@pytest.mark.rule("ORD-3b")
@pytest.mark.parametrize(
    ("delivery", "field"),
    [
        ({"to": {"kind": "one_off", "address": HOME.model_dump()}}, "delivery.to"),
        ({"order_phone": "090-785 00 00"}, "delivery.order_phone"),
        ({"recipient_phone": "090-785 00 00"}, "delivery.recipient_phone"),
        ({"door_code": "1789"}, "delivery.door_code"),
        ({"instructions": "ring på"}, "delivery.instructions"),
        ({"contact_person": "dottern"}, "delivery.contact_person"),
        ({"information": "hund finns"}, "delivery.information"),
    ],
)
def test_what_is_private_to_an_order_is_refused_over_kafka(
    delivery: dict[str, object], field: str
) -> None:
    given_delivery = Delivery.model_validate(delivery)

    with pytest.raises(OrderRefused) as refused:
        must_carry_no_details(given_delivery)
    assert refusal(refused) == (Reason.DELIVERY_DETAILS_OVER_HTTP_ONLY, "ORD-3", field)
    assert "POST /orders" in refused.value.way_on
    assert has_details(given_delivery)


def test_an_order_without_details_passes_over_kafka() -> None:
    delivery = Delivery(to=RecipientAddress(), consolidated=False)

    must_carry_no_details(delivery)
    assert not has_details(delivery)


# -- ORD-5: the assortment -------------------------------------------------------------------------


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


# -- ORD-6: what is not purchased any more ---------------------------------------------------------

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


# -- ORD-7, ORD-8, REF-7: withdrawals --------------------------------------------------------------


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


@pytest.mark.rule("ORD-8b")
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


# -- ORD-18: patient fees --------------------------------------------------------------------------


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


@pytest.mark.rule("ORD-18a")
@settings(deadline=None)
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


# -- ORD-2: numbers --------------------------------------------------------------------------------


@pytest.mark.rule("ORD-2a")
def test_a_number_has_two_digits_for_the_year_two_for_the_week_and_four_running() -> None:
    assert number_in(week_of(date(2017, 4, 27)), 78) == "17170078"


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
@given(st.integers(1, 99_998))
def test_running_numbers_of_a_week_never_coincide(running: int) -> None:
    assert number_in("2610", running) != number_in("2610", running + 1)
