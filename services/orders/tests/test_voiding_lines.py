"""ORD-14: single lines that come direct are voided, on real PostgreSQL."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from kvitt_contracts.orders import (
    OrderEvent,
    OrderLineVoided,
    OrderVoided,
    PurchaseOrderLineChanged,
    VoidOrder,
    VoidOrderLines,
)
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import LineNumber, ReasonCode, Role, StoreId, UserId
from kvitt_testkit.world import Given, World, assert_rows_are_folds
from orders.app import service
from orders.customer_orders import domain as orders
from orders.customer_orders.domain import Status
from orders.customer_orders.line_rules import domain as line_rules
from orders.customer_orders.lines import LineState
from orders.purchase_orders import domain as purchase_orders
from orders.receipts.answers import domain as answers

from contracts.tests.builders.purchases import (
    RAMP,
    WALKER,
    a_direct_line,
    a_direct_order,
    with_purchasing_store,
)
from contracts.tests.builders.regions import a_customer_stated, a_user_stated
from contracts.tests.builders.reservations import a_line_delivered, a_stock_reserved
from contracts.tests.builders.story import (
    CUSHION,
    DAY,
    OUTSIDER,
    OWN,
    RECEIVING,
    SENDER,
    SENDING,
    SERVICE,
    line_id,
    order_id,
)
from services.orders.tests.purchases import (
    a_purchase,
    ordered,
    purchase_order,
    states,
    what_can_be_bought,
)
from services.orders.tests.worlds import MONDAY, refused, status_of

BY_UNIT = {"void_line": "receiving_unit"}


@pytest.fixture
async def world(given: Given, policies: Policies) -> AsyncIterator[World]:
    """A region whose units void lines of direct orders themselves."""
    bought = with_purchasing_store(policies, order=BY_UNIT)
    async with given(service, at=MONDAY, policies=bought) as world:
        await prepared(world)
        yield world


async def prepared(world: World) -> None:
    """What can be bought, customer service, and somebody elsewhere."""
    await what_can_be_bought(world)
    await world.handle(
        a_user_stated(SERVICE, SENDING, roles=("customer_service",)), subject=SERVICE
    )
    await world.handle(a_customer_stated(RECEIVING, store=None), subject=RECEIVING)
    await world.handle(a_user_stated(OUTSIDER, RECEIVING), subject=OUTSIDER)


def voiding(
    *lines: int, by: str = SENDER, asked_by: str | None = None, is_supplier_told: bool = False
) -> VoidOrderLines:
    """A command to void lines that cannot be delivered."""
    return VoidOrderLines(
        lines=tuple(LineNumber(one) for one in lines),
        reason=ReasonCode("CANNOT_DELIVER"),
        is_supplier_told=is_supplier_told,
        by=UserId(by),
        asked_by=None if asked_by is None else UserId(asked_by),
    )


@pytest.mark.rule("ORD-14d")
async def test_the_receiving_unit_voids_a_line_and_the_others_stay(world: World) -> None:
    await ordered(world, WALKER, RAMP)

    await world.handle(voiding(2), subject="O-1")
    await world.handle(voiding(2), subject="O-1")

    (voided,) = await world.events(OrderLineVoided)
    assert (voided.reason, voided.is_supplier_told) == ("CANNOT_DELIVER", False)
    assert await states(world) == [LineState.ORDERED, LineState.VOIDED]
    assert await status_of(world, "O-1") is Status.REGISTERED
    await assert_rows_are_folds(world)


@pytest.mark.rule("ORD-14e")
async def test_whoever_voids_what_is_bought_has_told_the_supplier(world: World) -> None:
    await ordered(world, WALKER, WALKER)
    await world.handle(a_purchase(1, 2), subject="I-1")

    found = await refused(world, voiding(1), "O-1")
    assert found == ("SUPPLIER_NOT_TOLD", "ORD-14", "is_supplier_told")
    await world.handle(voiding(1, is_supplier_told=True), subject="O-1")

    (voided,) = await world.events(OrderLineVoided)
    assert voided.is_supplier_told
    (changed,) = await world.events(PurchaseOrderLineChanged)
    assert (changed.line_id, changed.quantity) == (voided.line_id, 0)
    bought = await purchase_order(world)
    assert [line.state for line in bought.lines] == [
        purchase_orders.LineState.VOIDED,
        purchase_orders.LineState.OPEN,
    ]
    again = await refused(world, a_purchase(1), "I-2")
    assert again == ("LINE_IS_OVER", "ORD-11", "lines")
    await assert_rows_are_folds(world)


@pytest.mark.rule("ORD-14d")
async def test_with_its_last_line_the_order_is_voided_and_what_is_bought_is_closed(
    world: World,
) -> None:
    await ordered(world, WALKER)
    await world.handle(a_purchase(1), subject="I-1")

    await world.handle(voiding(1, is_supplier_told=True), subject="O-1")

    assert await status_of(world, "O-1") is Status.VOIDED
    assert len(await world.events(OrderVoided)) == 1
    assert (await purchase_order(world)).status is purchase_orders.Status.CLOSED


@pytest.mark.rule("ORD-14d")
async def test_with_the_rest_delivered_the_order_is_delivered(world: World) -> None:
    await ordered(world, CUSHION, RAMP)
    await world.handle(a_stock_reserved("O-1"))
    await world.handle(a_line_delivered("O-1"))

    await world.handle(voiding(2), subject="O-1")

    assert await status_of(world, "O-1") is Status.DELIVERED


@pytest.mark.rule("ORD-14d", "REF-14e")
def test_voided_and_put_into_a_store_end_alike_in_either_order() -> None:
    placed = a_direct_order(a_direct_line(WALKER), a_direct_line(RAMP, number=2))
    begun = orders.evolve(None, placed)

    def stocked(order: orders.Order) -> Sequence[OrderEvent]:
        return answers.divert_line(order, line_id(), store=StoreId(OWN), on=DAY)

    def voided(order: orders.Order) -> Sequence[OrderEvent]:
        return line_rules.void_line(
            order,
            line_id(number=2),
            reason=ReasonCode("CANNOT_DELIVER"),
            is_supplier_told=True,
            today=DAY,
            by=None,
            asked_by=None,
        )

    ends = []
    for acts in ((stocked, voided), (voided, stocked)):
        order, told = begun, list[str]()
        for act in acts:
            for event in act(order):
                order = orders.evolve(order, event)
                told.append(event.wire_type)
        ends.append((order.status, sorted(told)))

    assert ends[0] == ends[1]
    assert ends[0] == (
        Status.DELIVERED,
        ["orders.order.line-diverted.v1", "orders.order.line-voided.v1"],
    )


@pytest.mark.rule("ORD-14d")
async def test_of_an_order_that_is_voided_whole_no_line_is_voided_again(world: World) -> None:
    await ordered(world, WALKER)
    await world.handle(VoidOrder(by=UserId(SENDER)), subject="O-1")

    await world.handle(voiding(1), subject="O-1")

    assert not await world.events(OrderLineVoided)


@pytest.mark.rule("ORD-14a")
async def test_when_what_was_bought_is_voided_the_whole_order_can_be(world: World) -> None:
    await ordered(world, WALKER, RAMP)
    await world.handle(a_purchase(1), subject="I-1")
    await world.handle(voiding(1, is_supplier_told=True), subject="O-1")

    await world.handle(VoidOrder(by=UserId(SENDER)), subject="O-1")

    assert await status_of(world, "O-1") is Status.VOIDED


@pytest.mark.rule("ORD-14c")
async def test_by_policy_customer_service_alone_voids_lines_and_names_who_asked(
    given: Given, policies: Policies
) -> None:
    async with given(service, at=MONDAY, policies=with_purchasing_store(policies)) as world:
        await prepared(world)
        await ordered(world, WALKER, RAMP)

        found = await refused(world, voiding(1), "O-1")
        assert found == ("BY_CUSTOMER_SERVICE_ONLY", "ORD-14", "by")
        found = await refused(world, voiding(1, by=SERVICE), "O-1")
        assert found == ("ASKED_BY_MISSING", "REF-12", "asked_by")
        await world.handle(voiding(1, by=SERVICE, asked_by=SENDER), subject="O-1")
        (voided,) = await world.events(OrderLineVoided)
        assert (voided.by, voided.asked_by) == (SERVICE, SENDER)


@pytest.mark.rule("REF-12c", "REF-12m")
async def test_customer_service_voids_what_users_no_longer_can(
    given: Given, policies: Policies
) -> None:
    async with given(service, at=MONDAY, policies=with_purchasing_store(policies)) as world:
        await prepared(world)
        await ordered(world, WALKER, WALKER)
        await world.handle(a_purchase(1, 2), subject="I-1")

        found = await refused(world, VoidOrder(by=UserId(SENDER)), "O-1")
        assert found[:2] == ("PURCHASE_ORDER_EXISTS", "ORD-14")
        found = await refused(world, voiding(1, is_supplier_told=True), "O-1")
        assert found[:2] == ("BY_CUSTOMER_SERVICE_ONLY", "ORD-14")
        theirs: dict[str, Any] = {"by": SERVICE, "asked_by": SENDER, "is_supplier_told": True}
        await world.handle(voiding(1, **theirs), subject="O-1")
        assert await states(world) == [LineState.VOIDED, LineState.PURCHASED]
        await world.handle(voiding(2, **theirs), subject="O-1")

        assert await status_of(world, "O-1") is Status.VOIDED
        voided = await world.events(OrderLineVoided)
        assert [(one.by, one.asked_by) for one in voided] == [(SERVICE, SENDER)] * 2
        await assert_rows_are_folds(world)


@pytest.mark.rule("ORD-14d")
async def test_what_is_not_the_units_to_void_is_refused(world: World) -> None:
    await ordered(world, WALKER, CUSHION)

    assert await refused(world, voiding(2), "O-1") == ("NOT_DIRECT", "ORD-14", "lines")
    assert await refused(world, voiding(3), "O-1") == ("UNKNOWN_LINE", "ORD-14", "lines")
    found = await refused(world, voiding(1, by=OUTSIDER), "O-1")
    assert found == ("NOT_YOUR_ORDER", "REF-3", "by")
    assert not await world.events(OrderLineVoided)


@pytest.mark.rule("ORD-14d")
async def test_lines_are_voided_over_http(world: World) -> None:
    await ordered(world, WALKER, RAMP)
    by: dict[str, Any] = {"user": SENDER, "roles": [Role.PRESCRIBER], "service_points": [SENDING]}

    async with world.http(**by) as client:
        body = {"lines": [1], "reason": "CANNOT_DELIVER"}
        answer = await client.post(f"/orders/{order_id('O-1')}:void-lines", json=body)
        told = (await client.get(f"/orders/{order_id('O-1')}/story")).json()["items"]

    assert [line["state"] for line in answer.json()["lines"]] == ["voided", "ordered"]
    assert told[-1]["summary"] == "Rad 1 är makulerad."
