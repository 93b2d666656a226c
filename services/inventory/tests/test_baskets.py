"""ORD-10: what a basket loan has in its store, on real PostgreSQL."""

from collections.abc import AsyncIterator

import pytest
from inventory.app import service
from inventory.baskets.domain import Status
from inventory.baskets.models import BasketRow
from inventory.devices.domain import Claim, ClaimKind
from kvitt_contracts.inventory import (
    BasketActRefused,
    BasketLinePutBack,
    BasketReserved,
    CustodyChanged,
    HoldRefused,
    LineDelivered,
    LineReturned,
    ReservationDeclined,
    ReservationReleased,
    ReturnedLine,
)
from kvitt_contracts.types import Reference, Role
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm

from contracts.tests.builders.baskets import (
    a_basket_loan_act_requested,
    a_basket_loan_declined,
    a_basket_loan_requested,
    a_fee_line,
    a_lent_device,
    a_lent_line,
)
from contracts.tests.builders.bmb import a_transfer_requested
from contracts.tests.builders.orders import (
    a_customer_registered,
    a_device_line,
    a_withdrawal_placed,
)
from contracts.tests.builders.regions import (
    a_balance_stated,
    a_device_returned,
    a_return_registered,
    rollators_received,
    the_catalogue,
    the_stores,
)
from contracts.tests.builders.story import (
    CUSHION,
    OWN,
    PAYER,
    ROLLATOR,
    SENDER,
    SENDING,
    a_patient,
    a_store,
    act_id,
    basket_id,
    device_id,
    line_id,
)
from services.inventory.tests.worlds import balance, device, refusal

IN_BASKET = Claim(kind=ClaimKind.BASKET, by=basket_id())
LENT = (
    a_lent_device(1),
    a_lent_device(2, device="170099"),
    a_lent_line(3, article=CUSHION, quantity=2),
)


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """Two rollators and five cushions in the own store, on a Monday."""
    async with given(service, at=stockholm("2026-03-02 08:00")) as world:
        await world.handle_all(*the_stores(), *the_catalogue())
        await world.handle(rollators_received("170098", "170099", store=OWN))
        await world.handle(a_balance_stated(CUSHION, quantity=5, store=OWN))
        yield world


def back(quantity: int = 1) -> ReturnedLine:
    """Some of the basket's first line, which comes back."""
    return ReturnedLine(order=Reference("26100001"), line=1, quantity=quantity)


async def basket(world: World, name: str = "V-1") -> BasketRow:
    """What a basket has in its store."""
    return await world.row(BasketRow, basket_id(name))


@pytest.mark.rule("ORD-10d")
async def test_a_basket_claims_its_devices_and_lowers_the_available_balance(world: World) -> None:
    await world.handle(a_basket_loan_requested(*LENT))

    (reserved,) = await world.events(BasketReserved)
    assert [line.devices for line in reserved.lines] == [
        (device_id("170098"),),
        (device_id("170099"),),
        (),
    ]
    assert (await device(world, "170098")).claim == IN_BASKET
    assert await balance(world, ROLLATOR, OWN) == (0, 2, 0)
    assert await balance(world, CUSHION, OWN) == (3, 2, 0)
    assert (await device(world, "170098")).custody.holder == a_store(OWN)
    await assert_rows_are_folds(world)


@pytest.mark.rule("ORD-10d", "ORD-10j")
async def test_a_basket_gets_all_or_nothing(world: World) -> None:
    await world.handle(
        a_basket_loan_requested(a_lent_device(), a_lent_line(2, article=CUSHION, quantity=6))
    )

    (declined,) = await world.events(ReservationDeclined)
    assert (declined.reason, declined.rule) == ("NO_BALANCE", "ORD-7")
    assert (await device(world)).claim is None
    assert await balance(world, ROLLATOR, OWN) == (2, 0, 0)
    assert (await basket(world)).status is Status.DECLINED


@pytest.mark.rule("ORD-10d")
async def test_a_lent_device_is_in_no_second_basket_withdrawal_or_transfer(world: World) -> None:
    await world.handle(a_basket_loan_requested())

    await world.handle(a_basket_loan_requested(basket="V-2", number="26100002"))
    await world.handle(a_withdrawal_placed(a_device_line("170098")))
    await world.handle(a_transfer_requested("170098"))

    declined = await world.events(ReservationDeclined)
    assert [one.reason for one in declined] == ["DEVICE_CLAIMED", "DEVICE_CLAIMED"]
    (refused,) = await world.events(HoldRefused)
    assert [one.reason for one in refused.refused] == ["IN_BASKET"]
    assert (await device(world)).claim == IN_BASKET


@pytest.mark.rule("ORD-10f")
async def test_a_fee_line_takes_nothing_from_the_store(world: World) -> None:
    await world.handle(a_basket_loan_requested(a_lent_device(), a_fee_line(2)))

    (reserved,) = await world.events(BasketReserved)
    assert [line.line_id for line in reserved.lines] == [line_id(basket_id(), 1)]
    assert await balance(world, ROLLATOR, OWN) == (1, 1, 0)


