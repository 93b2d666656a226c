"""NTF-2: who is told of pickups."""

from collections.abc import AsyncIterator

import pytest
from kvitt_contracts.notifications import MessagePosted, MessagePostedV2
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm
from notifications.app import service

from contracts.tests.builders.bmb import a_responsibles_set, a_responsibles_set_with_absence
from contracts.tests.builders.orders import a_user_registered
from contracts.tests.builders.pickups import (
    a_pickup_made_urgent,
    a_pickup_overdue,
    a_pickup_registered,
    a_pickup_reported,
    a_pickup_requested,
    a_pickup_return_awaited,
    a_relatives_pickup,
)
from contracts.tests.builders.story import (
    DAY,
    RECEIVER,
    RECEIVING,
    SENDER,
    SENDING,
    SERVICE,
    STAND_IN,
    pickup_id,
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
    assert all(one.about.kind == "pickup" for one in posted)
    return [(whom(one.to), one.message) for one in posted]


@pytest.mark.rule("NTF-2j", "PCK-3a")
async def test_the_main_responsible_is_told_what_relatives_ordered(world: World) -> None:
    await world.handle_all(a_responsibles_set(), a_relatives_pickup(), a_pickup_registered())

    assert await told(world) == [(RECEIVER, "pickup_ordered")]
    await assert_rows_are_folds(world)


@pytest.mark.rule("NTF-2j", "PCK-3a")
async def test_the_stand_in_is_told_too_on_days_of_absence(world: World) -> None:
    named = a_responsibles_set_with_absence()
    await world.handle_all(named, a_relatives_pickup(), a_pickup_registered())

    assert await told(world) == [(RECEIVER, "pickup_ordered"), (STAND_IN, "pickup_ordered")]


@pytest.mark.rule("NTF-2j")
async def test_where_nobody_was_named_the_service_point_is_told(world: World) -> None:
    await world.handle_all(a_relatives_pickup(), a_pickup_registered())

    assert await told(world) == [(RECEIVING, "pickup_ordered")]


@pytest.mark.rule("PCK-3f")
async def test_nobody_is_told_what_the_unit_ordered_itself(world: World) -> None:
    await world.handle_all(a_responsibles_set(), a_pickup_requested(), a_pickup_registered())

    assert await told(world) == []


@pytest.mark.rule("NTF-2k", "PCK-3e")
async def test_the_main_responsible_is_told_what_the_technician_reported(world: World) -> None:
    await world.handle_all(a_responsibles_set(), a_pickup_requested(), a_pickup_reported())

    assert await told(world) == [(RECEIVER, "pickup_reported")]


async def test_customer_service_is_told_of_a_late_pickup(world: World) -> None:
    await world.handle_all(a_pickup_requested(), a_pickup_overdue())

    assert await told(world) == [("customer_service", "pickup_overdue")]


URGENT = "pickup_made_urgent"


@pytest.mark.rule("PCK-3c")
async def test_the_main_responsible_and_customer_service_are_told_of_an_urgent_pickup(
    world: World,
) -> None:
    await world.handle_all(a_responsibles_set(), a_pickup_requested(), a_pickup_made_urgent())

    assert await told(world) == [(RECEIVER, URGENT), ("customer_service", URGENT)]


@pytest.mark.rule("PCK-3c")
async def test_who_made_it_urgent_is_not_told_of_it(world: World) -> None:
    await world.handle_all(a_responsibles_set(main=SENDER), a_pickup_requested())

    await world.handle(a_pickup_made_urgent(by=SENDER))

    assert await told(world) == [("customer_service", URGENT)]


@pytest.mark.rule("PCK-3c")
async def test_customer_service_is_told_once_of_a_unit_without_a_main_responsible(
    world: World,
) -> None:
    await world.handle_all(a_responsibles_set(main=None), a_pickup_requested())

    await world.handle(a_pickup_made_urgent())

    assert await told(world) == [(RECEIVING, URGENT), ("customer_service", URGENT)]


AWAITED = "pickup_return_awaited"


@pytest.mark.rule("PCK-7b")
async def test_who_ordered_it_and_who_answers_are_reminded_with_the_day(world: World) -> None:
    await world.handle_all(a_responsibles_set(), a_user_registered(SENDER, SENDING, RECEIVING))
    await world.handle_all(a_pickup_requested(at_once=True), a_pickup_return_awaited())

    assert await told(world) == [(RECEIVER, AWAITED), (SENDER, AWAITED)]
    assert {one.since_on for one in await world.events(MessagePostedV2)} == {DAY}
    await assert_rows_are_folds(world)


@pytest.mark.rule("PCK-7b")
async def test_who_ordered_it_and_answers_is_reminded_once(world: World) -> None:
    await world.handle_all(a_responsibles_set(), a_user_registered(RECEIVER, RECEIVING))
    await world.handle_all(a_pickup_requested(by=RECEIVER), a_pickup_return_awaited())

    assert await told(world) == [(RECEIVER, AWAITED)]


@pytest.mark.rule("PCK-7b")
async def test_customer_service_is_not_reminded_of_what_it_ordered_for_others(world: World) -> None:
    await world.handle_all(a_responsibles_set(), a_relatives_pickup(), a_pickup_return_awaited())

    assert await told(world) == [(RECEIVER, AWAITED)]


@pytest.mark.rule("PCK-7b")
async def test_who_ordered_it_for_a_unit_of_others_is_not_reminded(world: World) -> None:
    await world.handle_all(
        a_responsibles_set(),
        a_user_registered(SERVICE, SENDING, role="customer_service"),
        a_pickup_requested(by=SERVICE),
        a_pickup_return_awaited(),
    )

    assert await told(world) == [(RECEIVER, AWAITED)]


@pytest.mark.rule("PCK-7b")
async def test_each_reminder_is_a_message_of_its_own_and_leads_to_the_pickup(world: World) -> None:
    await world.handle_all(a_responsibles_set(), a_pickup_requested(by=RECEIVER))
    await world.handle_all(a_pickup_return_awaited(), a_pickup_return_awaited())

    async with world.http(user=RECEIVER) as client:
        shown = (await client.get("/messages")).json()["items"]
    assert [one["link"]["path"] for one in shown] == [f"/pickups/{pickup_id()}"] * 2
    assert "sedan 2 mars 2026" in shown[0]["text"]
