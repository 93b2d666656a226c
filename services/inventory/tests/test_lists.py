"""INV-4, INV-14: stores' balances, the ledger and the reservations as lists over HTTP."""

from collections.abc import AsyncIterator

import pytest
from inventory.app import service
from inventory.receipts.models import DeliveryRow
from kvitt_contracts.types import RegionCode, identify
from kvitt_testkit.reconciled import plant
from kvitt_testkit.world import REGION, Given, World, stockholm

from contracts.tests.builders.orders import a_line, an_order_placed
from contracts.tests.builders.regions import (
    a_balance_stated,
    a_store_stated,
    rollators_received,
    the_catalogue,
    the_stores,
)
from contracts.tests.builders.story import BATTERY, CENTRAL, CUSHION, OWN, ROLLATOR, order_id


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """Cushions that are all promised, batteries and a rollator in the central store."""
    async with given(service, at=stockholm("2026-03-02 08:00")) as world:
        await world.handle_all(*the_stores(), *the_catalogue())
        await world.handle_all(a_balance_stated(CUSHION, 2), a_balance_stated(BATTERY, 8))
        await world.handle_all(
            rollators_received("170077", store=CENTRAL), a_balance_stated(CUSHION, 1, store=OWN)
        )
        await world.handle(an_order_placed(a_line(CUSHION, 3, order="O-1"), reference="O-1"))
        await world.handle(an_order_placed(a_line(BATTERY, 1, order="O-2"), reference="O-2"))
        yield world


@pytest.mark.rule("INV-14b", "INV-14c")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [BATTERY, ROLLATOR, CUSHION]),  # an empty query lists all, by name
        ("query=dyna", [CUSHION]),
        ("type=spare_part", [BATTERY]),
        ("with_balance=true", [BATTERY, ROLLATOR]),
        ("sort=-available", [BATTERY, ROLLATOR, CUSHION]),
    ],
)
async def test_a_stores_balances_are_listed_and_filtered(
    world: World, query: str, found: list[str]
) -> None:
    async with world.http() as client:
        page = (await client.get(f"/stores/{CENTRAL}/balances?{query}")).json()

    assert [line["article_number"] for line in page["items"]] == found


async def test_a_balance_says_whether_its_article_is_marked(world: World) -> None:
    async with world.http() as client:
        page = (await client.get(f"/stores/{CENTRAL}/balances")).json()

    marked = {line["article_number"]: line["marked"] for line in page["items"]}
    assert marked == {ROLLATOR: True, CUSHION: False, BATTERY: False}


@pytest.mark.rule("INV-14a")
async def test_balances_are_those_of_one_store_at_a_time(world: World) -> None:
    async with world.http() as client:
        page = (await client.get(f"/stores/{OWN}/balances")).json()
        unknown = await client.get("/stores/999/balances")

    assert [(line["article_number"], line["available"]) for line in page["items"]] == [(CUSHION, 1)]
    assert (unknown.status_code, unknown.json()["rule"]) == (404, "INV-14")


@pytest.mark.rule("INV-4b")
async def test_an_empty_balance_of_a_store_that_became_a_purchasing_store_is_not_shown(
    world: World,
) -> None:
    async def shown() -> tuple[list[str], list[str]]:
        async with world.http() as client:
            page = (await client.get(f"/stores/{OWN}/balances")).json()
            article = (await client.get(f"/articles/{CUSHION}")).json()
        listed = [line["article_number"] for line in page["items"]]
        return listed, [one["store"] for one in article["balances"]]

    await world.handle(a_store_stated(OWN, "purchasing"))
    assert await shown() == ([CUSHION], [OWN, CENTRAL])
    await plant(world, f"UPDATE balances SET available = 0 WHERE store = '{OWN}'")
    assert await shown() == ([], [CENTRAL])


@pytest.mark.rule("INV-4c")
async def test_the_ledger_shows_each_move_with_what_it_was_made_for(world: World) -> None:
    async with world.http() as client:
        query = f"store={CENTRAL}&article_number={CUSHION}&sort=recorded_at"
        page = (await client.get(f"/stock-moves?{query}")).json()
        reserved = (await client.get("/stock-moves?kind=reserved")).json()

    moves = [(m["kind"], m["available"], m["reserved"], m["on_order"]) for m in page["items"]]
    assert moves == [("stated", 2, 0, 0), ("reserved", -2, 2, 1)]
    (reference,) = [
        row.reference
        for row in await world.rows(DeliveryRow)
        if (row.store, row.article_number) == (CENTRAL, CUSHION)
    ]
    booked = identify(RegionCode(REGION), "delivery", reference)
    assert [move["cause_id"] for move in page["items"]] == [str(booked), str(order_id("O-1"))]
    assert {move["kind"] for move in reserved["items"]} == {"reserved"}


@pytest.mark.rule("ORD-4a")
async def test_a_reservation_shows_what_is_set_aside_and_what_is_missing(world: World) -> None:
    async with world.http() as client:
        waiting = (await client.get("/reservations?status=backordered")).json()
        shown = (await client.get(f"/reservations/{order_id('O-1')}")).json()

    assert [line["order_id"] for line in waiting["items"]] == [str(order_id("O-1"))]
    assert shown["planned_dispatch_on"] == "2026-03-16"
    assert [(line["reserved"], line["missing"]) for line in shown["lines"]] == [(2, 1)]


async def test_another_regions_stock_is_not_seen(world: World) -> None:
    async with world.http(region="bd") as client:
        totals = [
            (await client.get(path)).json()["total"]
            for path in ("/stores", "/articles", "/stock-moves", "/reservations", "/devices")
        ]

    assert totals == [0, 0, 0, 0, 0]