@pytest.mark.rule("ORD-10e")
async def test_an_act_delivers_lines_and_puts_others_back_in_one_transaction(world: World) -> None:
    await world.handle(a_basket_loan_requested(*LENT))

    await world.handle(a_basket_loan_act_requested(1, 3, put_back=(2,)))

    delivered = await world.events(LineDelivered)
    assert [(one.line_id, one.payer_id, one.quantity) for one in delivered] == [
        (line_id(basket_id(), 1), PAYER, 1),
        (line_id(basket_id(), 3), PAYER, 2),
    ]
    (back,) = await world.events(BasketLinePutBack)
    assert (back.line_id, back.act_id) == (line_id(basket_id(), 2), act_id())
    (changed,) = await world.events(CustodyChanged)
    custody = changed.custody
    assert (custody.holder, custody.payer_id, custody.customer_id, custody.prescriber) == (
        a_patient(),
        PAYER,
        SENDING,
        SENDER,
    )
    assert (await device(world, "170098")).claim is None
    assert (await device(world, "170099")).claim is None
    assert await balance(world, ROLLATOR, OWN) == (1, 0, 0)
    assert await balance(world, CUSHION, OWN) == (3, 0, 0)
    assert (await basket(world)).status is Status.ENDED
    await assert_rows_are_folds(world)


@pytest.mark.rule("ORD-10e", "ORD-10k")
async def test_an_act_that_names_an_ended_line_is_refused_whole(world: World) -> None:
    await world.handle(a_basket_loan_requested(*LENT))
    await world.handle(a_basket_loan_act_requested(put_back=(1,)))

    await world.handle(a_basket_loan_act_requested(1, 2, act="2"))

    (refused,) = await world.events(BasketActRefused)
    assert (refused.act_id, refused.reason) == (act_id("2"), "LINE_ENDED")
    assert await world.events(LineDelivered) == []
    assert (await device(world, "170099")).claim == IN_BASKET
    assert await balance(world, ROLLATOR, OWN) == (1, 1, 0)


@pytest.mark.rule("ORD-10e", "ORD-10k")
async def test_a_line_is_not_both_delivered_and_put_back(world: World) -> None:
    await world.handle(a_basket_loan_requested(*LENT))

    await world.handle(a_basket_loan_act_requested(1, put_back=(1,)))

    (refused,) = await world.events(BasketActRefused)
    assert refused.reason == "LINE_NAMED_TWICE"
    assert (await device(world, "170098")).claim == IN_BASKET


@pytest.mark.rule("ORD-10d", "ORD-10j")
async def test_what_was_granted_too_late_is_free_again(world: World) -> None:
    await world.handle(a_basket_loan_requested(*LENT))

    await world.handle(a_basket_loan_declined())

    assert len(await world.events(ReservationReleased)) == 1
    assert (await device(world, "170098")).claim is None
    assert await balance(world, ROLLATOR, OWN) == (2, 0, 0)
    assert await balance(world, CUSHION, OWN) == (5, 0, 0)
    await world.handle(a_basket_loan_act_requested(1))
    assert len(await world.events(BasketActRefused)) == 1
    await assert_rows_are_folds(world)


async def test_a_basket_that_the_store_declined_has_nothing_to_let_go_of(world: World) -> None:
    await world.handle(a_basket_loan_requested(a_lent_line(article=CUSHION, quantity=6)))

    await world.handle(a_basket_loan_declined(reason="NO_BALANCE"))

    assert await world.events(ReservationReleased) == []
    assert await balance(world, CUSHION, OWN) == (5, 0, 0)


@pytest.mark.rule("ORD-10e", "INV-7a")
async def test_a_lent_device_that_is_returned_is_put_back(world: World) -> None:
    await world.handle(a_basket_loan_requested(*LENT))

    await world.handle(a_device_returned("170098", store=OWN, on="2026-03-02"))

    (back,) = await world.events(BasketLinePutBack)
    assert (back.line_id, back.act_id) == (line_id(basket_id(), 1), None)
    assert await world.events(CustodyChanged) == []
    assert (await device(world, "170098")).claim is None
    assert await balance(world, ROLLATOR, OWN) == (1, 1, 0)
    await world.handle(a_basket_loan_act_requested(1, 2))
    assert len(await world.events(BasketActRefused)) == 1
    assert await world.events(LineDelivered) == []
    await assert_rows_are_folds(world)


@pytest.mark.rule("INV-7a", "ORD-10e")
async def test_unmarked_goods_that_a_basket_delivered_come_back_as_an_orders_do(
    world: World,
) -> None:
    await world.handle(a_customer_registered(SENDING, store=OWN))
    await world.register(SENDER, roles=(Role.PRESCRIBER,), service_points=[SENDING])
    await world.handle(a_basket_loan_requested(a_lent_line(article=CUSHION, quantity=2)))
    await world.handle(a_basket_loan_act_requested(1))
    await world.advance(stockholm("2026-03-25 08:00"))

    await world.handle(a_return_registered(lines=(back(),), on="2026-03-25"), subject="R-1")

    (returned,) = await world.events(LineReturned)
    assert (returned.order_id, returned.line_id, returned.quantity) == (
        basket_id(),
        line_id(basket_id(), 1),
        1,
    )
    assert await balance(world, CUSHION, OWN) == (4, 0, 0)
    more = a_return_registered(lines=(back(quantity=2),), on="2026-03-25")
    refused = await refusal(world.handle(more, subject="R-2"))
    assert refused.reason == "MORE_THAN_DELIVERED"
    await assert_rows_are_folds(world)
