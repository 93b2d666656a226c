"""ORD-11: purchase orders, from being created on, on real PostgreSQL."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from kvitt_contracts.orders import OrderLinePurchased, PurchaseOrderCreated, VoidOrder
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import Money, Role, UserId
from kvitt_testkit.world import Given, World, assert_rows_are_folds
from orders.app import service
from orders.customer_orders.lines import LineState
from orders.purchase_orders import domain
from orders.purchase_orders.domain import Status, receive_line

from contracts.tests.builders.purchases import (
    OTHER_SUPPLIER,
    RAMP,
    SUPPLIER,
    WALKER,
    a_direct_article,
    a_supplier_stated,
    with_purchasing_store,
)
from contracts.tests.builders.regions import a_customer_stated, a_user_stated
from contracts.tests.builders.reservations import a_stock_reserved
from contracts.tests.builders.story import (
    CUSHION,
    DAY,
    FITTING,
    OUTSIDER,
    RECEIVING,
    SENDER,
    SENDING,
    order_id,
)
from services.orders.tests.builders import a_line, an_order_command
from services.orders.tests.purchases import (
    a_purchase,
    ordered,
    purchase_order,
    states,
    what_can_be_bought,
)
from services.orders.tests.worlds import MONDAY, refused

BY: dict[str, Any] = {"user": SENDER, "roles": [Role.PRESCRIBER], "service_points": [SENDING]}


@pytest.fixture
async def world(given: Given, policies: Policies) -> AsyncIterator[World]:
    """A region with a purchasing store, two suppliers and an article of each."""
    async with given(service, at=MONDAY, policies=with_purchasing_store(policies)) as world:
        await what_can_be_bought(world)
        yield world


async def bought_over_http(world: World, **body: Any) -> Any:
    """A purchase order as the answer shows it."""
    whole = {"order_id": str(order_id("O-1")), "supplier_id": SUPPLIER, **body}
    async with world.http(**BY) as client:
        answer = await client.post("/purchase-orders", json=whole)
    return answer.json() | {"answered": answer.status_code}


@pytest.mark.rule("ORD-11a", "ORD-2a")
async def test_a_purchase_order_has_one_supplier_and_a_number_of_its_own(world: World) -> None:
    await ordered(world, WALKER, RAMP, WALKER)

    await world.handle(a_purchase(1, 3), subject="I-1")

    (created,) = await world.events(PurchaseOrderCreated)
    assert created.purchase_order_number == "26100001"
    assert (created.supplier_id, created.service_point) == (SUPPLIER, SENDING)
    assert [line.article_number for line in created.lines] == [WALKER, WALKER]
    assert len(await world.events(OrderLinePurchased)) == 2
    assert await states(world) == [LineState.PURCHASED, LineState.ORDERED, LineState.PURCHASED]
    await world.handle(a_purchase(2, supplier=OTHER_SUPPLIER), subject="I-2")
    assert (await purchase_order(world, "I-2")).purchase_order_number == "26100002"
    await assert_rows_are_folds(world)


@pytest.mark.rule("ORD-11a")
async def test_over_http_every_line_of_the_supplier_is_bought_unless_some_are_named(
    world: World,
) -> None:
    await ordered(world, WALKER, RAMP, WALKER)

    shown = await bought_over_http(world)

    assert shown["answered"] == 201, shown
    assert [line["number"] for line in shown["lines"]] == [1, 3]
    assert shown["expected_on"] == "2026-03-09"
    async with world.http(**BY) as client:
        found = (await client.get("/purchase-orders?purchase_order_number=261")).json()
        again = (await client.get(f"/purchase-orders/{shown['purchase_order_id']}")).json()
        order = (await client.get(f"/orders/{order_id('O-1')}")).json()
    assert [one["order_number"] for one in found["items"]] == ["26100001"]
    assert again["lines"] == shown["lines"]
    assert [line["state"] for line in order["lines"]] == ["purchased", "ordered", "purchased"]
    assert [line["supply"] for line in order["lines"]] == ["direct"] * 3


@pytest.mark.rule("ORD-11a")
async def test_a_line_is_in_one_purchase_order_and_in_none_of_another_supplier(
    world: World,
) -> None:
    await ordered(world, WALKER, RAMP, CUSHION)
    await world.handle(a_stock_reserved("O-1"))
    await world.handle(a_purchase(1), subject="I-1")

    for lines, supplier, reason in (
        ((1,), SUPPLIER, "ALREADY_PURCHASED"),
        ((2,), SUPPLIER, "OTHER_SUPPLIER"),
        ((3,), SUPPLIER, "NOT_DIRECT"),
        ((4,), SUPPLIER, "UNKNOWN_LINE"),
        ((2, 2), OTHER_SUPPLIER, "LINE_TWICE"),
    ):
        found = await refused(world, a_purchase(*lines, supplier=supplier), "I-2")
        assert found == (reason, "ORD-11", "lines")
    shown = await bought_over_http(world)
    assert (shown["answered"], shown["reason"]) == (422, "NOTHING_TO_PURCHASE")
    assert len(await world.events(PurchaseOrderCreated)) == 1


@pytest.mark.rule("ORD-11a")
async def test_a_reference_names_one_purchase_order(world: World) -> None:
    await ordered(world, WALKER, WALKER)
    await world.handle(a_purchase(1), subject="I-1")

    found = await refused(world, a_purchase(2), "I-1")

    assert found == ("ALREADY_CREATED", "ORD-11", "ce_subject")


@pytest.mark.rule("ORD-11a", "REF-13a")
async def test_who_is_unknown_or_inactive_sells_nothing(world: World) -> None:
    await ordered(world, WALKER)

    found = await refused(world, a_purchase(1, supplier="nobody"), "I-1")
    assert found == ("UNKNOWN_SUPPLIER", "REF-13", "supplier_id")
    await world.handle(a_supplier_stated(version=2, is_active=False), subject=SUPPLIER)
    found = await refused(world, a_purchase(1), "I-1")
    assert found == ("SUPPLIER_INACTIVE", "REF-13", "supplier_id")
    found = await refused(world, a_purchase(1, order="O-9"), "I-1")
    assert found == ("UNKNOWN_ORDER", "ORD-11", "order")


@pytest.mark.rule("ORD-14a")
async def test_nothing_is_bought_for_an_order_that_is_over_or_being_voided(world: World) -> None:
    await ordered(world, WALKER, reference="O-1")
    await world.handle(VoidOrder(by=UserId(SENDER)), subject="O-1")
    await ordered(world, WALKER, CUSHION, reference="O-2")

    found = await refused(world, a_purchase(1), "I-1")
    assert found == ("ORDER_IS_OVER", "ORD-11", "order")
    found = await refused(world, a_purchase(1, order="O-2"), "I-1")
    assert found == ("WAITING", "ORD-11", "order")
    await world.handle(a_stock_reserved("O-2"))
    await world.handle(VoidOrder(by=UserId(SENDER)), subject="O-2")
    found = await refused(world, a_purchase(1, order="O-2"), "I-1")
    assert found == ("ORDER_IS_OVER", "ORD-11", "order")


@pytest.mark.rule("REF-3d")
async def test_who_has_no_part_in_the_order_buys_nothing(world: World) -> None:
    await world.handle(a_customer_stated(RECEIVING, store=None), subject=RECEIVING)
    await world.handle(a_user_stated(OUTSIDER, RECEIVING), subject=OUTSIDER)
    await ordered(world, WALKER)

    found = await refused(world, a_purchase(1, by=OUTSIDER), "I-1")

    assert found == ("NOT_YOUR_ORDER", "REF-3", None)
    outsider: dict[str, Any] = {
        "user": OUTSIDER,
        "roles": [Role.PRESCRIBER],
        "service_points": [RECEIVING],
    }
    body = {"order_id": str(order_id("O-1")), "supplier_id": SUPPLIER}
    async with world.http(**outsider) as client:
        assert (await client.post("/purchase-orders", json=body)).status_code == 404


@pytest.mark.rule("ORD-11d")
async def test_what_the_supplier_is_told_is_in_no_event(world: World) -> None:
    line = a_line(WALKER, comment="Sitsbredd 42 cm")
    await world.handle(an_order_command(line, a_line(WALKER)), subject="O-1")

    told = [{"line": 2, "comment": "Blå ram"}]
    shown = await bought_over_http(world, comments=told)

    assert [line["comment"] for line in shown["lines"]] == ["Sitsbredd 42 cm", "Blå ram"]
    (created,) = await world.events(PurchaseOrderCreated)
    assert [line.has_comment for line in created.lines] == [True, True]
    assert "Sitsbredd" not in created.model_dump_json()
    assert "Blå" not in created.model_dump_json()


@pytest.mark.rule("ORD-11e")
async def test_a_service_is_bought_with_a_comment_of_what_it_is_for(world: World) -> None:
    await world.handle(a_direct_article(FITTING, marked=False, type="service"))
    await ordered(world, FITTING)

    assert await refused(world, a_purchase(1), "I-1") == (
        "COMMENT_MISSING",
        "ORD-11",
        "comments.1",
    )
    told = [{"line": 1, "comment": "Byt länkhjul på stolen som följer med"}]
    assert (await bought_over_http(world, comments=told))["answered"] == 201


@pytest.mark.rule("ORD-11c", "NTF-4a")
async def test_kvitt_sends_none_to_a_supplier_without_an_address_for_it(world: World) -> None:
    await world.handle(a_supplier_stated(version=2, order_email=None), subject=SUPPLIER)
    await ordered(world, WALKER)

    shown = await bought_over_http(world, is_sent_by_kvitt=True)

    assert (shown["reason"], shown["rule"]) == ("NO_ORDER_ADDRESS", "NTF-4")
    assert (shown["field"], "skriv ut" in shown["way_on"]) == ("is_sent_by_kvitt", True)
    assert (await bought_over_http(world))["answered"] == 201


@pytest.mark.rule("ORD-12a")
async def test_a_purchase_order_is_closed_when_its_last_line_is_received(world: World) -> None:
    await ordered(world, WALKER, WALKER)
    await world.handle(a_purchase(1, 2), subject="I-1")
    state, price = await purchase_order(world), Money(net_ore=90_000)

    for line in state.lines:
        assert state.status is Status.CREATED
        received = receive_line(state, line.line_id, quantity=1, price=price, received_on=DAY)
        state = domain.evolve(state, received)

    assert state.status is Status.CLOSED
    assert [line.received_on for line in state.lines] == [DAY, DAY]
    assert {line.price for line in state.lines} == {price}
