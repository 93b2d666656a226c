"""ORD-4, ORD-13, ORD-14: reservations as pure rules, and on real PostgreSQL."""

from collections.abc import Collection
from datetime import date

import pytest
from hypothesis import given as given_values
from hypothesis import strategies as st
from inventory.reservations import domain
from inventory.reservations.models import BackorderRow, ReservationRow
from kvitt_chassis.transaction import NotYetKnown
from kvitt_contracts.calendar import is_working_day
from kvitt_contracts.inventory import (
    OrderPickingStarted,
    ReleaseRefused,
    ReservationDeclined,
    ReservationReleased,
    StockBackordered,
    StockReserved,
)
from kvitt_contracts.orders import PlacedLine
from kvitt_contracts.types import ArticleNumber
from kvitt_testkit.world import World, assert_rows_are_folds, stockholm

from contracts.tests.builders.orders import (
    a_delayed_line,
    a_line,
    an_order_placed,
    an_order_void_requested,
    an_order_with_a_delayed_fee,
)
from contracts.tests.builders.regions import (
    a_balance_stated,
    a_delivery_received,
    a_dispatch,
    a_picking_begun,
    a_sent_line,
    an_article_stated,
)
from contracts.tests.builders.story import BATTERY, CUSHION, DAY, FITTING, OWN, order_id
from services.inventory.tests.worlds import balance, refusal


def reserve(
    *lines: PlacedLine,
    available: dict[str, int],
    not_purchased: Collection[str] = (),
    today: date = DAY,
) -> StockReserved | StockBackordered:
    """Reserve lines; a cushion takes ten working days, everything else five."""
    answer = domain.reserve(
        order_id(),
        lines,
        available={ArticleNumber(number): count for number, count in available.items()},
        lead_time_days={
            line.article_number: 10 if line.article_number == CUSHION else 5 for line in lines
        },
        not_purchased={ArticleNumber(number) for number in not_purchased},
        today=today,
    )
    assert not isinstance(answer, ReservationDeclined)
    return answer


@pytest.mark.rule("ORD-4b")
@pytest.mark.parametrize(
    ("today", "leaves_on"),
    [
        (date(2026, 3, 2), date(2026, 3, 3)),
        (date(2026, 3, 6), date(2026, 3, 9)),  # a Friday
        (date(2026, 4, 2), date(2026, 4, 7)),  # before Good Friday and Easter Monday
    ],
)
def test_what_is_in_stock_leaves_on_the_next_working_day(today: date, leaves_on: date) -> None:
    reserved = reserve(a_line(CUSHION), available={CUSHION: 1}, today=today)

    assert isinstance(reserved, StockReserved)
    assert reserved.planned_dispatch_on == leaves_on


@pytest.mark.rule("ORD-4b")
def test_what_is_missing_leaves_after_the_suppliers_lead_time_in_working_days() -> None:
    waiting = reserve(a_line(CUSHION, 3), available={CUSHION: 2})

    assert isinstance(waiting, StockBackordered)
    assert waiting.planned_dispatch_on == date(2026, 3, 16)
    assert waiting.missing == (CUSHION,)
    assert (waiting.lines[0].reserved, waiting.lines[0].missing) == (2, 1)


@pytest.mark.rule("ORD-4b")
def test_the_longest_lead_time_of_what_is_missing_counts() -> None:
    waiting = reserve(a_line(BATTERY), a_line(CUSHION, number=2), available={CUSHION: 1})
    longer = reserve(a_line(BATTERY), a_line(CUSHION, number=2), available={})

    assert waiting.planned_dispatch_on == date(2026, 3, 9)
    assert longer.planned_dispatch_on == date(2026, 3, 16)


@pytest.mark.rule("ORD-4f")
async def test_an_order_that_is_answered_late_is_planned_from_the_day_of_the_answer(
    world: World,
) -> None:
    await world.handle(a_balance_stated(CUSHION, 2))
    await world.advance(stockholm("2026-03-20 08:00"))

    await world.handle(an_order_placed(a_line(CUSHION, 2, order="O-1"), reference="O-1"))
    await world.handle(an_order_placed(a_line(CUSHION, 1, order="O-2"), reference="O-2"))

    (reserved,) = await world.events(StockReserved)
    (waiting,) = await world.events(StockBackordered)
    assert reserved.planned_dispatch_on == date(2026, 3, 23)
    assert waiting.planned_dispatch_on == date(2026, 4, 7)  # ten working days, over Good Friday


