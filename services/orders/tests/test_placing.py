from collections.abc import Callable
from typing import Any

import pytest
from kvitt_contracts.orders import (
    Delivery,
    OneOffAddress,
    OrderPlaced,
    PlaceOrder,
    RecipientAddress,
    Supply,
)
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.types import (
    CareUnitId,
    CareUnitRecipient,
    PayerId,
    Role,
    ServicePointId,
    UserId,
)
from orders.customer_orders.reasons import OrderRefused, Reason
from orders.placements.domain import has_details, must_carry_no_details

from contracts.tests.builders.regions import HOME
from services.orders.tests.builders import (
    a_line,
    a_patient,
    a_service_point,
    a_user,
    placed,
    refusal,
    withdrawn,
)

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


DETAILS: list[tuple[dict[str, object], str]] = [
    ({"to": {"kind": "one_off", "address": HOME.model_dump()}}, "delivery.to"),
    ({"order_phone": "090-785 00 00"}, "delivery.order_phone"),
    ({"recipient_phone": "090-785 00 00"}, "delivery.recipient_phone"),
    ({"door_code": "1789"}, "delivery.door_code"),
    ({"instructions": "ring på"}, "delivery.instructions"),
    ({"contact_person": "dottern"}, "delivery.contact_person"),
    ({"information": "hund finns"}, "delivery.information"),
]


def test_the_contract_forbids_on_the_topic_what_is_refused_from_it() -> None:
    forbidden = {path.partition(":")[0] for path in PlaceOrder.over_http_only}

    assert forbidden == {field for _, field in DETAILS}


@pytest.mark.rule("ORD-3b")
@pytest.mark.parametrize(("delivery", "field"), DETAILS)
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
