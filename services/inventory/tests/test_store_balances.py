"""INV-4, INV-11, INV-14: a store's balance list, on the screen and on paper."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from inventory.app import service
from inventory.stock.domain import Colour
from inventory.store_balances import documents
from inventory.store_balances.domain import ReportRefused
from inventory.store_balances.views import StoreBalanceView
from inventory.stores.domain import StoreKind
from inventory.stores.models import StoreRow
from kvitt_contracts.types import ArticleNumber, Role, StoreId
from kvitt_testkit.world import Given, World, stockholm

from contracts.tests.builders.orders import (
    a_replenishment_line,
    a_replenishment_placed,
)
from contracts.tests.builders.regions import (
    a_balance_stated,
    a_dispatch,
    a_sent_line,
    the_catalogue,
    the_stores,
)
from contracts.tests.builders.story import (
    BATTERY,
    CUSHION,
    DAY,
    OWN,
    RECEIVING,
    SENDER,
    SENDING,
    SERVICE,
)
from documents.tests.reading import pages
from services.inventory.tests.stocktaking.rounds import counted, opened, posted

AT_THE_UNIT: dict[str, Any] = {
    "user": SENDER,
    "roles": [Role.PRESCRIBER],
    "service_points": [SENDING],
}


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A unit's own store with cushions and batteries, and twenty cushions in the central one."""
    async with given(service, at=stockholm("2026-03-02 08:00")) as world:
        await world.register(SENDER, roles=(Role.PRESCRIBER,), service_points=[SENDING])
        await world.register(SERVICE, roles=(Role.CUSTOMER_SERVICE,))
        await world.handle_all(*the_stores(), *the_catalogue())
        await world.handle(a_balance_stated(CUSHION, 20))
        await world.handle(a_balance_stated(CUSHION, 2, store=OWN))
        await world.handle(a_balance_stated(BATTERY, 5, store=OWN))
        yield world


@pytest.mark.rule("INV-4f")
async def test_what_is_on_its_way_to_a_store_is_told_beside_its_balance(world: World) -> None:
    await world.handle(
        a_replenishment_placed(
            a_replenishment_line(CUSHION, 6), a_replenishment_line(BATTERY, 3, number=2)
        )
    )
    assert await shown(world, "incoming") == {CUSHION: 6, BATTERY: 3}

    await world.handle(a_dispatch(a_sent_line(1, 4), order="R-1"))
    assert await shown(world, "incoming") == {CUSHION: 6, BATTERY: 3}

    await world.advance(stockholm("2026-03-04 00:00"))
    assert await shown(world, "incoming") == {CUSHION: 2, BATTERY: 3}
    assert await shown(world, "available") == {CUSHION: 6, BATTERY: 5}


@pytest.mark.rule("INV-14d")
async def test_a_balance_tells_when_it_was_last_counted(world: World) -> None:
    assert await shown(world, "counted_on") == {CUSHION: None, BATTERY: None}

    await opened(world)
    await counted(world, (CUSHION, 2, ()))
    assert await shown(world, "counted_on") == {CUSHION: None, BATTERY: None}
    await posted(world)

    assert await shown(world, "counted_on") == {CUSHION: "2026-03-02", BATTERY: None}


@pytest.mark.rule("INV-11a")
async def test_a_stores_balances_are_printed(world: World) -> None:
    await world.handle(a_replenishment_placed(a_replenishment_line(CUSHION, 6)))

    async with world.http(**AT_THE_UNIT) as client:
        answer = await client.get(f"/stores/{OWN}/balance-report")

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    (page,) = pages(answer.content)
    assert f"Saldorapport {OWN}" in page
    assert "Dag: 2026-03-02 Artiklar: 2" in page
    assert f"{CUSHION} " in page
    assert " 2 0 6 aldrig" in page


@pytest.mark.rule("INV-11a")
async def test_another_units_report_is_not_there(world: World) -> None:
    async with world.http(
        user="k201ema", roles=[Role.PRESCRIBER], service_points=[RECEIVING]
    ) as client:
        answer = await client.get(f"/stores/{OWN}/balance-report")

    assert answer.status_code == 404


async def test_a_report_of_more_than_fits_is_refused_with_the_way_on() -> None:
    store = StoreRow(store=StoreId(OWN), name="Förrådet", kind=StoreKind.OWN)
    one = StoreBalanceView(
        article_number=ArticleNumber(CUSHION),
        store=StoreId(OWN),
        available=1,
        reserved=0,
        on_order=0,
        colour=Colour.GREEN,
    )

    with pytest.raises(ReportRefused) as refused:
        await documents.print_report(store, [one] * (documents.MOST + 1), on=DAY)

    assert (refused.value.reason, refused.value.rule) == ("TOO_MANY_ROWS", "INV-11")


async def shown(world: World, field: str) -> dict[str, Any]:
    """A field of each balance of the own store, by article."""
    async with world.http(**AT_THE_UNIT) as client:
        items = (await client.get(f"/stores/{OWN}/balances")).json()["items"]
    return {one["article_number"]: one[field] for one in items}
