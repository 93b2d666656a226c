"""REF-25: what a unit has of a patient who has asked for a block is out of other units' reach."""

from typing import Any

import pytest
from kvitt_contracts.orders import (
    BlockRegistered,
)
from kvitt_contracts.types import PersonRef, Role
from kvitt_testkit.world import Given, World, assert_rows_are_folds
from orders.app import service

from contracts.tests.builders.regions import a_customer_stated
from contracts.tests.builders.story import RECEIVING, SENDER, SENDING
from services.orders.tests.builders import registry
from services.orders.tests.worlds import CLERK, MONDAY, placed_over_http, ref_of

CARE = [Role.PRESCRIBER, Role.REQUESTER]
OF_THE_UNIT: dict[str, Any] = {"user": "k083abc", "roles": CARE, "service_points": [SENDING]}
ELSEWHERE: dict[str, Any] = {"user": SENDER, "roles": CARE, "service_points": [RECEIVING]}
"""The prescriber of the unit's order, who has another unit now."""
ASKED = {"service_point": SENDING, "asked_on": "2026-03-02"}
WHY = {"reason": "Medvetslös, respiratorn larmar"}


async def an_order_of_the_unit(world: World) -> tuple[PersonRef, str]:
    """Of the person, at SENDING, by SENDER, who works at RECEIVING now."""
    await registry(world)
    await world.handle(a_customer_stated(RECEIVING), subject=RECEIVING)
    async with world.http(**CLERK) as client:
        order = await placed_over_http(world, client)
    return await ref_of(world), order["order_id"]


async def blocked(world: World, ref: PersonRef, **others: Any) -> dict[str, Any]:
    """The unit's block of the person."""
    async with world.http(**OF_THE_UNIT) as client:
        answer = await client.post(f"/persons/{ref}/blocks", json=ASKED | others)
    assert answer.status_code == 201, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


async def sees(world: World, who: dict[str, Any], order: str) -> bool:
    """Whether somebody sees an order, by itself and in the list alike."""
    async with world.http(**who) as client:
        one = (await client.get(f"/orders/{order}")).status_code
        listed = [line["order_id"] for line in (await client.get("/orders")).json()["items"]]
    assert (one == 200) is (order in listed)
    return one == 200


@pytest.mark.rule("REF-25a", "REF-25b")
async def test_what_a_unit_has_of_who_asked_for_a_block_is_out_of_others_reach(
    given: Given,
) -> None:
    async with given(service, at=MONDAY) as world:
        ref, order = await an_order_of_the_unit(world)
        assert await sees(world, ELSEWHERE, order)

        block = await blocked(world, ref)

        assert not await sees(world, ELSEWHERE, order)
        assert await sees(world, OF_THE_UNIT, order)
        assert (block["asked_by"], block["asked_on"]) == ("patient", "2026-03-02")
        assert block["registered_by"] == OF_THE_UNIT["user"]
        (event,) = await world.events(BlockRegistered)
        assert (event.person, event.service_point) == (ref, SENDING)
        await assert_rows_are_folds(world)
