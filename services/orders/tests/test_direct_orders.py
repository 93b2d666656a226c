"""ORD-1, ORD-3, ORD-14, ORD-21: what comes direct from a supplier, on real PostgreSQL."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from kvitt_contracts.orders import (
    LineSupply,
    OrderPlaced,
    OrderPlacedV2,
    OrderVoided,
    OrderVoidRequested,
    SupplierRegistered,
    VoidOrder,
)
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import Role, UserId
from kvitt_testkit.world import Given, World, assert_rows_are_folds
from orders.app import service
from orders.customer_orders.domain import Status
from orders.customer_orders.lines import LineState

from contracts.tests.builders.purchases import (
    OTHER_SUPPLIER,
    RAMP,
    SUPPLIER,
    WALKER,
    a_direct_article,
    a_supplier_stated,
    with_purchasing_store,
)
from contracts.tests.builders.reservations import a_stock_reserved
from contracts.tests.builders.story import (
    BATTERY,
    CENTRAL,
    CUSHION,
    PURCHASING,
    SENDER,
    SENDING,
)
from services.orders.tests.purchases import (
    a_purchase,
    an_order_of,
    order,
    ordered,
    states,
    what_can_be_bought,
)
from services.orders.tests.worlds import MONDAY, refused, status_of

VOID = VoidOrder(by=UserId(SENDER))


@pytest.fixture
async def world(given: Given, policies: Policies) -> AsyncIterator[World]:
    """A region with a purchasing store, two suppliers and an article of each."""
    fees = {"rules": [{"fee_group": "charger", "amount": {"net_ore": 50_000, "vat_percent": 0}}]}
    bought = with_purchasing_store(policies, fees=fees)
    async with given(service, at=MONDAY, policies=bought) as world:
        await what_can_be_bought(world)
        yield world


@pytest.mark.rule("ORD-1d", "ORD-21a")
async def test_what_the_central_store_does_not_keep_comes_direct(world: World) -> None:
    placed = await ordered(world, WALKER, CUSHION)

    (event,) = await world.events(OrderPlacedV2)
    direct, central = event.lines
    assert (direct.supply, direct.store) == (LineSupply.DIRECT, PURCHASING)
    assert direct.supplier_id == SUPPLIER
    assert (central.supply, central.store) == (LineSupply.CENTRAL, CENTRAL)
    assert central.supplier_id is None
    assert [line.is_direct for line in placed.lines] == [True, False]
    assert (placed.supply, placed.store) == (LineSupply.CENTRAL, CENTRAL)
    await assert_rows_are_folds(world)


@pytest.mark.rule("ORD-3g")
async def test_an_order_with_a_direct_line_is_never_consolidated(world: World) -> None:
    await ordered(world, WALKER, CUSHION, reference="O-1")
    await ordered(world, CUSHION, reference="O-2")

    (mixed,) = await world.events(OrderPlacedV2)
    (central,) = await world.events(OrderPlaced)
    assert (mixed.consolidated, central.consolidated) == (False, True)


@pytest.mark.rule("ORD-21a")
async def test_without_a_purchasing_store_everything_comes_from_the_central_store(
    given: Given,
) -> None:
    async with given(service, at=MONDAY) as world:
        await what_can_be_bought(world)
        await ordered(world, WALKER)

        (event,) = await world.events(OrderPlaced)
        assert event.store == CENTRAL


@pytest.mark.rule("ORD-21a")
async def test_an_order_of_direct_lines_alone_waits_for_no_store(world: World) -> None:
    direct = await ordered(world, WALKER, RAMP, reference="O-1")
    mixed = await ordered(world, WALKER, CUSHION, reference="O-2")

    assert (direct.supply, direct.store) == (LineSupply.DIRECT, PURCHASING)
    assert (direct.is_waiting, mixed.is_waiting) == (False, True)
    await world.handle(a_stock_reserved("O-2"))
    assert not (await order(world, "O-2")).is_waiting


@pytest.mark.rule("ORD-21c")
async def test_what_has_no_active_supplier_cannot_be_ordered(world: World) -> None:
    reason = ("NO_ACTIVE_SUPPLIER", "ORD-21", "lines.0.article_number")
    await world.handle(a_supplier_stated(version=2, is_active=False), subject=SUPPLIER)
    assert await refused(world, an_order_of(WALKER), "O-1") == reason

    await world.handle(a_direct_article(WALKER, supplier="nobody"))
    assert await refused(world, an_order_of(WALKER), "O-1") == reason
    assert not await world.events(OrderPlacedV2)


@pytest.mark.rule("ORD-18b")
async def test_a_direct_line_has_its_fee_as_others_have(world: World) -> None:
    await world.handle(a_direct_article(BATTERY, marked=False, fee_group="charger"))

    placed = await ordered(world, BATTERY)

    (line,) = placed.lines
    assert line.is_direct
    assert line.fee is not None
    assert line.fee.net_ore == 50_000


@pytest.mark.rule("ORD-14a")
async def test_an_order_of_direct_lines_alone_is_voided_at_once(world: World) -> None:
    await ordered(world, WALKER)

    await world.handle(VOID, subject="O-1")

    assert await status_of(world, "O-1") is Status.VOIDED
    assert await world.events(OrderVoided)
    assert not await world.events(OrderVoidRequested)


@pytest.mark.rule("ORD-14a")
async def test_an_order_with_a_purchase_order_is_not_voided_whole(world: World) -> None:
    await ordered(world, WALKER, RAMP)
    await world.handle(a_purchase(1), subject="I-1")

    found = await refused(world, VOID, "O-1")

    assert found == ("PURCHASE_ORDER_EXISTS", "ORD-14", None)
    assert await states(world) == [LineState.PURCHASED, LineState.ORDERED]


@pytest.mark.rule("REF-13a")
async def test_suppliers_are_listed_with_how_they_are_reached_and_publish_none_of_it(
    world: World,
) -> None:
    await world.handle(
        a_supplier_stated(version=2, phone="090-99 99 99", order_email=None), subject=SUPPLIER
    )

    by: dict[str, Any] = {"user": SENDER, "roles": [Role.PRESCRIBER], "service_points": [SENDING]}
    async with world.http(**by) as client:
        listed = (await client.get("/suppliers", params={"name": "nord"})).json()["items"]
        shown = (await client.get(f"/suppliers/{SUPPLIER}")).json()
        unknown = await client.get("/suppliers/nobody")
    assert [one["supplier_id"] for one in listed] == [SUPPLIER]
    assert (shown["phone"], shown["order_email"]) == ("090-99 99 99", None)
    assert unknown.status_code == 404
    registered = await world.events(SupplierRegistered)
    assert [(one.supplier_id, one.has_order_address) for one in registered] == [
        (SUPPLIER, True),
        (OTHER_SUPPLIER, True),
        (SUPPLIER, False),
    ]
    published = " ".join(one.model_dump_json() for one in registered)
    assert "090-" not in published
    assert "@" not in published
    assert "Industrigatan" not in published
