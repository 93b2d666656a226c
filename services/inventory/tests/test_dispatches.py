"""PHY-1, ORD-4: what a dispatch takes from transfers and leaves to others, and when it is told."""

from collections.abc import AsyncIterator
from datetime import date

import pytest
from inventory.app import service
from inventory.reservations.models import ReservationRow
from kvitt_contracts.envelope import Event, Message
from kvitt_contracts.inventory import HoldBroken, OrderGoodsDispatched
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm

from contracts.tests.builders.bmb import a_transfer_requested_from_store
from contracts.tests.builders.orders import (
    a_device_line,
    a_line,
    a_person_inactivated,
    a_person_registered,
    an_order_placed,
)
from contracts.tests.builders.regions import (
    a_balance_stated,
    a_device_in_store_stated,
    a_dispatch,
    a_sent_line,
    an_article_stated,
    rollators_received,
    the_catalogue,
    the_stores,
)
from contracts.tests.builders.story import CENTRAL, CUSHION, ROLLATOR, a_patient, order_id
from services.inventory.tests.worlds import balance, device, refusal


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """Two rollators in the central store, one of them in a transfer; one order has the other and
    one waits.
    """
    async with given(service, at=stockholm("2026-03-02 08:00")) as world:
        await world.handle_all(*the_stores(), *the_catalogue(), a_person_registered())
        await world.handle(rollators_received("170077", "170078", store=CENTRAL))
        await world.handle(a_transfer_requested_from_store("170077", store=CENTRAL))
        for order in ("O-1", "O-2"):
            placed = an_order_placed(a_device_line(None, order=order), reference=order)
            await world.handle(placed)
        yield world


@pytest.mark.rule("PHY-1a")
async def test_what_a_dispatch_takes_out_of_a_transfer_is_set_aside_for_who_waits(
    world: World,
) -> None:
    assert await balance(world, ROLLATOR) == (0, 2, 1)

    await world.handle(a_dispatch(a_sent_line(1, 1, "170077"), order="O-1"))

    assert [one.reason for one in await world.events(HoldBroken)] == ["DISPATCHED"]
    assert (await world.row(ReservationRow, order_id("O-2"))).status == "reserved"
    assert await balance(world, ROLLATOR) == (0, 1, 0)
    await assert_rows_are_folds(world)


@pytest.mark.rule("REF-14c")
async def test_what_was_sent_arrives_though_the_patient_has_become_inactive(world: World) -> None:
    await world.handle(a_dispatch(a_sent_line(1, 1, "170078"), order="O-1"))

    await world.handle(a_person_inactivated())
    await world.advance(stockholm("2026-03-04 00:00"))

    assert (await device(world, "170078")).custody.holder == a_patient()


@pytest.mark.rule("PHY-1c")
async def test_a_dispatch_told_again_after_it_has_arrived_is_more_than_is_left(
    world: World,
) -> None:
    sent = a_dispatch(a_sent_line(1, 1, "170078"), order="O-1")
    await world.handle(sent)
    await world.advance(stockholm("2026-03-04 08:00"))
    before: list[Event] = await world.events()

    refused = await refusal(world.handle(sent))

    assert (refused.reason, refused.rule) == ("MORE_THAN_ORDERED", "ORD-13")
    assert await world.events() == before


@pytest.mark.rule("ORD-8a")
@pytest.mark.parametrize(
    ("came", "reason"),
    [
        (rollators_received("170099"), "DEVICE_NOT_IN_STORE"),
        (
            a_device_in_store_stated("170099", store=CENTRAL, article_number="30013"),
            "DEVICE_OF_ANOTHER_ARTICLE",
        ),
    ],
)
async def test_a_device_of_another_store_or_article_is_not_sent(
    world: World, came: Message, reason: str
) -> None:
    await world.handle_all(an_article_stated("30013"), came)

    refused = await refusal(world.handle(a_dispatch(a_sent_line(1, 1, "170099"), order="O-1")))

    assert (refused.reason, refused.rule) == (reason, "ORD-8")
    assert await world.events(OrderGoodsDispatched) == []


@pytest.mark.rule("INV-4d")
async def test_no_more_is_sent_than_the_store_has(world: World) -> None:
    await world.handle(a_balance_stated(CUSHION, 1))
    await world.handle(an_order_placed(a_line(CUSHION, 3, order="O-3"), reference="O-3"))
    assert await balance(world, CUSHION) == (0, 1, 2)

    refused = await refusal(world.handle(a_dispatch(a_sent_line(1, 2), order="O-3")))
    await world.handle(a_dispatch(a_sent_line(1, 1), order="O-3", on=date(2026, 3, 2)))

    assert (refused.reason, refused.rule) == ("BALANCE_TOO_LOW", "INV-4")
    assert await balance(world, CUSHION) == (0, 0, 2)
