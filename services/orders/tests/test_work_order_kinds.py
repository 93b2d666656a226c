"""ACT-1, ACT-2: what each kind of work asks for, by the rules alone."""

from datetime import date
from typing import Any

import pytest
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import Word
from orders.work_orders.domain import Kind
from orders.work_orders.registering.domain import Wish

from services.orders.tests.builders import TODAY, an_article
from services.orders.tests.work_order_values import (
    ADULT,
    SERVICE,
    STRANGER,
    TECHNICIAN,
    UNIT,
    a_device,
    a_wish,
    an_application_wish,
    an_ordered_line,
    of_service_point,
    registered,
)

CHILD: dict[str, Any] = {"born_on": date(2012, 5, 1)}


def refusal(policy: RegionPolicy, wish: Wish, **others: Any) -> tuple[str, str, str | None]:
    """Reason, rule and field of a refused wish."""
    with pytest.raises(Refused) as refused:
        registered(policy, wish, **others)
    return refused.value.reason, refused.value.rule, refused.value.field


@pytest.mark.rule("ACT-1a")
@pytest.mark.parametrize("kind", ["adjustment", "repair", "special_adaptation"])
def test_each_kind_is_registered_on_a_delivered_device(policy: RegionPolicy, kind: str) -> None:
    wish = a_wish(kind, service=SERVICE, attests_outside_instructions=True)

    assert registered(policy, wish).kind == kind


@pytest.mark.rule("ACT-1a")
def test_work_that_is_tied_to_an_order_names_it(policy: RegionPolicy) -> None:
    wish = a_wish("tied_to_order", device=None, order=an_ordered_line())

    assert registered(policy, wish).order_id == an_ordered_line().order_id
    assert refusal(policy, a_wish("tied_to_order")) == ("ORDER_MISSING", "ACT-1", "order_id")
    assert refusal(policy, a_wish("polish")) == ("UNKNOWN_WORD", "ACT-1", "kind")


@pytest.mark.rule("ACT-1b")
def test_a_warranty_repair_names_a_service_product(policy: RegionPolicy) -> None:
    of_goods = an_article("30457")

    assert registered(policy, a_wish("warranty_repair", service=SERVICE)).service_article == "39001"
    missing = ("SERVICE_MISSING", "ACT-1", "service_article")
    assert refusal(policy, a_wish("warranty_repair")) == missing
    wrong = ("NOT_A_SERVICE", "ACT-1", "service_article")
    assert refusal(policy, a_wish("warranty_repair", service=of_goods)) == wrong


@pytest.mark.rule("ACT-1d", "ACT-1j")
@pytest.mark.parametrize("kind", ["dismantling", "installed_repair"])
def test_what_is_installed_is_dismantled_and_repaired_for_children_alone(
    policy: RegionPolicy, kind: str
) -> None:
    asked: dict[str, Any] = {"attests_cannot_dismantle": True}
    child, adult = a_wish(kind, **asked, **CHILD), a_wish(kind, **asked)
    of_unit = a_wish(kind, **asked, recipient=UNIT, born_on=None, device=a_device(UNIT))

    assert registered(policy, child).kind == kind
    assert refusal(policy, adult) == ("CHILDREN_ONLY", "ACT-1", "recipient")
    assert refusal(policy, of_unit)[0] == "CHILDREN_ONLY"


@pytest.mark.rule("ACT-1j")
def test_somebody_is_a_child_until_the_birthday_that_the_policy_names(policy: RegionPolicy) -> None:
    until_20 = policy.model_copy(update={"child_until": 20})
    turns_18_today = a_wish("installed_repair", born_on=date(2008, 3, 2))
    turns_18_tomorrow = a_wish("installed_repair", born_on=date(2008, 3, 3))

    assert date(2026, 3, 2) == TODAY
    assert refusal(policy, turns_18_today)[0] == "CHILDREN_ONLY"
    assert registered(policy, turns_18_tomorrow).registered_on == TODAY
    assert registered(until_20, turns_18_today).registered_on == TODAY


@pytest.mark.rule("ACT-1f")
@pytest.mark.parametrize("kind", ["installation", "repair", "warranty_repair", "installed_repair"])
def test_installation_and_repair_need_a_delivered_device(policy: RegionPolicy, kind: str) -> None:
    ordered = a_wish(kind, device=None, order=an_ordered_line(), service=SERVICE, **CHILD)
    in_a_store = a_wish(kind, device=a_device(None), service=SERVICE, **CHILD)

    assert refusal(policy, ordered) == ("DEVICE_MISSING", "ACT-1", "device_number")
    assert refusal(policy, in_a_store)[0] == "NOT_AT_RECIPIENT"


@pytest.mark.rule("ACT-1g")
def test_of_a_recipient_one_installation_is_open_at_a_time(policy: RegionPolicy) -> None:
    second = a_wish("installation", is_installing=True)

    assert registered(policy, a_wish("installation")).registered_on == TODAY
    assert refusal(policy, second) == ("INSTALLATION_IS_OPEN", "ACT-1", "device_number")
    assert registered(policy, a_wish("maintenance", is_installing=True)).registered_on == TODAY


