"""ORD-21: what inventory makes of orders with lines that come direct from suppliers."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from inventory.app import service
from inventory.articles.models import ArticleRow
from inventory.reservations.domain import Line, Reservation, Status, evolve
from inventory.reservations.models import PlacedOrderRow, ReservationRow
from kvitt_contracts.inventory import (
    ArticleListed,
    LineDelivered,
    LineStocked,
    ReleaseRefused,
    ReservationReleased,
    StockReserved,
)
from kvitt_contracts.types import ArticleNumber, Word
from kvitt_testkit.world import Given, World, assert_rows_are_folds

from contracts.tests.builders.orders import an_order_void_requested
from contracts.tests.builders.purchases import (
    SUPPLIER,
    WALKER,
    a_central_line,
    a_direct_line,
    a_direct_order,
)
from contracts.tests.builders.receipts import a_receipt_reported, a_reported_line
from contracts.tests.builders.regions import (
    a_balance_stated,
    a_picking_begun,
    an_article_stated,
    the_catalogue,
    the_stores,
)
from contracts.tests.builders.reservations import a_line_delivered, a_line_stocked
from contracts.tests.builders.story import CENTRAL, CUSHION, PURCHASING, line_id, order_id
from services.inventory.tests.worlds import balance, refusal


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """Stores, a catalogue, and ten cushions in the central store."""
    async with given(service) as world:
        await world.handle_all(*the_stores(), *the_catalogue())
        await world.handle(
            an_article_stated(WALKER, is_kept_in_central=False, supplier_id=SUPPLIER)
        )
        await world.handle(a_balance_stated(CUSHION, quantity=10))
        yield world


@pytest.mark.rule("ORD-21a")
async def test_of_a_mixed_order_the_central_lines_alone_are_reserved(world: World) -> None:
    await world.handle(a_direct_order(a_direct_line(), a_central_line(quantity=3)))

    (reserved,) = await world.events(StockReserved)
    assert [(line.article_number, line.reserved) for line in reserved.lines] == [(CUSHION, 3)]
    assert await balance(world, CUSHION) == (7, 3, 0)
    assert await balance(world, WALKER, PURCHASING) == (0, 0, 0)
    kept = await world.row(PlacedOrderRow, order_id("O-1"))
    assert kept.store == CENTRAL
    assert [line.number for line in kept.lines] == [2]
    assert [line.supplier_id for line in kept.direct_lines] == [SUPPLIER]
    await assert_rows_are_folds(world)


@pytest.mark.rule("ORD-21a")
async def test_an_order_of_direct_lines_alone_is_kept_and_not_answered(world: World) -> None:
    await world.handle(a_direct_order())
    await world.handle(a_direct_order())

    kept = await world.row(PlacedOrderRow, order_id("O-1"))
    assert (kept.store, kept.lines) == (PURCHASING, ())
    assert [line.article_number for line in kept.direct_lines] == [WALKER]
    assert not await world.rows(ReservationRow)


@pytest.mark.rule("ORD-21a")
async def test_the_warehouse_picks_nothing_that_comes_direct(world: World) -> None:
    await world.handle(a_direct_order())

    refused = await refusal(world.handle(a_picking_begun("O-1")))

    assert (refused.reason, refused.rule) == ("ORDER_HAS_NO_GOODS", "ORD-21")


@pytest.mark.rule("ORD-14a")
async def test_a_voided_mixed_order_frees_its_central_lines(world: World) -> None:
    await world.handle(a_direct_order(a_direct_line(), a_central_line(quantity=3)))

    await world.handle(an_order_void_requested("O-1"))

    assert await world.events(ReservationReleased)
    assert await balance(world, CUSHION) == (10, 0, 0)


@pytest.mark.rule("ORD-14a")
async def test_what_comes_direct_delivers_no_order_whose_goods_are_released(world: World) -> None:
    await world.handle(a_direct_order(a_direct_line(), a_central_line(quantity=3)))
    await world.handle(an_order_void_requested("O-1"))

    await world.handle(a_receipt_reported(a_reported_line("R1")))

    assert (await world.row(ReservationRow, order_id("O-1"))).status is Status.RELEASED
    await world.handle(an_order_void_requested("O-1"))
    assert await world.events(ReleaseRefused) == []
    await assert_rows_are_folds(world)


@pytest.mark.rule("ORD-14a")
@pytest.mark.parametrize("status", [Status.RELEASED, Status.DECLINED])
@pytest.mark.parametrize("event", [a_line_delivered(), a_line_stocked()])
def test_a_direct_line_lets_an_ended_reservation_be(
    status: Status, event: LineDelivered | LineStocked
) -> None:
    central = Line(line_id=line_id(number=2), article_number=ArticleNumber(CUSHION))
    ended = Reservation(status=status, lines=(central,))

    assert evolve(ended, event).status is status


async def test_what_a_region_states_of_an_articles_supply_is_listed(world: World) -> None:
    said: dict[str, Any] = {
        "supplier_id": SUPPLIER,
        "is_kept_in_central": False,
        "is_own_units_only": True,
        "never_from": (Word("own_store"),),
        "is_lead_time_short": True,
        "maintenance_months": 12,
        "is_free": True,
        "is_attachment_needed": True,
    }

    await world.handle(an_article_stated(WALKER, version=2, **said))

    listed = (await world.events(ArticleListed))[-1]
    (row,) = [one for one in await world.rows(ArticleRow) if one.article_number == WALKER]
    assert {name: getattr(listed, name) for name in said} == said
    assert {name: getattr(row, name) for name in said} == said
