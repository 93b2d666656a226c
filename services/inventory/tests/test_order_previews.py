"""ORD-1f, ORD-1h: when the lines of an order or a withdrawal would come, or why a store would
decline it, before it is confirmed.
"""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from inventory.app import service
from inventory.stock.models import BalanceRow
from kvitt_contracts.types import Role
from kvitt_testkit.world import Given, World, stockholm

from contracts.tests.builders.regions import (
    a_balance_stated,
    a_device_in_store_stated,
    an_article_stated,
    the_stores,
)
from contracts.tests.builders.story import (
    BATTERY,
    CENTRAL,
    CUSHION,
    OWN,
    ROLLATOR,
    SENDER,
    SENDING,
)
from services.inventory.tests.units import AT_OTHER, STAFF, Who

ME: Who = {"user": SENDER, "roles": (Role.PRESCRIBER,), "service_points": [SENDING]}


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """Two cushions in the central store, and three batteries that nobody purchases any more."""
    async with given(service, at=stockholm("2026-03-02 08:00")) as world:
        await world.handle_all(
            *the_stores(),
            an_article_stated(CUSHION, marked=False, lead_time_days=10),
            an_article_stated(BATTERY, marked=False, status="phase_out"),
            an_article_stated(
                ROLLATOR, lead_time_days=4, is_kept_in_central=False, supplier_id="s1"
            ),
            a_balance_stated(CUSHION, 2),
            a_balance_stated(BATTERY, 3),
            a_balance_stated(CUSHION, 4, store=OWN),
            a_device_in_store_stated("170098", store=OWN),
        )
        yield world


async def shown(world: World, *lines: tuple[str, int, str], status: int = 200) -> Mapping[str, Any]:
    """What is answered of lines: an article, how many, from where."""
    body = [{"article_number": one, "quantity": n, "supply": supply} for one, n, supply in lines]
    async with world.http(**ME) as client:
        answer = await client.post("/orders:preview", json={"lines": body})
    assert answer.status_code == status, answer.text
    found: Mapping[str, Any] = answer.json()
    return found


@pytest.mark.rule("ORD-1f")
async def test_each_line_says_when_it_leaves_and_comes_and_what_is_missing(world: World) -> None:
    found = await shown(
        world, (CUSHION, 2, "central"), (CUSHION, 1, "central"), (ROLLATOR, 1, "direct"),
        (BATTERY, 1, "own_store"),
    )  # fmt: skip

    assert [tuple(line.values()) for line in found["lines"]] == [
        ("2026-03-16", "2026-03-17", 0),
        ("2026-03-16", "2026-03-17", 1),
        ("2026-03-06", "2026-03-09", 0),
        ("2026-03-02", "2026-03-02", 0),
    ]
    assert found["refusal"] is None


@pytest.mark.rule("ORD-1f", "ORD-6h")
async def test_what_the_store_would_decline_is_said_before(world: World) -> None:
    found = await shown(world, (BATTERY, 4, "central"))

    assert (found["lines"], found["refusal"], found["rule"]) == ([], "NO_LONGER_PURCHASED", "ORD-6")


@pytest.mark.rule("ORD-1f")
async def test_asking_sets_nothing_aside(world: World) -> None:
    for _ in range(2):
        found = await shown(world, (CUSHION, 2, "central"))
        assert found["lines"][0]["missing"] == 0

    rows = await world.rows(BalanceRow)
    assert {row.store: row.available for row in rows if row.article_number == CUSHION} == {
        CENTRAL: 2,
        OWN: 4,
    }


async def withdrawn(
    world: World, *lines: tuple[str, int, str | None], who: Who = ME, status: int = 200
) -> Mapping[str, Any]:
    """What is answered of what would be withdrawn from the own store: an article, how many, which
    device.
    """
    asked = [
        {"article_number": one, "quantity": n, "device_number": device, "supply": "own_store"}
        for one, n, device in lines
    ]
    async with world.http(**who) as client:
        answer = await client.post("/orders:preview", json={"lines": asked, "store": OWN})
    assert answer.status_code == status, answer.text
    found: Mapping[str, Any] = answer.json()
    return found


@pytest.mark.rule("ORD-1f", "ORD-7a")
async def test_what_the_own_store_has_is_delivered_today(world: World) -> None:
    found = await withdrawn(world, (CUSHION, 4, None), (ROLLATOR, 1, "170098"))

    assert found["refusal"] is None
    assert {line["planned_arrival_on"] for line in found["lines"]} == {"2026-03-02"}


@pytest.mark.rule("ORD-1h")
@pytest.mark.parametrize(
    ("lines", "refusal", "rule"),
    [
        ([(CUSHION, 5, None)], "NO_BALANCE", "ORD-7"),
        ([(CUSHION, 2, None), (CUSHION, 3, None)], "NO_BALANCE", "ORD-7"),
        ([(ROLLATOR, 1, "170099")], "DEVICE_NOT_IN_STORE", "ORD-8"),
        ([(ROLLATOR, 1, "170098"), (ROLLATOR, 1, "170098")], "DEVICE_NAMED_TWICE", "ORD-8"),
        ([(CUSHION, 1, None), (ROLLATOR, 1, None)], "DEVICE_NOT_NAMED", "ORD-8"),
    ],
)
async def test_why_the_own_store_would_decline_is_said_before(
    world: World, lines: list[tuple[str, int, str | None]], refusal: str, rule: str
) -> None:
    found = await withdrawn(world, *lines)

    assert (found["lines"], found["refusal"], found["rule"]) == ([], refusal, rule)


@pytest.mark.rule("ORD-8b")
async def test_what_is_in_others_stores_is_shown_to_them_and_to_customer_service(
    world: World,
) -> None:
    await withdrawn(world, (CUSHION, 5, None), who=AT_OTHER, status=404)

    found = await withdrawn(world, (CUSHION, 5, None), who=STAFF)
    assert found["refusal"] == "NO_BALANCE"


async def test_an_unknown_article_is_refused_by_its_field(world: World) -> None:
    problem = await shown(world, (CUSHION, 1, "central"), ("39998", 1, "central"), status=422)

    assert (problem["reason"], problem["field"]) == ("UNKNOWN_ARTICLE", "lines.1.article_number")