async def test_an_order_that_is_paid_later_is_answered_like_any_other(world: World) -> None:
    await world.handle(a_balance_stated(CUSHION, 2))

    await world.handle(an_order_with_a_delayed_fee(a_delayed_line(CUSHION, 2)))

    (reserved,) = await world.events(StockReserved)
    assert (reserved.order_id, reserved.lines[0].reserved) == (order_id(), 2)
    await assert_rows_are_folds(world)


async def test_an_order_of_several_supplies_is_answered_by_nobody_yet(world: World) -> None:
    lines = a_delayed_line(CUSHION), a_delayed_line(CUSHION, number=2, store=OWN)

    with pytest.raises(ValueError, match="2 sources"):
        await world.handle(an_order_with_a_delayed_fee(*lines))

    assert await world.rows(ReservationRow) == []


@pytest.mark.rule("ORD-6h")
def test_an_order_never_waits_for_what_is_purchased_no_more() -> None:
    declined = domain.reserve(
        order_id(),
        [a_line(BATTERY), a_line(CUSHION, 2, number=2)],
        available={ArticleNumber(BATTERY): 1, ArticleNumber(CUSHION): 1},
        lead_time_days={},
        not_purchased={ArticleNumber(CUSHION)},
        today=DAY,
    )

    assert declined == ReservationDeclined(
        order_id=order_id(), reason="NO_LONGER_PURCHASED", rule="ORD-6"
    )


@pytest.mark.rule("ORD-6g")
def test_what_there_is_of_an_article_that_is_purchased_no_more_is_set_aside() -> None:
    reserved = reserve(a_line(CUSHION, 2), available={CUSHION: 2}, not_purchased=[CUSHION])

    assert isinstance(reserved, StockReserved)


@pytest.mark.rule("ORD-6h")
@pytest.mark.parametrize("status", ["phase_out", "discontinued"])
async def test_an_order_of_an_ending_article_without_balance_is_declined_and_moves_nothing(
    world: World, status: str
) -> None:
    await world.handle(
        an_article_stated(CUSHION, marked=False, version=2, status=status, lead_time_days=10)
    )
    await world.handle_all(a_balance_stated(CUSHION, 1), a_balance_stated(BATTERY, 5))

    await world.handle(an_order_placed(a_line(BATTERY), a_line(CUSHION, 2, number=2)))

    (declined,) = await world.events(ReservationDeclined)
    assert (declined.reason, declined.rule) == ("NO_LONGER_PURCHASED", "ORD-6")
    assert await balance(world, CUSHION) == (1, 0, 0)
    assert await balance(world, BATTERY) == (5, 0, 0)
    assert await world.rows(BackorderRow) == []
    await assert_rows_are_folds(world)


def test_a_service_is_never_missing() -> None:
    reserved = reserve(a_line(FITTING, article_type="service"), available={})

    assert isinstance(reserved, StockReserved)


@pytest.mark.rule("INV-4d")
@given_values(st.lists(st.integers(1, 9), min_size=1, max_size=6), st.integers(0, 30))
def test_no_more_is_set_aside_than_there_is_and_nothing_is_lost(
    quantities: list[int], there: int
) -> None:
    lines = [a_line(CUSHION, quantity, number=n) for n, quantity in enumerate(quantities, 1)]

    answer = reserve(*lines, available={CUSHION: there})

    assert sum(line.reserved for line in answer.lines) == min(sum(quantities), there)
    wanted = [line.reserved + line.missing for line in answer.lines]
    assert wanted == quantities
    assert is_working_day(answer.planned_dispatch_on)


@pytest.mark.rule("ORD-14a")
@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (domain.Status.PICKING, "PICKING_BEGUN"),
        (domain.Status.DELIVERED, "DELIVERED"),
        (domain.Status.DECLINED, "DECLINED"),
    ],
)
def test_nothing_is_released_once_the_warehouse_has_begun(
    status: domain.Status, reason: str
) -> None:
    answer = domain.release(order_id(), domain.Reservation(status=status))

    assert answer == (ReleaseRefused(order_id=order_id(), reason=reason),)


