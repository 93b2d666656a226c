from datetime import date
from random import Random
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kvitt_contracts.examples import examples_of
from kvitt_contracts.orders import (
    OrderDelivered,
    OrderEvent,
    OrderLineDelivered,
    OrderPlanned,
    OrderVoidRequested,
)
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.topics import ORDERS_CUSTOMER_ORDERS
from kvitt_contracts.types import Role, ServicePointId, UserId
from orders.customer_orders.domain import (
    Order,
    Status,
    begin_picking,
    decline,
    deliver_line,
    evolve,
    line_id,
    plan,
    refuse_void,
    request_void,
    void,
)
from orders.customer_orders.reasons import OrderRefused, Reason
from orders.units.domain import User

from services.orders.tests.builders import ORDER, a_line, a_policy, a_user, a_withdrawal, an_order

ON = date(2026, 3, 4)


def after(order: Order, *events: OrderEvent) -> Order:
    """The order after these events."""
    for event in events:
        order = evolve(order, event)
    return order


# -- ORD-4: the planned date -----------------------------------------------------------------------


@pytest.mark.rule("ORD-4d")
def test_the_first_planned_date_is_no_change(policy: RegionPolicy) -> None:
    (planned,) = plan(an_order(policy), on=ON)

    assert planned == OrderPlanned(order_id=ORDER, planned_dispatch_on=ON, changed=False)


@pytest.mark.rule("ORD-4d")
def test_a_later_date_is_told_as_a_change(policy: RegionPolicy) -> None:
    order = after(an_order(policy), *plan(an_order(policy), on=ON))

    (planned,) = plan(order, on=date(2026, 3, 9))

    assert planned.changed


@pytest.mark.rule("ORD-4d")
def test_the_same_date_again_tells_nothing(policy: RegionPolicy) -> None:
    order = after(an_order(policy), *plan(an_order(policy), on=ON))

    assert plan(order, on=ON) == ()


# -- ORD-15: statuses ------------------------------------------------------------------------------


@pytest.mark.rule("ORD-15c")
def test_an_order_is_registered_then_in_part_delivered_then_delivered(policy: RegionPolicy) -> None:
    order = an_order(policy, a_line(quantity=2), a_line())
    assert order.status is Status.REGISTERED

    first = deliver_line(order, line_id(ORDER, 1), quantity=2, on=ON)
    order = after(order, *first)
    assert order.status is Status.PART_DELIVERED

    last = deliver_line(order, line_id(ORDER, 2), quantity=1, on=date(2026, 3, 6))
    order = after(order, *last)
    assert (order.status, order.delivered_on) == (Status.DELIVERED, date(2026, 3, 6))
    assert [type(event) for event in (*first, *last)] == [
        OrderLineDelivered,
        OrderLineDelivered,
        OrderDelivered,
    ]


@pytest.mark.rule("ORD-15c")
def test_some_of_a_line_leaves_the_order_in_part_delivered(policy: RegionPolicy) -> None:
    order = an_order(policy, a_line(quantity=3))

    (event,) = deliver_line(order, line_id(ORDER, 1), quantity=2, on=ON)

    assert after(order, event).status is Status.PART_DELIVERED


