"""ORD-13, PHY-1h: what the warehouse sends, and its arrival at the recipient."""

from datetime import date

import pytest
from inventory.dispatches.handlers import GOODS_ARRIVE
from inventory.reservations.models import ReservationRow
from kvitt_contracts.envelope import Event
from kvitt_contracts.inventory import (
    Custody,
    CustodyCause,
    CustodyChanged,
    LineDelivered,
    OrderGoodsDispatched,
    OrderPickingStarted,
)
from kvitt_testkit.world import World, assert_rows_are_folds, stockholm

from contracts.tests.builders.orders import (
    a_device_line,
    a_line,
    an_order_placed,
    an_order_void_requested,
)
from contracts.tests.builders.regions import (
    a_balance_stated,
    a_device_returned,
    a_dispatch,
    a_sent_line,
    rollators_received,
)
from contracts.tests.builders.story import (
    CENTRAL,
    CUSHION,
    FITTING,
    PAYER,
    ROLLATOR,
    SENDER,
    a_patient,
    a_store,
    device_id,
    line_id,
    order_id,
)
from services.inventory.tests.worlds import balance, device, refusal


async def _an_order_of_rollators(world: World, quantity: int = 2) -> None:
    numbers = [f"17009{n}" for n in range(quantity)]
    await world.handle(rollators_received(*numbers, store=CENTRAL))
    await world.handle(
        an_order_placed(*(a_device_line(None, number=n + 1) for n in range(quantity)))
    )


@pytest.mark.rule("ORD-13a")
async def test_dispatched_goods_count_as_received_on_the_day_of_arrival(world: World) -> None:
    await _an_order_of_rollators(world)
    await world.handle(a_dispatch(a_sent_line(1, 1, "170090"), a_sent_line(2, 1, "170091")))

    assert await world.events(LineDelivered) == []
    assert await balance(world, ROLLATOR) == (0, 0, 0)
    await world.advance(stockholm("2026-03-03 23:59"))
    assert await world.events(LineDelivered) == []
    await world.advance(stockholm("2026-03-04 00:00"))

    delivered = await world.events(LineDelivered)
    assert [(line.quantity, line.delivered_on.day) for line in delivered] == [(1, 4), (1, 4)]
    assert [line.devices for line in delivered] == [(device_id("170090"),), (device_id("170091"),)]
    assert (await world.row(ReservationRow, order_id())).status == "delivered"
    await assert_rows_are_folds(world)


@pytest.mark.rule("BIL-1a")
async def test_custody_changes_on_the_day_of_arrival_to_the_recipient_with_the_lines_payer(
    world: World,
) -> None:
    await _an_order_of_rollators(world, 1)
    await world.handle(a_dispatch(a_sent_line(1, 1, "170090")))

    await world.advance(stockholm("2026-03-04 00:00"))

    (changed,) = await world.events(CustodyChanged)
    assert changed.custody.since == date(2026, 3, 4)
    assert changed.custody.holder == a_patient()
    assert (changed.custody.payer_id, changed.custody.prescriber) == (PAYER, SENDER)
    assert (changed.cause.order_id, changed.cause.line_id) == (order_id(), line_id())
    assert (await device(world, "170090")).claim is None


@pytest.mark.rule("ORD-13a")
async def test_an_arrival_that_has_passed_delivers_at_once(world: World) -> None:
    await _an_order_of_rollators(world, 1)
    await world.advance(stockholm("2026-03-06 08:00"))

    await world.handle(a_dispatch(a_sent_line(1, 1, "170090")))

    (delivered,) = await world.events(LineDelivered)
    assert delivered.delivered_on == date(2026, 3, 4)
    assert (await device(world, "170090")).custody.since == date(2026, 3, 4)


@pytest.mark.rule("ORD-13a")
async def test_part_deliveries_arrive_each_on_its_own_day(world: World) -> None:
    await world.handle_all(a_balance_stated(CUSHION, 5), an_order_placed(a_line(CUSHION, 5)))
    await world.handle(a_dispatch(a_sent_line(1, 2), arrives_on=date(2026, 3, 4)))
    await world.handle(a_dispatch(a_sent_line(1, 3), arrives_on=date(2026, 3, 6)))

    await world.advance(stockholm("2026-03-05 12:00"))
    assert (await world.row(ReservationRow, order_id())).status == "picking"
    await world.advance(stockholm("2026-03-06 00:00"))

    delivered = await world.events(LineDelivered)
    assert [(event.quantity, event.delivered_on.day) for event in delivered] == [(2, 4), (3, 6)]
    assert (await world.row(ReservationRow, order_id())).status == "delivered"
    assert (GOODS_ARRIVE.name, order_id()) not in await world.timers()
    await assert_rows_are_folds(world)


@pytest.mark.rule("ORD-14a")
async def test_a_dispatch_says_that_the_warehouse_has_begun(world: World) -> None:
    await world.handle_all(a_balance_stated(CUSHION, 5), an_order_placed(a_line(CUSHION, 5)))

    await world.handle(a_dispatch(a_sent_line(1, 2)))

    told = await world.events(OrderPickingStarted, OrderGoodsDispatched, key=order_id())
    assert [type(event) for event in told] == [OrderPickingStarted, OrderGoodsDispatched]


@pytest.mark.rule("INV-4d")
async def test_goods_that_the_store_has_not_are_not_sent(world: World) -> None:
    await world.handle(an_order_placed(a_line(CUSHION, 3)))

    refused = await refusal(world.handle(a_dispatch(a_sent_line(1, 3))))

    assert (refused.reason, refused.rule) == ("BALANCE_TOO_LOW", "INV-4")
    assert await balance(world, CUSHION) == (0, 0, 3)