def test_a_release_told_again_changes_nothing() -> None:
    assert domain.release(order_id(), domain.Reservation(status=domain.Status.RELEASED)) == ()


@pytest.mark.rule("ORD-4a")
async def test_an_order_sets_goods_aside_and_is_told_when_it_leaves(world: World) -> None:
    await world.handle(a_balance_stated(CUSHION, 5))

    await world.handle(an_order_placed(a_line(CUSHION, 2)))

    (reserved,) = await world.events(StockReserved)
    assert reserved.planned_dispatch_on == date(2026, 3, 3)
    assert await balance(world, CUSHION) == (3, 2, 0)
    await assert_rows_are_folds(world)


async def test_an_order_for_an_article_that_nobody_has_stated_waits(world: World) -> None:
    with pytest.raises(NotYetKnown):
        await world.handle(an_order_placed(a_line("99999")))


@pytest.mark.rule("ORD-14a")
async def test_a_voided_order_frees_its_goods_for_who_waits(world: World) -> None:
    await world.handle(a_balance_stated(CUSHION, 2))
    await world.handle(an_order_placed(a_line(CUSHION, 3, order="O-1"), reference="O-1"))
    await world.handle(an_order_placed(a_line(CUSHION, 1, order="O-2"), reference="O-2"))

    await world.handle(an_order_void_requested("O-1"))

    assert await world.events(ReservationReleased) == [
        ReservationReleased(order_id=order_id("O-1"))
    ]
    assert await balance(world, CUSHION) == (1, 1, 0)
    assert (await world.row(ReservationRow, order_id("O-2"))).status == "reserved"
    await assert_rows_are_folds(world)


@pytest.mark.rule("ORD-14a")
async def test_an_order_that_the_warehouse_has_begun_with_is_not_released(world: World) -> None:
    await world.handle_all(a_balance_stated(CUSHION, 2), an_order_placed(a_line(CUSHION, 2)))
    await world.handle(a_picking_begun("O-1"))

    await world.handle(an_order_void_requested())

    (refused,) = await world.events(ReleaseRefused)
    assert refused.reason == "PICKING_BEGUN"
    assert await balance(world, CUSHION) == (0, 2, 0)


@pytest.mark.rule("PHY-1g")
async def test_picking_told_again_is_told_once(world: World) -> None:
    await world.handle_all(a_balance_stated(CUSHION, 2), an_order_placed(a_line(CUSHION, 2)))

    await world.handle(a_picking_begun("O-1"))
    await world.handle(a_picking_begun("O-1", version=2))

    assert len(await world.events(OrderPickingStarted)) == 1


async def test_the_warehouse_names_an_order_by_its_number_too(world: World) -> None:
    placed = an_order_placed(a_line(CUSHION), reference="O-7")
    await world.handle_all(a_balance_stated(CUSHION, 2), placed)

    await world.handle(a_picking_begun(placed.order_number))

    assert len(await world.events(OrderPickingStarted, key=placed.order_id)) == 1


async def test_picking_of_an_order_that_nobody_has_told_of_waits(world: World) -> None:
    with pytest.raises(NotYetKnown):
        await world.handle(a_picking_begun("O-404"))


@pytest.mark.rule("ORD-14a")
async def test_nothing_is_picked_of_an_order_that_was_released(world: World) -> None:
    await world.handle_all(a_balance_stated(CUSHION, 9), an_order_placed(a_line(CUSHION, 5)))
    await world.handle(an_order_void_requested())

    refused = await refusal(world.handle(a_picking_begun()))

    assert (refused.reason, refused.rule) == ("ORDER_HAS_NO_GOODS", "ORD-14")


@pytest.mark.rule("ORD-14a")
async def test_goods_that_come_in_while_picking_do_not_take_the_beginning_back(
    world: World,
) -> None:
    await world.handle_all(a_balance_stated(CUSHION, 1), an_order_placed(a_line(CUSHION, 2)))
    await world.handle(a_dispatch(a_sent_line(1, 1)))

    await world.handle(a_delivery_received(CUSHION, 4))
    await world.handle(an_order_void_requested())

    (refused,) = await world.events(ReleaseRefused)
    assert refused.reason == "PICKING_BEGUN"
    assert await balance(world, CUSHION) == (3, 1, 0)
