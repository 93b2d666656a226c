"""BIL-5h: who is told of what another region or the state pays for."""

from collections.abc import AsyncIterator

import pytest
from kvitt_contracts.notifications import MessagePostedV2
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm
from notifications.app import service

from contracts.tests.builders.bmb import a_responsibles_set
from contracts.tests.builders.home_regions import a_home_region_reminder
from contracts.tests.builders.story import RECEIVER, RECEIVING, SENDER, SENDING, order_id
from services.notifications.tests.worlds import whom


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """The receiving unit's main responsible is named, the sending unit's never was."""
    async with given(service, at=stockholm("2026-03-05 10:00")) as world:
        await world.handle(a_responsibles_set())
        yield world


async def told(world: World) -> list[tuple[str, str]]:
    """Whom was told what of the order, in order."""
    posted = await world.events(MessagePostedV2)
    assert {(one.about.kind, one.about.id) for one in posted} == {("order", order_id())}
    await assert_rows_are_folds(world)
    return [(whom(one.to), one.message) for one in posted]


@pytest.mark.rule("BIL-5h")
async def test_the_prescriber_is_told_of_a_delivery_without_commitment(world: World) -> None:
    await world.handle(a_home_region_reminder())

    assert await told(world) == [(SENDER, "commitment_missing")]


@pytest.mark.rule("BIL-5h")
async def test_the_unit_is_told_too_before_the_payer_is_invoiced(world: World) -> None:
    await world.handle(a_home_region_reminder(fitting=True))

    assert await told(world) == [
        (SENDER, "fitting_unfinished"),
        (SENDING, "fitting_unfinished"),
    ]


@pytest.mark.rule("BIL-5h")
async def test_who_answers_for_the_unit_and_prescribed_is_told_once(world: World) -> None:
    mine = {"service_point": RECEIVING, "prescriber": RECEIVER}
    await world.handle(a_home_region_reminder(fitting=True, **mine))

    assert await told(world) == [(RECEIVER, "fitting_unfinished")]


@pytest.mark.rule("NTF-1c")
async def test_what_is_missing_leads_to_the_case_where_it_is_recorded(world: World) -> None:
    await world.handle(a_home_region_reminder())

    async with world.http(user=SENDER) as client:
        page = (await client.get("/messages")).json()

    (link,) = [one["link"] for one in page["items"]]
    assert link == {"service": "billing", "path": f"/home-region-cases/{order_id()}"}
