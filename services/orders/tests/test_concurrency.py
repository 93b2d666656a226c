"""Two at once: what is decided by is read under the lock of what another may change."""

from collections.abc import AsyncIterator

import pytest
from kvitt_contracts.orders import OrderReceiptReported
from kvitt_contracts.policy import Policies
from kvitt_testkit.meeting import meet
from kvitt_testkit.world import Given, World, assert_rows_are_folds
from orders.app import service

from contracts.tests.builders.purchases import WALKER, with_purchasing_store
from contracts.tests.builders.regions import a_user_stated
from contracts.tests.builders.story import SENDING, SERVICE
from services.orders.tests.purchases import a_change, a_purchase, ordered, what_can_be_bought
from services.orders.tests.test_receipt_flow import a_report, came
from services.orders.tests.worlds import MONDAY


@pytest.fixture
async def world(given: Given, policies: Policies) -> AsyncIterator[World]:
    """A walker is bought for an order, for 1 290 kr."""
    async with given(service, at=MONDAY, policies=with_purchasing_store(policies)) as world:
        await what_can_be_bought(world)
        staff = a_user_stated(SERVICE, SENDING, roles=("customer_service",))
        await world.handle(staff, subject=SERVICE)
        await ordered(world, WALKER)
        await world.handle(a_purchase(1), subject="I-1")
        await world.handle(a_change(1, 1, 129_000), subject="I-1")
        yield world


@pytest.mark.rule("ORD-12g")
async def test_a_receipt_that_meets_another_agreed_price_is_at_that_price(world: World) -> None:
    report = a_report(came(1, "R1", price=None))

    await meet(
        world,
        a_change(1, 1, 140_000),
        world.handle(report, subject="K-1"),
        subject="I-1",
    )

    (told,) = await world.events(OrderReceiptReported)
    assert [line.price.net_ore for line in told.lines] == [140_000]
    await assert_rows_are_folds(world)
