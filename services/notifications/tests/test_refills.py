"""INV-9, ORD-9: a unit is told of what is proposed for its store; who fills it up, of the end."""

from collections.abc import AsyncIterator

import pytest
from kvitt_contracts.notifications import MessagePosted, MessagePostedV2
from kvitt_contracts.types import Role
from kvitt_testkit.world import Given, World, stockholm
from notifications.app import service

from contracts.tests.builders.orders import (
    a_replenishment_placed,
    a_user_registered,
    an_order_delivered,
)
from contracts.tests.builders.refills import (
    a_refill_proposed,
)
from contracts.tests.builders.story import SENDER, SENDING, order_id, proposal_id
from services.notifications.tests.worlds import whom


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A prescriber at the unit."""
    async with given(service, at=stockholm("2026-05-06 10:00")) as world:
        await world.handle(a_user_registered())
        yield world


@pytest.mark.rule("INV-9e")
async def test_the_unit_is_told_of_what_is_proposed_for_its_store(world: World) -> None:
    await world.handle(a_refill_proposed())

    (posted,) = await world.events(MessagePostedV2)
    assert (whom(posted.to), posted.message) == (SENDING, "refill_proposed")
    assert (posted.about.kind, posted.about.id) == ("refill", proposal_id())


@pytest.mark.rule("INV-9e")
async def test_the_message_leads_to_the_proposal(world: World) -> None:
    await world.handle(a_refill_proposed())

    async with world.http(user=SENDER, roles=[Role.PRESCRIBER], service_points=[SENDING]) as client:
        (shown,) = (await client.get("/messages")).json()["items"]

    assert shown["title"] == "Förslag att fylla på förrådet"
    assert shown["link"] == {"service": "inventory", "path": f"/refills/{proposal_id()}"}


@pytest.mark.rule("ORD-9a")
async def test_who_filled_up_the_store_is_told_when_the_goods_are_there(world: World) -> None:
    await world.handle_all(a_replenishment_placed(), an_order_delivered("R-1"))

    (posted,) = await world.events(MessagePosted)
    assert (whom(posted.to), posted.message) == (SENDER, "order_delivered")
    assert posted.about.id == order_id("R-1")