@pytest.mark.parametrize(
    ("lines", "arrives_on", "reason"),
    [
        ((a_sent_line(2, 1),), date(2026, 3, 4), "LINE_UNKNOWN_OR_TWICE"),
        ((a_sent_line(1, 1), a_sent_line(1, 1)), date(2026, 3, 4), "LINE_UNKNOWN_OR_TWICE"),
        ((a_sent_line(1, 6),), date(2026, 3, 4), "MORE_THAN_ORDERED"),
        pytest.param(
            (a_sent_line(1, 1),),
            date(2026, 3, 1),
            "ARRIVES_BEFORE_DISPATCH",
            marks=pytest.mark.rule("DAY-5c"),
        ),
    ],
)
async def test_a_dispatch_matches_its_order(
    world: World, lines: tuple[object, ...], arrives_on: date, reason: str
) -> None:
    await world.handle_all(a_balance_stated(CUSHION, 9), an_order_placed(a_line(CUSHION, 5)))

    refused = await refusal(world.handle(a_dispatch(*lines, arrives_on=arrives_on)))  # type: ignore[arg-type]

    assert (refused.reason, refused.rule) == (reason, "ORD-13")
    assert await balance(world, CUSHION) == (4, 5, 0)


@pytest.mark.rule("DAY-5a")
async def test_goods_are_not_sent_before_their_orders_day(world: World) -> None:
    await world.handle_all(a_balance_stated(CUSHION, 9), an_order_placed(a_line(CUSHION, 5)))

    refused = await refusal(world.handle(a_dispatch(a_sent_line(1, 1), on=date(2026, 3, 1))))

    assert (refused.reason, refused.rule) == ("DISPATCHED_BEFORE_ORDER", "DAY-5")
    assert refused.field == "dispatched_on"


async def test_a_dispatch_of_marked_goods_names_each_device(world: World) -> None:
    await _an_order_of_rollators(world)

    refused = await refusal(world.handle(a_dispatch(a_sent_line(1, 1))))

    assert (refused.reason, refused.field) == ("DEVICES_DO_NOT_MATCH_QUANTITY", "lines.0.devices")


@pytest.mark.rule("ORD-8a")
async def test_a_device_that_is_on_its_way_is_not_sent_again(world: World) -> None:
    await _an_order_of_rollators(world)
    await world.handle(a_dispatch(a_sent_line(1, 1, "170090")))

    refused = await refusal(world.handle(a_dispatch(a_sent_line(2, 1, "170090"))))

    assert refused.reason == "DEVICE_NOT_IN_STORE"


@pytest.mark.rule("PHY-1b", "PHY-1h")
async def test_a_dispatch_told_again_while_it_is_on_its_way_changes_nothing(world: World) -> None:
    await _an_order_of_rollators(world)
    await world.handle(a_dispatch(a_sent_line(1, 1, "170090")))
    before: list[Event] = await world.events()

    await world.handle(a_dispatch(a_sent_line(1, 1, "170090")))

    assert await world.events() == before


@pytest.mark.rule("PHY-1h")
async def test_a_dispatch_with_another_day_is_one_of_its_own(world: World) -> None:
    await world.handle_all(a_balance_stated(CUSHION, 9), an_order_placed(a_line(CUSHION, 5)))
    await world.handle(a_dispatch(a_sent_line(1, 3)))
    await world.handle(a_dispatch(a_sent_line(1, 3)))

    refused = await refusal(world.handle(a_dispatch(a_sent_line(1, 3), arrives_on="2026-03-05")))
    await world.handle(a_dispatch(a_sent_line(1, 2), arrives_on="2026-03-05"))

    assert refused.reason == "MORE_THAN_ORDERED"
    assert [sent.lines[0].quantity for sent in await world.events(OrderGoodsDispatched)] == [3, 2]


@pytest.mark.rule("ORD-14a")
async def test_nothing_is_sent_of_an_order_that_was_released(world: World) -> None:
    await world.handle_all(a_balance_stated(CUSHION, 9), an_order_placed(a_line(CUSHION, 5)))
    await world.handle(an_order_void_requested())

    refused = await refusal(world.handle(a_dispatch(a_sent_line(1, 1))))

    assert (refused.reason, refused.rule) == ("ORDER_HAS_NO_GOODS", "ORD-14")


@pytest.mark.rule("PHY-1a")
async def test_a_device_that_came_back_on_its_way_is_not_delivered(world: World) -> None:
    await _an_order_of_rollators(world)
    await world.handle(a_dispatch(a_sent_line(1, 1, "170090"), a_sent_line(2, 1, "170091")))
    await world.advance(stockholm("2026-03-03 08:00"))
    await world.handle(a_device_returned("170090", on=date(2026, 3, 3), store=CENTRAL))

    await world.advance(stockholm("2026-03-04 00:00"))

    (delivered,) = await world.events(LineDelivered)
    assert (delivered.quantity, delivered.devices) == (1, (device_id("170091"),))
    assert await balance(world, ROLLATOR) == (1, 0, 0)
    came_back, arrived = await world.events(CustodyChanged)
    assert came_back.custody == Custody(holder=a_store(CENTRAL), since=date(2026, 3, 3))
    assert came_back.cause == CustodyCause(order_id=order_id())
    assert arrived.device_id == device_id("170091")
    await assert_rows_are_folds(world)


async def test_a_service_line_is_delivered_without_a_move(world: World) -> None:
    await world.handle(an_order_placed(a_line(FITTING, article_type="service")))

    await world.handle(a_dispatch(a_sent_line(1, 1), arrives_on=date(2026, 3, 3)))
    await world.advance(stockholm("2026-03-03 08:00"))

    assert len(await world.events(LineDelivered)) == 1
    assert await balance(world, FITTING) == (0, 0, 0)
