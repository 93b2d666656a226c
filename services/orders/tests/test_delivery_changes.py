"""REF-12b, d: customer service changes how an order is delivered."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from kvitt_contracts.orders import OrderDeliveryChanged, SetDelivery
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.types import Role, SupplierId, UserId
from kvitt_testkit.world import Given, World, assert_rows_are_folds
from orders.app import service
from orders.customer_orders.delivery_rules.domain import set_delivery
from orders.customer_orders.domain import Order, Status
from orders.customer_orders.models import OrderRow
from orders.customer_orders.reasons import OrderRefused

from contracts.tests.builders.regions import a_user_stated
from contracts.tests.builders.story import SENDER, SENDING, SERVICE, order_id
from services.orders.tests.builders import an_order, refusal, registry
from services.orders.tests.worlds import MONDAY, place, refused

STAFF: dict[str, Any] = {
    "user": SERVICE,
    "roles": [Role.CUSTOMER_SERVICE],
    "service_points": [SENDING],
}
UNIT: dict[str, Any] = {"user": SENDER, "roles": [Role.PRESCRIBER], "service_points": [SENDING]}
BODY: dict[str, Any] = {"is_urgent": True, "is_consolidated": False, "asked_by": SENDER}


def changed(
    order: Order, *, is_urgent: bool = True, is_consolidated: bool = True
) -> tuple[OrderDeliveryChanged, ...]:
    """What comes of a change of an order's delivery."""
    return set_delivery(
        order,
        is_urgent=is_urgent,
        is_consolidated=is_consolidated,
        by=UserId(SERVICE),
        asked_by=UserId(SENDER),
    )


def setting(*, is_urgent: bool = True, asked_by: str = SENDER, by: str = SERVICE) -> SetDelivery:
    """A region's command."""
    return SetDelivery(
        is_urgent=is_urgent, is_consolidated=False, by=UserId(by), asked_by=UserId(asked_by)
    )


@pytest.mark.rule("REF-12b", "REF-12d")
def test_only_what_is_new_is_said(policy: RegionPolicy) -> None:
    order = an_order(policy)

    assert len(changed(order)) == 1
    assert len(changed(order, is_urgent=False, is_consolidated=False)) == 1
    assert changed(order, is_urgent=False) == ()


@pytest.mark.rule("REF-12d")
@pytest.mark.parametrize(
    "status", [Status.DELIVERED, Status.VOIDED, Status.VOIDING, Status.DECLINED]
)
def test_of_what_is_over_nothing_is_left_to_deliver(policy: RegionPolicy, status: Status) -> None:
    with pytest.raises(OrderRefused) as found:
        changed(replace(an_order(policy), status=status))

    assert refusal(found) == ("NOTHING_TO_DELIVER", "REF-12", None)


@pytest.mark.rule("REF-12d")
def test_what_comes_direct_is_never_delivered_together(policy: RegionPolicy) -> None:
    order = an_order(policy)
    direct = {"is_direct": True, "supplier_id": SupplierId("nordhjalp")}
    line = order.lines[0].model_copy(update=direct)
    order = replace(order, lines=(line,), consolidated=False)

    with pytest.raises(OrderRefused) as found:
        changed(order)

    assert refusal(found) == ("NEVER_CONSOLIDATED", "ORD-3", "is_consolidated")
    assert len(changed(order, is_consolidated=False)) == 1


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """An order, and customer service."""
    async with given(service, at=MONDAY) as world:
        await registry(world)
        staff = a_user_stated(SERVICE, SENDING, roles=("customer_service",))
        await world.handle(staff, subject=SERVICE)
        await place(world, "O-1")
        yield world


PATH = f"/orders/{order_id('O-1')}"


@pytest.mark.rule("REF-12b", "REF-12d", "REF-12m")
async def test_customer_service_makes_an_order_urgent_for_who_asked(world: World) -> None:
    async with world.http(**STAFF) as client:
        answer = await client.post(f"{PATH}:set-delivery", json=BODY)
        assert answer.status_code == 200, answer.text
        shown = answer.json()
        assert (shown["is_urgent"], shown["consolidated"]) == (True, False)
        found = (await client.get("/orders", params={"is_urgent": True})).json()["items"]
        assert [one["order_id"] for one in found] == [str(order_id("O-1"))]
        place = (await client.post(f"{PATH}:resolve-delivery")).json()
        assert (place["is_urgent"], place["consolidated"]) == (True, False)
        story = (await client.get(f"{PATH}/story")).json()["items"]

    said = next(one for one in story if one["rule"] == "REF-12")["summary"]
    assert said.endswith(f"brådskande, och levereras i delar. {SENDER} bad om det.")
    (event,) = await world.events(OrderDeliveryChanged)
    assert (event.by, event.asked_by) == (SERVICE, SENDER)
    await assert_rows_are_folds(world)


@pytest.mark.rule("REF-12b", "REF-12m")
async def test_it_is_so_over_kafka_once(world: World) -> None:
    await world.handle(setting(), subject="O-1")
    await world.handle(setting(), subject="O-1")
    await world.handle(setting(is_urgent=False), subject="O-1")

    said = [one.is_urgent for one in await world.events(OrderDeliveryChanged)]
    assert said == [True, False]
    assert not (await world.row(OrderRow, order_id("O-1"))).is_urgent


@pytest.mark.rule("REF-12m")
async def test_who_asked_is_named_and_known(world: World) -> None:
    found = await refused(world, setting(asked_by="k999xyz"), "O-1")
    assert found == ("UNKNOWN_USER", "REF-3", "asked_by")

    async with world.http(**STAFF) as client:
        body = {name: one for name, one in BODY.items() if name != "asked_by"}
        answer = (await client.post(f"{PATH}:set-delivery", json=body)).json()
    assert answer["reason"] == "INVALID_FIELD"
    assert not await world.events(OrderDeliveryChanged)


@pytest.mark.rule("REF-12b")
async def test_users_ask_customer_service_for_it(world: World) -> None:
    async with world.http(**UNIT) as client:
        answer = await client.post(f"{PATH}:set-delivery", json=BODY)

    assert (answer.status_code, answer.json()["reason"]) == (403, "CUSTOMER_SERVICE_ONLY")