@given(st.lists(st.integers(1, 4), min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_an_order_is_delivered_exactly_once_whatever_the_order_of_its_parts(
    quantities: list[int], shuffled: Random
) -> None:
    order = an_order(a_policy(), *(a_line(quantity=n) for n in quantities))
    parts = [n for n, quantity in enumerate(quantities, 1) for _ in range(quantity)]
    shuffled.shuffle(parts)

    events: list[OrderEvent] = []
    for number in parts:
        said = deliver_line(order, line_id(ORDER, number), quantity=1, on=ON)
        order = after(order, *said)
        events.extend(said)

    assert order.status is Status.DELIVERED
    assert sum(isinstance(event, OrderDelivered) for event in events) == 1


# -- ORD-7: withdrawals ----------------------------------------------------------------------------


@pytest.mark.rule("ORD-7a")
def test_a_withdrawal_is_pending_until_inventory_answers(policy: RegionPolicy) -> None:
    order = a_withdrawal(policy)

    assert (order.status, order.is_waiting) == (Status.PENDING, True)


@pytest.mark.rule("ORD-7a")
def test_a_withdrawal_is_delivered_at_once(policy: RegionPolicy) -> None:
    order = a_withdrawal(policy)

    order = after(order, *deliver_line(order, line_id(ORDER, 1), quantity=1, on=ON))

    assert (order.status, order.is_waiting) == (Status.DELIVERED, False)


@pytest.mark.rule("ORD-7a")
def test_a_withdrawal_without_balance_has_no_effect(policy: RegionPolicy) -> None:
    order = a_withdrawal(policy)

    order = after(order, *decline(order, reason="NO_BALANCE", rule="ORD-7"))

    assert (order.status, order.refusal, order.is_waiting) == (
        Status.DECLINED,
        "NO_BALANCE",
        False,
    )


# -- ORD-14: voiding -------------------------------------------------------------------------------


@pytest.mark.rule("ORD-14a")
@pytest.mark.rule("ORD-15c")
def test_a_whole_order_is_voided_when_inventory_has_let_go(policy: RegionPolicy) -> None:
    order = an_order(policy)

    order = after(order, *request_void(order, by=a_user()))
    assert (order.status, order.is_waiting) == (Status.VOIDING, True)
    order = after(order, *void(order))

    assert (order.status, order.is_waiting) == (Status.VOIDED, False)


@pytest.mark.rule("ORD-14a")
def test_an_order_goes_on_when_inventory_holds_on(policy: RegionPolicy) -> None:
    order = after(an_order(policy), *plan(an_order(policy), on=ON))
    order = after(order, *request_void(order, by=a_user()))

    order = after(order, *refuse_void(order, reason="PICKING_BEGUN"))

    assert (order.status, order.refusal) == (Status.REGISTERED, "PICKING_BEGUN")


@pytest.mark.rule("ORD-14a")
def test_an_order_that_was_delivered_in_part_while_voiding_goes_on_as_such(
    policy: RegionPolicy,
) -> None:
    order = an_order(policy, a_line(quantity=2))
    order = after(order, *request_void(order, by=a_user()))
    order = after(order, *deliver_line(order, line_id(ORDER, 1), quantity=1, on=ON))

    order = after(order, *refuse_void(order, reason="PICKING_BEGUN"))

    assert order.status is Status.PART_DELIVERED


@pytest.mark.rule("ORD-7b")
@pytest.mark.rule("ORD-14b")
@pytest.mark.parametrize("status", ["pending", "delivered"])
def test_a_withdrawal_is_never_voided(policy: RegionPolicy, status: str) -> None:
    order = a_withdrawal(policy)
    if status == "delivered":
        order = after(order, *deliver_line(order, line_id(ORDER, 1), quantity=1, on=ON))

    with pytest.raises(OrderRefused) as refused:
        request_void(order, by=a_user())
    assert (refused.value.reason, refused.value.rule) == (
        Reason.WITHDRAWAL_IS_DELIVERED,
        "ORD-14",
    )


@pytest.mark.rule("ORD-14a")
def test_the_warehouse_has_begun_and_nothing_is_voided(policy: RegionPolicy) -> None:
    order = after(an_order(policy), *begin_picking(an_order(policy)))

    with pytest.raises(OrderRefused) as refused:
        request_void(order, by=a_user())
    assert refused.value.reason == Reason.PICKING_BEGUN


@pytest.mark.rule("ORD-14a")
@pytest.mark.parametrize("quantity", [1, 2])
def test_what_is_delivered_wholly_or_in_part_is_not_voided(
    policy: RegionPolicy, quantity: int
) -> None:
    order = an_order(policy, a_line(quantity=2))
    order = after(order, *deliver_line(order, line_id(ORDER, 1), quantity=quantity, on=ON))

    with pytest.raises(OrderRefused) as refused:
        request_void(order, by=a_user())
    assert refused.value.reason == Reason.DELIVERED


@pytest.mark.rule("ORD-14a")
def test_a_declined_order_is_not_voided(policy: RegionPolicy) -> None:
    order = an_order(policy)
    order = after(order, *decline(order, reason="DEVICE_NOT_IN_STORE", rule="ORD-8"))

    with pytest.raises(OrderRefused) as refused:
        request_void(order, by=a_user())
    assert refused.value.reason == Reason.DECLINED


@pytest.mark.rule("ORD-14a")
def test_an_order_that_was_declined_while_voiding_does_not_go_on(policy: RegionPolicy) -> None:
    order = after(an_order(policy), *request_void(an_order(policy), by=a_user()))
    order = after(order, *decline(order, reason="NO_LONGER_PURCHASED", rule="ORD-6"))

    assert refuse_void(order, reason="DECLINED") == ()
    assert (order.status, order.refusal) == (Status.DECLINED, "NO_LONGER_PURCHASED")


@pytest.mark.rule("ORD-14a")
def test_voiding_twice_is_a_success_that_says_nothing(policy: RegionPolicy) -> None:
    order = an_order(policy)
    order = after(order, *request_void(order, by=a_user()))
    assert request_void(order, by=a_user()) == ()

    order = after(order, *void(order))
    assert request_void(order, by=a_user()) == ()
    assert void(order) == ()


@pytest.mark.rule("ORD-14f")
def test_whoever_has_no_part_in_the_order_does_not_void_it(policy: RegionPolicy) -> None:
    stranger = a_user("k999xyz", service_points=(ServicePointId("61999"),))

    with pytest.raises(OrderRefused) as refused:
        request_void(an_order(policy), by=stranger)
    assert refused.value.reason == Reason.NOT_YOUR_ORDER


@pytest.mark.rule("ORD-14f")
@pytest.mark.parametrize(
    "by",
    [
        a_user("k111aaa"),  # a colleague at the service point
        a_user("s001kun", roles=(Role.CUSTOMER_SERVICE,), service_points=()),
        a_user("b001req", service_points=(), acts_for=(UserId("k082lno"),)),
    ],
)
def test_colleagues_the_connected_and_customer_service_void(policy: RegionPolicy, by: User) -> None:
    assert request_void(an_order(policy), by=by) == (OrderVoidRequested(order_id=ORDER),)


def test_every_event_but_the_first_needs_an_order(policy: RegionPolicy) -> None:
    with pytest.raises(ValueError, match="before the order is placed"):
        evolve(None, OrderPlanned(order_id=ORDER, planned_dispatch_on=ON, changed=False))


def test_every_declared_event_of_an_order_has_its_line_in_evolve(policy: RegionPolicy) -> None:
    for one in examples_of(ORDERS_CUSTOMER_ORDERS.types):
        evolved = evolve(an_order(policy), cast(OrderEvent, one.message))
        assert isinstance(evolved, Order)