@pytest.mark.rule("ACT-1h")
def test_a_repair_outside_the_warranty_is_ordered_as_a_service(policy: RegionPolicy) -> None:
    ordered = registered(policy, a_wish("repair", service=SERVICE))

    assert (ordered.service_article, ordered.payer_id) == ("39001", "20011")
    missing = ("SERVICE_MISSING", "ACT-1", "service_article")
    assert refusal(policy, a_wish("repair")) == missing


@pytest.mark.rule("ACT-1i")
def test_a_special_adaptation_is_attested_to_be_outside_the_instructions(
    policy: RegionPolicy,
) -> None:
    attested = registered(policy, a_wish("special_adaptation", attests_outside_instructions=True))

    assert attested.is_attested
    missing = ("NOT_ATTESTED", "ACT-1", "attests_outside_instructions")
    assert refusal(policy, a_wish("special_adaptation")) == missing
    assert registered(policy, a_wish("adjustment")).registered_on == TODAY


@pytest.mark.rule("ACT-1k")
def test_who_orders_a_dismantling_attests_that_nobody_there_can_do_it(policy: RegionPolicy) -> None:
    attested = registered(policy, a_wish("dismantling", attests_cannot_dismantle=True, **CHILD))

    assert attested.is_attested
    missing = ("NOT_ATTESTED", "ACT-1", "attests_cannot_dismantle")
    assert refusal(policy, a_wish("dismantling", **CHILD)) == missing


@pytest.mark.rule("ACT-2a")
@pytest.mark.parametrize(
    ("wish", "reason"),
    [
        (a_wish("adjustment", device=None), "NOTHING_TO_WORK_ON"),
        (a_wish("adjustment", device=a_device(UNIT)), "NOT_AT_RECIPIENT"),
        (
            a_wish("adjustment", device=None, order=an_ordered_line(UNIT)),
            "NOT_THE_RECIPIENTS_ORDER",
        ),
        (
            a_wish("adjustment", device=None, order=an_ordered_line(is_over=True)),
            "ORDER_IS_OVER",
        ),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_it_is_registered_from_what_the_recipient_has_or_has_ordered(
    policy: RegionPolicy, wish: Wish, reason: str
) -> None:
    assert refusal(policy, wish)[:2] == (reason, "ACT-2")
    assert (
        registered(policy, a_wish("adjustment", device=None, order=an_ordered_line())).registered_on
        == TODAY
    )


@pytest.mark.rule("ACT-2b")
@pytest.mark.parametrize(
    ("without", "reason", "field"),
    [
        ("has_description", "DESCRIPTION_MISSING", "description"),
        ("has_address", "NO_ADDRESS", "delivery.to"),
        ("has_phone", "PHONE_MISSING", "delivery.order_phone"),
    ],
)
def test_text_address_and_phone_are_mandatory(
    policy: RegionPolicy, without: str, reason: str, field: str
) -> None:
    lacking: dict[str, Any] = {without: False}
    assert refusal(policy, a_wish(**lacking)) == (reason, "ACT-2", field)


@pytest.mark.rule("ACT-2b")
def test_a_message_carries_no_text(policy: RegionPolicy) -> None:
    assert (
        registered(policy, a_wish(has_description=False, is_in_words=False)).registered_on == TODAY
    )


@pytest.mark.rule("ACT-5b")
@pytest.mark.parametrize(
    ("chosen", "field"),
    [
        ({"service": SERVICE}, "service_article"),
        ({"device": a_device()}, "device_number"),
        ({"order": an_ordered_line()}, "order_id"),
        ({"has_place": True}, "delivery"),
        ({"recipient": UNIT}, "recipient"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_in_an_application_no_article_and_no_address_is_chosen(
    policy: RegionPolicy, chosen: dict[str, Any], field: str
) -> None:
    wish = an_application_wish(**chosen)

    assert refusal(policy, wish) == ("NOT_IN_APPLICATION", "ACT-5", field)


@pytest.mark.rule("ACT-1e", "ACT-5a")
def test_an_application_needs_no_phone_and_is_attested(policy: RegionPolicy) -> None:
    wish = an_application_wish(has_phone=False, has_address=False)

    registering = registered(policy, wish)

    assert (registering.kind, registering.is_attested) == (Word(Kind.APPLICATION), True)
    assert registering.recipient == ADULT


def test_who_works_elsewhere_registers_nothing_and_staff_register_for_others(
    policy: RegionPolicy,
) -> None:
    asks = of_service_point()

    assert refusal(policy, a_wish(), requester=STRANGER)[0] == "NOT_CONNECTED_TO_SERVICE_POINT"
    assert refusal(policy, a_wish(), requester=asks, by=STRANGER)[0] == "NOT_THE_REQUESTER"
    for_another = registered(policy, requester=asks, by=TECHNICIAN)
    assert (for_another.requester, for_another.by) == ("b001req", "s001kun")
