"""NTF-2b, ACT-3c: who is told of work orders."""

from collections.abc import AsyncIterator

import pytest
from kvitt_contracts.notifications import MessagePosted, MessagePostedV2
from kvitt_contracts.types import Role
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm
from notifications.app import service

from contracts.tests.builders.story import SENDER, SENDING, work_order_id
from contracts.tests.builders.work_orders import (
    a_work_order_finished,
    a_work_order_reminder,
    an_application_decided,
)
from services.notifications.tests.worlds import whom


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A Wednesday."""
    async with given(service, at=stockholm("2026-05-06 10:00")) as world:
        yield world


async def told(world: World) -> list[tuple[str, str]]:
    """Whom was told what, in order."""
    assert await world.events(MessagePosted) == []
    posted = await world.events(MessagePostedV2)
    assert all((one.about.kind, one.about.id) == ("work_order", work_order_id()) for one in posted)
    return [(whom(one.to), one.message) for one in posted]


@pytest.mark.rule("NTF-2b", "ACT-3c")
@pytest.mark.parametrize("outcome", ["done", "repaired", "replaced", "not_warranty"])
async def test_the_requester_is_told_when_the_work_is_finished(world: World, outcome: str) -> None:
    await world.handle(a_work_order_finished(outcome))

    assert await told(world) == [(SENDER, "work_order_finished")]
    await assert_rows_are_folds(world)


@pytest.mark.rule("ACT-3c")
@pytest.mark.parametrize("outcome", ["approved", "refused", "referred"])
async def test_the_requester_is_told_what_was_decided(world: World, outcome: str) -> None:
    await world.handle(an_application_decided(outcome))

    assert await told(world) == [(SENDER, "application_decided")]


@pytest.mark.parametrize(
    ("waits_for", "message"),
    [
        ("finish", "work_order_late"),
        ("decision", "application_undecided"),
        ("renumbering", "number_missing"),
    ],
)
async def test_customer_service_is_told_what_is_late(
    world: World, waits_for: str, message: str
) -> None:
    await world.handle(a_work_order_reminder(waits_for))

    assert await told(world) == [("customer_service", message)]


@pytest.mark.rule("NTF-1c")
async def test_a_message_leads_to_the_work_order(world: World) -> None:
    await world.handle(a_work_order_finished())

    care = (Role.PRESCRIBER,)
    async with world.http(user=SENDER, roles=care, service_points=[SENDING]) as client:
        (message,) = (await client.get("/messages")).json()["items"]

    assert message["title"] == "Arbetsorder klar"
    assert message["link"] == {"service": "orders", "path": f"/work-orders/{work_order_id()}"}
