"""ORD-9: goods of the central store fill up a unit's own."""

from collections.abc import AsyncIterator
from datetime import date

import pytest
from inventory.app import service
from inventory.reservations.domain import Status
from inventory.reservations.models import ReservationRow
from kvitt_contracts.inventory import (
    CustodyChanged,
    LineDelivered,
    LineStocked,
    ReservationReleased,
    StockBackordered,
    StockReserved,
)
from kvitt_contracts.orders import SuppliedLine
from kvitt_contracts.regions import GoodsDispatched
from kvitt_contracts.types import StoreHolder, StoreId
from kvitt_testkit.reconciled import found_by
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm

from contracts.tests.builders.orders import (
    a_line,
    a_person_registered,
    a_replenishment_line,
    a_replenishment_placed,
    a_withdrawal_placed,
    an_order_void_requested,
)
from contracts.tests.builders.regions import (
    a_balance_stated,
    a_delivery_received,
    a_dispatch,
    a_sent_line,
    rollators_received,
    the_catalogue,
    the_stores,
)
from contracts.tests.builders.story import CENTRAL, CUSHION, OWN, ROLLATOR, order_id
from services.inventory.tests.worlds import balance, device

R = order_id("R-1")
ARRIVAL = stockholm("2026-03-04 00:00")


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """Five cushions and two rollators in the central store."""
    async with given(service, at=stockholm("2026-03-02 08:00")) as world:
        await world.handle_all(*the_stores(), *the_catalogue(), a_person_registered())
        await world.handle(a_balance_stated(CUSHION, 5))
        await world.handle(rollators_received("170010", "170011", store=CENTRAL))
        yield world


@pytest.mark.rule("ORD-9b")
async def test_goods_that_fill_up_a_store_are_available_in_it_on_arrival(world: World) -> None:
    await world.handle(a_replenishment_placed(*both()))
    assert await balance(world, CUSHION) == (1, 4, 0)
    assert await world.events(StockReserved)

    await world.handle(sent())
    assert await balance(world, CUSHION, OWN) == (0, 0, 0)
    await world.advance(ARRIVAL)

    assert await balance(world, CUSHION) == (1, 0, 0)
    assert await balance(world, CUSHION, OWN) == (4, 0, 0)
    assert await balance(world, ROLLATOR, OWN) == (2, 0, 0)
    stocked = await world.events(LineStocked)
    assert [(one.quantity, one.store, one.stocked_on, one.more_lines) for one in stocked] == [
        (4, OWN, date(2026, 3, 4), 1),
        (2, OWN, date(2026, 3, 4), 0),
    ]
    assert not await world.events(LineDelivered)
    assert (await world.row(ReservationRow, R)).status is Status.DELIVERED
    await assert_rows_are_folds(world)
    for check in ("balances", "custody", "claims"):
        assert await found_by(world, check) == []


@pytest.mark.rule("ORD-9b")
async def test_a_marked_device_is_in_the_custody_of_the_store_that_it_fills_up(
    world: World,
) -> None:
    await world.handle(a_replenishment_placed(*both()))
    await world.handle(sent())
    await world.advance(ARRIVAL)

    row = await device(world, "170010")
    assert row.custody.holder == StoreHolder(store=StoreId(OWN))
    assert (row.custody.since, row.custody.payer_id, row.claim) == (date(2026, 3, 4), None, None)
    changed = (await world.events(CustodyChanged))[0]
    assert changed.cause.replenishment_id == R
    assert changed.cause.order_id is None  # it came back from nobody


@pytest.mark.rule("ORD-9b")
async def test_what_filled_up_a_store_can_be_withdrawn_from_it(world: World) -> None:
    await world.handle(a_replenishment_placed(a_replenishment_line(CUSHION, 4)))
    await world.handle(a_dispatch(a_sent_line(1, 4), order="R-1"))
    await world.advance(ARRIVAL)

    await world.handle(a_withdrawal_placed(a_line(CUSHION, 3, order="O-1")))

    assert await balance(world, CUSHION, OWN) == (1, 0, 0)
    assert len(await world.events(LineDelivered)) == 1


@pytest.mark.rule("ORD-9b")
async def test_a_dispatch_that_is_told_when_it_has_arrived_fills_up_the_store_at_once(
    world: World,
) -> None:
    await world.handle(a_replenishment_placed(*both()))
    await world.advance(stockholm("2026-03-06 08:00"))

    await world.handle(sent())

    assert await balance(world, ROLLATOR, OWN) == (2, 0, 0)
    assert (await world.events(LineStocked))[0].stocked_on == date(2026, 3, 4)


async def test_what_the_central_store_lacks_is_waited_for(world: World) -> None:
    await world.handle(a_replenishment_placed(a_replenishment_line(CUSHION, 8)))
    assert await balance(world, CUSHION) == (0, 5, 3)
    assert await world.events(StockBackordered)

    await world.handle(a_delivery_received(CUSHION, 3))

    assert (await world.row(ReservationRow, R)).status is Status.RESERVED
    assert await balance(world, CUSHION) == (0, 8, 0)


@pytest.mark.rule("ORD-14a")
async def test_the_goods_of_a_voided_replenishment_are_free_again(world: World) -> None:
    await world.handle(a_replenishment_placed(*both()))

    await world.handle(an_order_void_requested("R-1"))

    assert await world.events(ReservationReleased)
    assert await balance(world, CUSHION) == (5, 0, 0)
    assert await balance(world, ROLLATOR) == (2, 0, 0)


async def test_a_replenishment_that_is_told_twice_is_reserved_once(world: World) -> None:
    placed = a_replenishment_placed(*both())

    await world.handle(placed)
    await world.handle(placed)

    assert await balance(world, CUSHION) == (1, 4, 0)


def both() -> tuple[SuppliedLine, ...]:
    """Four cushions and two rollators."""
    return (
        a_replenishment_line(CUSHION, 4),
        a_replenishment_line(ROLLATOR, 2, number=2, marked=True),
    )


def sent() -> GoodsDispatched:
    """All of it has left the central store."""
    return a_dispatch(a_sent_line(1, 4), a_sent_line(2, 2, "170010", "170011"), order="R-1")
