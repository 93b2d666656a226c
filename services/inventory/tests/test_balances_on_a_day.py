"""INV-4g on real PostgreSQL: what a store had at the end of any day."""

import random
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import pytest
from inventory.app import service
from inventory.stock.models import BalanceRow
from kvitt_contracts.calendar import start_of_day
from kvitt_contracts.types import Role
from kvitt_testkit.world import Given, World, stockholm

from contracts.tests.builders.orders import (
    a_line,
    a_person_registered,
    an_order_placed,
    an_order_void_requested,
)
from contracts.tests.builders.regions import a_balance_stated, the_catalogue, the_stores
from contracts.tests.builders.story import BATTERY, CENTRAL, CUSHION, SERVICE

MONDAY = date(2026, 3, 2)
NUMBERS = ("available", "reserved", "on_order", "in_reconditioning")
AT_SERVICE: dict[str, Any] = {"user": SERVICE, "roles": [Role.CUSTOMER_SERVICE]}


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """The catalogue and the stores, on a Monday."""
    async with given(service, at=stockholm(f"{MONDAY} 08:00")) as world:
        await world.register(SERVICE, roles=(Role.CUSTOMER_SERVICE,))
        await world.handle_all(*the_stores(), *the_catalogue(), a_person_registered())
        yield world


async def asked(world: World, **query: Any) -> Any:
    """What the list answers."""
    async with world.http(**AT_SERVICE) as client:
        return (await client.get(f"/stores/{CENTRAL}/balances", params=query)).json()


async def on(world: World, day: date) -> dict[str, tuple[int, ...]]:
    """What the store had at the end of a day, by article; what it had nothing of is left out."""
    items = (await asked(world, on=day.isoformat()))["items"]
    found = {one["article_number"]: tuple(one[name] for name in NUMBERS) for one in items}
    return {number: had for number, had in found.items() if any(had)}


async def now(world: World) -> dict[str, tuple[int, ...]]:
    """What the store has, by its rows."""
    rows = [row for row in await world.rows(BalanceRow) if row.store == CENTRAL]
    found = {row.article_number: tuple(getattr(row, name) for name in NUMBERS) for row in rows}
    return {number: had for number, had in found.items() if any(had)}


@pytest.mark.rule("INV-4g")
@pytest.mark.parametrize("seed", [1, 2])
async def test_each_day_is_told_as_it_was_at_its_end(world: World, seed: int) -> None:
    chance = random.Random(seed)
    placed: list[str] = []
    ends: dict[date, dict[str, tuple[int, ...]]] = {MONDAY - timedelta(days=1): {}}
    for count in range(8):
        day = MONDAY + timedelta(days=count)
        for hour in chance.sample(("08:30", "12:00", "23:59"), k=chance.randint(0, 3)):
            await world.advance(max(await world.now(), stockholm(f"{day} {hour}")))
            article = chance.choice((CUSHION, BATTERY))
            match chance.randint(0, 2):
                case 0:  # also of a day that has been: told late, it was not there before
                    dated = day - timedelta(days=chance.randint(0, 3))
                    stated = a_balance_stated(article, chance.randint(1, 5), stated_on=dated)
                    await world.handle(stated, subject=f"S-{count}-{hour}")
                case 1:
                    reference = f"O-{count}{hour[:2]}"
                    line = a_line(article, chance.randint(1, 4), order=reference)
                    await world.handle(an_order_placed(line, reference=reference))
                    placed.append(reference)
                case _ if placed:
                    await world.handle(an_order_void_requested(placed.pop()))
        ends[day] = await now(world)
        await world.advance(start_of_day(day + timedelta(days=1)))

    assert len({str(had) for had in ends.values()}) > 2
    for day, had in ends.items():
        assert await on(world, day) == had, day


@pytest.mark.rule("INV-4g")
@pytest.mark.parametrize(
    ("query", "reason", "rule", "field"),
    [
        ({"on": "2026-03-03"}, "DAY_IN_THE_FUTURE", "DAY-1", "on"),
        ({"on": "2026-03-02", "with_balance": True}, "NOT_BY_BALANCE", "INV-4", "with_balance"),
        ({"on": "2026-03-02", "sort": "-available"}, "NOT_BY_BALANCE", "INV-4", "sort"),
    ],
)
async def test_what_cannot_be_told_of_a_day_is_refused_with_the_way_on(
    world: World, query: Any, reason: str, rule: str, field: str
) -> None:
    refused = await asked(world, **query)

    assert (refused["reason"], refused["rule"], refused["field"]) == (reason, rule, field)
    assert refused["way_on"]


@pytest.mark.rule("INV-4g")
async def test_a_past_day_is_paged_and_tells_nothing_of_what_is_on_its_way(world: World) -> None:
    await world.handle_all(a_balance_stated(CUSHION, 2), a_balance_stated(BATTERY, 3))
    first = await asked(world, on="2026-03-02", limit=1)
    async with world.http(**AT_SERVICE) as client:
        second = (await client.get(first["next"])).json()

    shown = [*first["items"], *second["items"]]
    assert {one["article_number"]: one["available"] for one in shown} == {CUSHION: 2, BATTERY: 3}
    assert [(one["incoming"], one["colour"]) for one in shown] == [(None, "green")] * 2
