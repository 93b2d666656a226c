"""INV-10 on real PostgreSQL: what differs is posted, while business goes on."""

from typing import Any

import pytest
from inventory.stock.models import StockMoveRow
from kvitt_contracts.inventory import (
    StocktakingCounted,
)
from kvitt_contracts.types import (
    RegionCode,
    Role,
    identify,
)
from kvitt_testkit.world import REGION, World

from contracts.tests.builders.orders import (
    a_customer_registered,
    a_line,
    a_withdrawal_placed,
    an_order_placed,
)
from contracts.tests.builders.regions import (
    a_shelf_counted,
)
from contracts.tests.builders.story import (
    CENTRAL,
    CUSHION,
    OWN,
    ROLLATOR,
    SENDER,
    SENDING,
)
from services.inventory.tests.stocktaking.rounds import (
    ONE,
    THREE,
    TWO,
    counted,
    later,
    opened,
    posted,
    posting,
)
from services.inventory.tests.worlds import balance, device, refusal


@pytest.mark.rule("INV-10d")
async def test_what_differs_is_posted_as_a_move_with_the_stocktaking_as_its_cause(
    world: World,
) -> None:
    await opened(world)
    await counted(world, (CUSHION, 3, ()))

    done = await posted(world)

    assert [(one.article_number, one.expected, one.counted) for one in done.differences] == [
        (CUSHION, 5, 3)
    ]
    assert await balance(world, CUSHION, OWN) == (3, 0, 0)
    key = identify(RegionCode(REGION), "stocktaking", OWN)
    moves = [row for row in await world.rows(StockMoveRow) if row.cause_id == key]
    assert [(row.article_number, row.available) for row in moves] == [(CUSHION, -2)]


@pytest.mark.rule("INV-10d")
async def test_business_goes_on_between_the_count_and_the_posting(world: World) -> None:
    await opened(world)
    await counted(world, (CUSHION, 4, ()))
    await world.handle(a_withdrawal_placed(a_line(CUSHION, quantity=2)))

    await posted(world)

    assert await balance(world, CUSHION, OWN) == (2, 0, 0)


@pytest.mark.rule("INV-10d")
async def test_more_than_the_ledger_says_is_served_to_who_waits(world: World) -> None:
    await world.handle(an_order_placed(a_line(CUSHION, quantity=2)))
    await opened(world, CENTRAL)
    await world.handle(a_shelf_counted((CUSHION, 3, ()), at=await world.now(), store=CENTRAL))
    await later(world)

    await world.handle(posting(CENTRAL), subject=CENTRAL)

    assert await balance(world, CUSHION, CENTRAL) == (1, 2, 0)


@pytest.mark.rule("INV-10d")
async def test_an_article_that_is_counted_anew_replaces_its_count_and_loses_no_other(
    world: World,
) -> None:
    await opened(world)
    early = await world.now()
    await later(world)
    await counted(world, (CUSHION, 4, ()))
    await world.handle(a_shelf_counted((CUSHION, 1, ()), at=early))
    await counted(world, (ROLLATOR, 3, (ONE, TWO, THREE)))

    done = await posted(world)

    assert [(one.article_number, one.counted) for one in done.differences] == [(CUSHION, 4)]
    assert len(await world.events(StocktakingCounted)) == 3


@pytest.mark.rule("REF-12k")
async def test_over_http_a_unit_counts_and_customer_service_posts_and_finds(world: World) -> None:
    unit: dict[str, Any] = {"user": SENDER, "roles": (Role.PRESCRIBER,)}
    missed = (await device(world, THREE)).id
    found = {"store": OWN, "found_on": "2026-03-02", "asked_by": SENDER}
    async with world.http(**unit, service_points=[SENDING]) as asks:
        assert (await asks.post(f"/stores/{OWN}/stocktaking:open")).json()["status"] == "opened"
        await later(world)
        body = {
            "counted_at": (await world.now()).isoformat(),
            "lines": [{"article_number": ROLLATOR, "counted": 2, "devices": [ONE, TWO]}],
        }
        answer = await asks.post(f"/stores/{OWN}/stocktaking:count", json=body)
        assert [one["counted"] for one in answer.json()["counts"]] == [2]
        assert (await asks.post(f"/stores/{OWN}/stocktaking:post")).status_code == 403
        assert (await asks.post(f"/stores/{CENTRAL}/stocktaking:open")).status_code == 404
        refused = await asks.post(f"/devices/{missed}:find", json=found)
        said = (refused.status_code, refused.json()["reason"], refused.json()["rule"])
        assert said == (403, "CUSTOMER_SERVICE_ONLY", "REF-12")
    async with world.http() as staff:
        assert (await staff.post(f"/stores/{OWN}/stocktaking:post")).json()["posted_on"]
        answer = await staff.post(f"/devices/{missed}:find", json=found)
    assert answer.json() == {"device_number": THREE, "store": OWN}


@pytest.mark.rule("REF-7i")
async def test_a_private_clinics_store_takes_nothing_in_that_was_counted_over(
    world: World,
) -> None:
    await world.handle(a_customer_registered(SENDING, store=OWN, private_clinic=True))
    await opened(world)
    await counted(world, (CUSHION, 6, ()))

    refused = await refusal(world.handle(posting(), subject=OWN))

    said = (refused.reason, refused.rule, refused.field)
    assert said == ("PRIVATE_CLINIC_HOLDS_NO_STOCK", "REF-7", "store")
    assert await balance(world, CUSHION, OWN) == (5, 0, 0)
    await counted(world, (CUSHION, 5, ()))
    await posted(world)
    assert await balance(world, CUSHION, OWN) == (5, 0, 0)
