"""INV-4 on real PostgreSQL: balances, their ledger, goods, and what waits for them."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
from hypothesis import given as given_values
from hypothesis import strategies as st
from inventory.app import service
from inventory.devices.models import DeviceRow
from inventory.reservations.models import ReservationRow
from inventory.stock import domain
from inventory.stock.models import StockMoveRow
from kvitt_contracts.envelope import Message
from kvitt_contracts.inventory import (
    DeviceRegistered,
    MoveKind,
    StockBackordered,
    StockMoved,
    StockMovedV2,
    StockReserved,
)
from kvitt_contracts.types import ArticleNumber, DeviceNumber, MarkedDevice, StoreId
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm

from contracts.tests.builders.orders import (
    a_customer_registered,
    a_line,
    a_person_registered,
    an_order_placed,
)
from contracts.tests.builders.regions import (
    a_balance_stated,
    a_delivery_received,
    a_device_in_store_stated,
    a_device_on_loan_stated,
    a_device_returned,
    a_store_stated,
    rollators_received,
    the_catalogue,
    the_stores,
)
from contracts.tests.builders.story import (
    CENTRAL,
    CUSHION,
    DAY,
    FITTING,
    OWN,
    PURCHASING,
    ROLLATOR,
    SENDING,
    order_id,
)
from services.inventory.tests.worlds import balance, refusal


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """The catalogue and the stores, on a Monday."""
    async with given(service, at=stockholm("2026-03-02 08:00")) as world:
        await world.handle_all(*the_stores(), *the_catalogue())
        yield world


@pytest.mark.rule("INV-4c")
@given_values(
    st.lists(st.tuples(st.integers(-5, 5), st.integers(-5, 5), st.integers(-5, 5)), max_size=20)
)
def test_a_balance_never_falls_below_zero_and_is_the_sum_of_its_moves(
    moves: list[tuple[int, int, int]],
) -> None:
    balance = domain.Balance(article_number=ArticleNumber(CUSHION), store=StoreId(CENTRAL))
    done: list[StockMoved | StockMovedV2] = []
    for available, reserved, on_order in moves:
        try:
            moved = domain.move(
                balance,
                MoveKind.STATED,
                on=DAY,
                available=available,
                reserved=reserved,
                on_order=on_order,
            )
        except domain.BalanceTooLow:
            continue
        done.append(moved)
        balance = domain.evolve(balance, moved)
        assert min(balance.available, balance.reserved, balance.on_order) >= 0

    assert balance.available == sum(move.available for move in done)
    assert balance.reserved == sum(move.reserved for move in done)
    assert balance.on_order == sum(move.on_order for move in done)


@pytest.mark.rule("INV-4e")
@pytest.mark.parametrize(
    ("available", "on_order", "colour"), [(1, 0, "green"), (0, 2, "yellow"), (0, 0, "red")]
)
def test_the_status_of_a_balance_is_a_colour(available: int, on_order: int, colour: str) -> None:
    assert domain.colour(available=available, on_order=on_order) == colour


@pytest.mark.rule("INV-4c")
async def test_received_goods_are_available_and_stand_in_the_ledger(world: World) -> None:
    await world.handle(a_delivery_received(CUSHION, 7), subject="L-1")

    assert await balance(world, CUSHION) == (7, 0, 0)
    (line,) = await world.rows(StockMoveRow)
    assert (line.kind, line.available, line.moved_on) == (MoveKind.RECEIVED, 7, DAY)
    await assert_rows_are_folds(world)


@pytest.mark.rule("INV-4c")
async def test_the_ledger_adds_up_to_every_balance(world: World) -> None:
    await world.handle_all(
        a_delivery_received(CUSHION, 7),
        an_order_placed(a_line(CUSHION, 9)),
        a_delivery_received(CUSHION, 1),
        a_balance_stated(CUSHION, 4),
    )

    lines = await world.rows(StockMoveRow)
    sums = tuple(
        sum(getattr(line, name) for line in lines) for name in ("available", "reserved", "on_order")
    )
    assert sums == await balance(world, CUSHION) == (3, 9, 0)
    await assert_rows_are_folds(world)


@pytest.mark.rule("PHY-1b", "PHY-1f")
async def test_a_delivery_told_again_is_booked_once(world: World) -> None:
    await world.handle(a_delivery_received(CUSHION, 7), subject="L-1")
    await world.handle(a_delivery_received(CUSHION, 7), subject="L-1")

    assert await balance(world, CUSHION) == (7, 0, 0)


@pytest.mark.rule("PHY-1f")
async def test_a_booked_delivery_is_not_changed(world: World) -> None:
    await world.handle(a_delivery_received(CUSHION, 7), subject="L-1")

    refused = await refusal(world.handle(a_delivery_received(CUSHION, 8), subject="L-1"))

    assert (refused.reason, refused.rule) == ("ALREADY_BOOKED", "INV-4")
    assert await balance(world, CUSHION) == (7, 0, 0)


def _marked(number: str, serial_number: str | None = None) -> MarkedDevice:
    return MarkedDevice(device_number=DeviceNumber(number), serial_number=serial_number)


@pytest.mark.rule("PHY-1f")
@pytest.mark.parametrize(
    ("update", "field"),
    [
        ({"store": StoreId(OWN)}, "store"),
        ({"article_number": ArticleNumber(CUSHION)}, "article_number"),
        ({"received_on": date(2026, 3, 1)}, "received_on"),
        ({"devices": (_marked("170098"), _marked("170077"))}, "devices.1.device_number"),
        ({"devices": (_marked("170098", "S-1"), _marked("170099"))}, "devices.0.serial_number"),
    ],
)
async def test_a_delivery_that_is_told_otherwise_is_refused_by_its_field(
    world: World, update: dict[str, Any], field: str
) -> None:
    told = rollators_received("170098", "170099", store=CENTRAL)
    await world.handle(told, subject="L-1")
    await world.handle(told, subject="L-1")

    otherwise = rollators_received("170098", "170099", **{"store": CENTRAL, **update})
    refused = await refusal(world.handle(otherwise, subject="L-1"))

    assert (refused.reason, refused.field) == ("ALREADY_BOOKED", field)
    assert await balance(world, ROLLATOR) == (2, 0, 0)


@pytest.mark.rule("PHY-1f")
async def test_a_balance_that_is_stated_otherwise_is_refused_by_its_field(world: World) -> None:
    await world.handle(a_balance_stated(CUSHION, 1), subject="S-1")

    again = a_balance_stated(CUSHION, 1, stated_on=date(2026, 3, 1))
    refused = await refusal(world.handle(again, subject="S-1"))

    assert (refused.reason, refused.field) == ("ALREADY_BOOKED", "stated_on")


@pytest.mark.rule("INV-4b")
async def test_a_purchasing_store_never_shows_a_balance(world: World) -> None:
    refused = await refusal(world.handle(a_delivery_received(CUSHION, 1, store="750")))

    assert (refused.reason, refused.rule) == ("PURCHASING_STORE_HAS_NO_BALANCE", "INV-4")


@pytest.mark.parametrize("fact", [a_delivery_received(FITTING, 1), a_balance_stated(FITTING, 1)])
async def test_a_service_is_never_stocked(world: World, fact: Message) -> None:
    refused = await refusal(world.handle(fact))

    assert (refused.reason, refused.rule) == ("SERVICE_IS_NEVER_STOCKED", "INV-4")


@pytest.mark.rule("INV-4d")
async def test_marked_goods_register_each_device_in_its_store(world: World) -> None:
    await world.handle(rollators_received("170098", "170099"))

    registered = await world.events(DeviceRegistered)
    assert [(event.device_number, event.store) for event in registered] == [
        ("170098", OWN),
        ("170099", OWN),
    ]
    assert await balance(world, ROLLATOR, OWN) == (2, 0, 0)


@pytest.mark.parametrize(
    ("quantity", "devices"), [(2, ("170098",)), (1, ()), (2, ("170098", "170098"))]
)
async def test_marked_goods_name_every_device_once(
    world: World, quantity: int, devices: tuple[str, ...]
) -> None:
    refused = await refusal(world.handle(a_delivery_received(ROLLATOR, quantity, devices=devices)))

    assert (refused.reason, refused.field) == ("DEVICES_DO_NOT_MATCH_QUANTITY", "devices")


async def test_a_device_number_names_one_device(world: World) -> None:
    await world.handle(rollators_received("170098"))

    refused = await refusal(world.handle(rollators_received("170077", "170098")))

    assert (refused.reason, refused.field) == ("DEVICE_NUMBER_TAKEN", "devices.1.device_number")
    assert len(await world.rows(DeviceRow)) == 1


async def test_a_balance_of_a_marked_article_is_stated_by_its_devices(world: World) -> None:
    refused = await refusal(world.handle(a_balance_stated(ROLLATOR, 3)))

    assert refused.reason == "MARKED_ARTICLE_IS_STATED_BY_DEVICE"


@pytest.mark.parametrize(
    "fact",
    [
        pytest.param(rollators_received("170099"), marks=pytest.mark.rule("REF-7a")),
        pytest.param(a_device_in_store_stated("170099"), marks=pytest.mark.rule("REF-7a")),
        pytest.param(a_device_returned("170098"), marks=pytest.mark.rule("REF-7b")),
    ],
)
async def test_a_private_clinic_has_no_stock_by_delivery_or_return(
    world: World, fact: Message
) -> None:
    await world.handle_all(a_person_registered(), a_device_on_loan_stated("170098"))
    await world.handle(a_customer_registered(private_clinic=True))

    refused = await refusal(world.handle(fact))

    assert (refused.reason, refused.rule) == ("PRIVATE_CLINIC_HOLDS_NO_STOCK", "REF-7")


@pytest.mark.rule("ORD-4b")
async def test_received_goods_serve_the_oldest_order_first(world: World) -> None:
    await world.handle(an_order_placed(a_line(CUSHION, 2, order="O-1"), reference="O-1"))
    await world.handle(an_order_placed(a_line(CUSHION, 2, order="O-2"), reference="O-2"))

    await world.handle(a_delivery_received(CUSHION, 3))

    assert (await world.row(ReservationRow, order_id("O-1"))).status == "reserved"
    second = await world.row(ReservationRow, order_id("O-2"))
    assert (second.lines[0].reserved, second.lines[0].missing) == (1, 1)
    assert await balance(world, CUSHION) == (0, 3, 1)
    last = (await world.events(StockBackordered, key=order_id("O-2")))[-1]
    assert last.missing == (CUSHION,)
    await assert_rows_are_folds(world)


@pytest.mark.rule("ORD-4b")
async def test_an_order_that_got_its_goods_leaves_on_the_next_working_day(world: World) -> None:
    await world.handle(an_order_placed(a_line(CUSHION, 2)))

    await world.handle(a_delivery_received(CUSHION, 2))

    (reserved,) = await world.events(StockReserved)
    assert reserved.planned_dispatch_on == date(2026, 3, 3)
    assert await balance(world, CUSHION) == (0, 2, 0)


@pytest.mark.rule("ORD-4f")
async def test_goods_told_late_are_planned_from_the_day_on_which_they_are_told(
    world: World,
) -> None:
    await world.handle(an_order_placed(a_line(CUSHION, 2)))
    await world.advance(stockholm("2026-03-20 08:00"))

    await world.handle(a_delivery_received(CUSHION, 1, received_on=date(2026, 3, 2)))
    (_, waiting) = await world.events(StockBackordered)
    await world.handle(a_delivery_received(CUSHION, 1, received_on=date(2026, 3, 2)), subject="D-2")

    (reserved,) = await world.events(StockReserved)
    assert waiting.planned_dispatch_on == date(2026, 3, 23)  # it was planned for the 16th
    assert reserved.planned_dispatch_on == date(2026, 3, 23)
    moves = [move for move in await world.rows(StockMoveRow) if move.article_number == CUSHION]
    days = {kind: {move.moved_on for move in moves if move.kind == kind} for kind in MoveKind}
    assert days[MoveKind.RECEIVED] == {date(2026, 3, 2)}
    assert days[MoveKind.RESERVED] == {date(2026, 3, 20)}


@pytest.mark.rule("INV-4a")
async def test_stores_are_central_purchasing_own_with_their_unit_and_investigation(
    world: World,
) -> None:
    await world.handle(a_store_stated("900", "investigation"), subject="900")

    async with world.http() as client:
        stores = (await client.get("/stores")).json()["items"]
        own = (await client.get(f"/stores?service_point={SENDING}")).json()["items"]

    assert [(store["store"], store["kind"], store["service_point"]) for store in stores] == [
        (OWN, "own", SENDING),
        (CENTRAL, "central", None),
        (PURCHASING, "purchasing", None),
        ("900", "investigation", None),
    ]
    assert [store["store"] for store in own] == [OWN]


async def test_a_store_that_is_stated_anew_has_its_new_name(world: World) -> None:
    await world.handle(a_store_stated(OWN, "own", version=2, name="Förråd barn"), subject=OWN)

    async with world.http() as client:
        stores = (await client.get("/stores")).json()

    assert {store["store"]: store["name"] for store in stores["items"]}[OWN] == "Förråd barn"
