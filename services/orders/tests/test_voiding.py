"""ORD-14: an order is voided, or goes on, on real PostgreSQL."""

import pytest
from kvitt_contracts.orders import OrderVoided, OrderVoidRefused, OrderVoidRequested, VoidOrder
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import UserId
from kvitt_testkit.world import Given, assert_rows_are_folds
from orders.app import service
from orders.customer_orders.domain import Status
from orders.customer_orders.reasons import Reason

from contracts.tests.builders.reservations import (
    a_release_refused,
    a_reservation_released,
    a_stock_reserved,
    an_order_goods_dispatched,
    an_order_picking_started,
)
from contracts.tests.builders.story import order_id
from services.orders.tests.builders import a_withdrawal_command, registry
from services.orders.tests.worlds import MONDAY, place, status_of

A = order_id("ORD-A")


@pytest.mark.rule("ORD-7b")
@pytest.mark.rule("ORD-14b")
async def test_a_pending_withdrawal_cannot_be_voided(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await registry(world)
        await world.handle(a_withdrawal_command(), subject="ORD-A")

        with pytest.raises(Refused) as refused:
            await world.handle(VoidOrder(by=UserId("k082lno")), subject="ORD-A")
        assert refused.value.reason == Reason.WITHDRAWAL_IS_DELIVERED


@pytest.mark.rule("ORD-14a")
async def test_an_order_is_voided_when_inventory_has_let_go(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await registry(world)
        await place(world)
        await world.handle(a_stock_reserved(A))
        await world.handle(VoidOrder(by=UserId("k082lno")), subject="ORD-A")
        assert await status_of(world) is Status.VOIDING
        await world.handle(a_reservation_released(A))

        assert len(await world.events(OrderVoidRequested)) == 1
        assert len(await world.events(OrderVoided)) == 1
        assert await world.timers() == {}
        await assert_rows_are_folds(world)


@pytest.mark.rule("ORD-14a")
async def test_the_warehouse_was_quicker_and_the_order_goes_on(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await registry(world)
        await place(world)
        await world.handle(a_stock_reserved(A))
        await world.handle(VoidOrder(by=UserId("k082lno")), subject="ORD-A")
        await world.handle(an_order_picking_started(A))
        await world.handle(a_release_refused(A))

        (refused,) = await world.events(OrderVoidRefused)
        assert refused.reason == "PICKING_BEGUN"
        assert await status_of(world) is Status.REGISTERED


@pytest.mark.rule("ORD-14a")
async def test_what_was_dispatched_without_a_word_of_picking_cannot_be_voided(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await registry(world)
        await place(world)
        await world.handle(an_order_goods_dispatched(A))

        with pytest.raises(Refused) as refused:
            await world.handle(VoidOrder(by=UserId("k082lno")), subject="ORD-A")
        assert refused.value.reason == Reason.PICKING_BEGUN


async def test_an_order_that_nobody_knows_cannot_be_voided(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await registry(world)

        with pytest.raises(Refused) as refused:
            await world.handle(VoidOrder(by=UserId("k082lno")), subject="ORD-X")
        assert refused.value.reason == "UNKNOWN_ORDER"
