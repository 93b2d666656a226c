"""REF-12, ACT-9: who is told of cases."""

from collections.abc import AsyncIterator

import pytest
from kvitt_contracts.notifications import MessagePosted, MessagePostedV2
from kvitt_contracts.types import Role
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm
from notifications.app import service

from contracts.tests.builders.cases import a_case_answered, a_case_asked, a_case_reminder_due
from contracts.tests.builders.story import SENDER, SERVICE, case_id
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
    assert all((one.about.kind, one.about.id) == ("case", case_id()) for one in posted)
    return [(whom(one.to), one.message) for one in posted]


@pytest.mark.parametrize("kind", ["address", "urgent", "deviation"])
async def test_customer_service_is_told_what_is_asked_and_what_waits(
    world: World, kind: str
) -> None:
    await world.handle_all(a_case_asked(kind=kind), a_case_reminder_due(kind=kind))

    assert await told(world) == [
        ("customer_service", "case_asked"),
        ("customer_service", "case_late"),
    ]


@pytest.mark.rule("ACT-9a")
@pytest.mark.parametrize("outcome", ["done", "refused"])
async def test_who_asked_is_told_of_the_answer(world: World, outcome: str) -> None:
    await world.handle_all(a_case_asked(kind="complaint"), a_case_answered(outcome=outcome))

    assert (await told(world))[1:] == [(SENDER, "case_answered")]
    await assert_rows_are_folds(world)


@pytest.mark.rule("NTF-1c")
async def test_a_message_leads_to_the_case_and_names_nobody(world: World) -> None:
    await world.handle(a_case_asked())

    async with world.http(user=SERVICE, roles=[Role.CUSTOMER_SERVICE]) as client:
        (message,) = (await client.get("/messages")).json()["items"]

    assert message["text"] == "Någon ber kundtjänst om något. Öppna ärendet och svara."
    assert message["link"] == {"service": "orders", "path": f"/cases/{case_id()}"}
