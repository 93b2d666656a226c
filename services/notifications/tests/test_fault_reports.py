"""NTF-2: who is told of a fault on a device that nobody prescribes."""

from collections.abc import AsyncIterator

import pytest
from kvitt_contracts.notifications import MessagePosted, MessagePostedV2
from kvitt_contracts.types import Role
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm
from notifications.app import service

from contracts.tests.builders.bmb import a_responsibles_set, a_responsibles_set_with_absence
from contracts.tests.builders.orders import (
    a_fault_report_escalated,
    a_fault_report_forwarded,
    a_fault_report_prescriber_refused,
    a_fault_report_prescriber_set,
    a_fault_reported,
    a_user_registered,
)
from contracts.tests.builders.story import (
    RECEIVER,
    RECEIVING,
    SENDER,
    SERVICE,
    STAND_IN,
    fault_report_id,
)
from services.notifications.tests.worlds import whom


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A day on which the main responsible of the builders is away."""
    async with given(service, at=stockholm("2026-05-06 10:00")) as world:
        yield world


async def told(world: World) -> list[tuple[str, str]]:
    """Whom was told what, in order."""
    assert await world.events(MessagePosted) == []
    posted = await world.events(MessagePostedV2)
    assert all(one.about.kind == "fault_report" for one in posted)
    return [(whom(one.to), one.message) for one in posted]


@pytest.mark.rule("NTF-2m")
async def test_the_main_responsible_is_told_of_a_fault(world: World) -> None:
    await world.handle_all(a_responsibles_set(), a_fault_reported())

    assert await told(world) == [(RECEIVER, "fault_reported")]
    await assert_rows_are_folds(world)


@pytest.mark.rule("NTF-2m")
async def test_the_stand_in_is_told_too_on_days_of_absence(world: World) -> None:
    await world.handle_all(a_responsibles_set_with_absence(), a_fault_reported())

    assert await told(world) == [(RECEIVER, "fault_reported"), (STAND_IN, "fault_reported")]


@pytest.mark.rule("NTF-2m")
@pytest.mark.parametrize("was_named", [True, False])
async def test_where_nobody_is_main_the_service_point_is_told(
    world: World, was_named: bool
) -> None:
    if was_named:
        await world.handle(a_responsibles_set(main=None))
    await world.handle(a_fault_reported())

    there = [(RECEIVING, "fault_reported")]
    staff = [("customer_service", "fault_reported")] if was_named else []
    assert await told(world) == there + staff


async def test_each_step_is_told_to_whom_it_concerns(world: World) -> None:
    await world.handle_all(
        a_responsibles_set(),
        a_fault_reported(),
        a_fault_report_escalated(),
        a_fault_report_prescriber_refused(),
        a_fault_report_prescriber_set(),
        a_fault_report_forwarded(),
    )

    assert (await told(world))[1:] == [
        ("customer_service", "fault_report_escalated"),
        (RECEIVER, "prescriber_refused"),
        (RECEIVER, "prescriber_named"),
        (SENDER, "fault_report_forwarded"),
    ]


async def test_a_message_leads_to_the_report_and_names_nobody(world: World) -> None:
    await world.handle_all(
        a_user_registered(SERVICE, "40201", role="customer_service"),
        a_responsibles_set(),
        a_fault_reported(),
        a_fault_report_escalated(),
    )
    async with world.http(user=SERVICE, roles=[Role.CUSTOMER_SERVICE]) as client:
        (message,) = (await client.get("/messages")).json()["items"]

    assert message["title"] == "Felanmälan utan svar"
    assert message["text"] == (
        "Ingen har svarat i tid på en felanmälan om ett hjälpmedel utan förskrivare."
    )
    assert message["link"] == {"service": "orders", "path": f"/fault-reports/{fault_report_id()}"}
