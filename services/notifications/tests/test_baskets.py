"""NTF-2i: who is told of basket loans."""

from collections.abc import AsyncIterator

import pytest
from kvitt_contracts.notifications import MessagePostedV2
from kvitt_contracts.types import Role
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm
from notifications.app import service

from contracts.tests.builders.baskets import (
    a_basket_loan_act_declined,
    a_basket_loan_declined,
    a_basket_loan_overdue,
    a_basket_loan_requested,
)
from contracts.tests.builders.story import SENDER, SENDING, basket_id
from services.notifications.tests.worlds import whom


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A basket loan that runs."""
    async with given(service, at=stockholm("2026-03-10 00:00")) as world:
        await world.handle(a_basket_loan_requested())
        yield world


async def told(world: World) -> list[tuple[str, str]]:
    """Whom was told what, in order."""
    posted = await world.events(MessagePostedV2)
    assert {(one.about.kind, one.about.id) for one in posted} == {("basket_loan", basket_id())}
    return [(whom(one.to), one.message) for one in posted]


@pytest.mark.rule("NTF-2i", "ORD-10i")
async def test_the_prescriber_is_told_each_day_that_a_loan_is_overdue(world: World) -> None:
    await world.handle(a_basket_loan_overdue())
    await world.handle(a_basket_loan_overdue())

    assert await told(world) == [(SENDER, "basket_overdue"), (SENDER, "basket_overdue")]
    await assert_rows_are_folds(world)


async def test_the_prescriber_is_told_that_nothing_is_lent(world: World) -> None:
    await world.handle(a_basket_loan_declined())

    assert await told(world) == [(SENDER, "basket_declined")]


async def test_who_acted_is_told_that_it_had_no_effect(world: World) -> None:
    await world.handle(a_basket_loan_act_declined())

    assert await told(world) == [(SENDER, "basket_act_declined")]


@pytest.mark.rule("NTF-2i")
async def test_the_message_names_the_order_and_leads_to_it(world: World) -> None:
    await world.handle(a_basket_loan_overdue())

    roles = [Role.PRESCRIBER]
    async with world.http(user=SENDER, roles=roles, service_points=[SENDING]) as client:
        (message,) = (await client.get("/messages")).json()["items"]

    assert "26100001" in message["text"]
    assert message["link"] == {"service": "orders", "path": f"/basket-loans/{basket_id()}"}
