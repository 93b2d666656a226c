"""What is told before work is asked for: on PostgreSQL, over real HTTP."""

from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
from kvitt_contracts.types import Role
from kvitt_testkit.world import Given, World
from orders.app import service

from contracts.tests.builders.story import OUTSIDER
from services.orders.tests.work_orders import (
    STAFF,
    a_unit_with_work,
    a_work_order_in_words,
    for_a_child,
    registered,
)
from services.orders.tests.worlds import MONDAY, patient, ref_of

OTHER: Final[dict[str, Any]] = {"user": OUTSIDER, "roles": [Role.PRESCRIBER]}


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A patient and a child with devices on loan, on a Monday."""
    async with given(service, at=MONDAY) as world:
        await a_unit_with_work(world)
        yield world


@pytest.mark.rule("ACT-1d")
async def test_what_is_for_children_alone_is_offered_to_children(world: World) -> None:
    adult, child = await patient(world), await ref_of(world, "ac-child")

    async with world.http(**STAFF) as client:
        said = [
            (await client.get("/work-orders:choices", params={"person": str(one)})).json()["kinds"]
            for one in (adult, child)
        ]

    assert set(said[1]) - set(said[0]) == {"dismantling", "installed_repair"}
    assert "application" not in said[1]


@pytest.mark.rule("ACT-1g")
async def test_a_second_installation_is_not_offered(world: World) -> None:
    child = await ref_of(world, "ac-child")
    await registered(world, a_work_order_in_words("installation", **for_a_child()))

    async with world.http(**STAFF) as client:
        answer = await client.get("/work-orders:choices", params={"person": str(child)})
        elsewhere = await client.get("/work-orders:choices", params={"unit": "30110"})

    assert "installation" not in answer.json()["kinds"]
    assert "installation" in elsewhere.json()["kinds"]


@pytest.mark.rule("REF-19a")
async def test_a_person_beyond_reach_is_nobody(world: World) -> None:
    person = await patient(world)

    async with world.http(**OTHER) as client:
        answer = await client.get("/work-orders:choices", params={"person": person})

    assert (answer.status_code, answer.json()["reason"]) == (404, "UNKNOWN_PERSON")


@pytest.mark.rule("ACT-4a")
async def test_an_open_work_order_says_how_it_can_end(world: World) -> None:
    target = await registered(world, a_work_order_in_words("maintenance"))

    async with world.http(**STAFF) as client:
        is_open = (await client.get(f"/work-orders/{target}")).json()
        await client.post(f"/work-orders/{target}:finish", json={"outcome": "done"})
        is_over = (await client.get(f"/work-orders/{target}")).json()

    assert (is_open["can_end"], is_over["can_end"]) == (["done"], [])
