"""BMB-14: who is told of what a patient has brought from another region, and is its contact."""

from collections.abc import AsyncIterator

import pytest
from kvitt_contracts.notifications import MessagePosted, MessagePostedV2
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm
from notifications.app import service

from contracts.tests.builders.bmb import a_responsibles_set, a_responsibles_set_with_absence
from contracts.tests.builders.inventory import (
    a_damage_recorded,
    a_device_registered,
    a_device_return_awaited,
    a_device_taken_over,
)
from contracts.tests.builders.orders import a_user_registered
from contracts.tests.builders.region_sales import lost
from contracts.tests.builders.story import (
    DAY,
    PAYER,
    RECEIVER,
    RECEIVING,
    SENDING,
    STAND_IN,
    device_id,
)
from services.notifications.tests.worlds import whom


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A day on which the main responsible of the builders is away."""
    async with given(service, at=stockholm("2026-05-06 10:00")) as world:
        yield world


async def told(world: World) -> list[str]:
    """Who was told of a device that was brought, in order."""
    assert await world.events(MessagePosted) == []
    posted = await world.events(MessagePostedV2)
    assert all((one.about.kind, one.message) == ("device", "device_moved_in") for one in posted)
    return [whom(one.to) for one in posted]


@pytest.mark.rule("BMB-14a")
async def test_the_main_responsible_is_told_of_what_a_patient_has_brought(world: World) -> None:
    await world.handle_all(a_responsibles_set(), a_device_taken_over(service_point=RECEIVING))

    assert await told(world) == [RECEIVER]
    await assert_rows_are_folds(world)


@pytest.mark.rule("BMB-14a")
async def test_the_stand_in_is_told_too_on_days_of_absence(world: World) -> None:
    await world.handle(a_responsibles_set_with_absence())
    await world.handle(a_device_taken_over(service_point=RECEIVING))

    assert await told(world) == [RECEIVER, STAND_IN]


@pytest.mark.rule("BMB-14a")
@pytest.mark.parametrize("was_named", [True, False])
async def test_where_nobody_is_main_the_unit_is_told(world: World, was_named: bool) -> None:
    if was_named:
        await world.handle(a_responsibles_set(main=None))
    await world.handle(a_device_taken_over(service_point=RECEIVING))

    assert await told(world) == [RECEIVING, *(["customer_service"] if was_named else [])]


async def test_of_what_is_bought_from_a_supplier_nobody_is_told(world: World) -> None:
    await world.handle_all(a_responsibles_set(), a_device_registered())

    assert await told(world) == []


async def test_a_message_leads_to_the_device_and_names_nobody(world: World) -> None:
    await world.handle_all(
        a_user_registered(RECEIVER, RECEIVING),
        a_responsibles_set(),
        a_device_taken_over(service_point=RECEIVING),
    )
    async with world.http(user=RECEIVER, service_points=[RECEIVING]) as client:
        (message,) = (await client.get("/messages")).json()["items"]

    assert message["title"] == "Hjälpmedel från en annan region"
    assert message["text"].startswith("En patient som flyttat in har med sig ett hjälpmedel")
    assert message["link"] == {"service": "inventory", "path": f"/devices/{device_id('R-1')}"}


@pytest.mark.rule("PCK-7b")
async def test_who_answers_for_the_store_is_reminded_with_the_day(world: World) -> None:
    await world.handle(a_responsibles_set_with_absence())
    await world.handle(a_device_return_awaited(service_points=(RECEIVING,)))

    posted = await world.events(MessagePostedV2)
    assert [whom(one.to) for one in posted] == [RECEIVER, STAND_IN]
    assert {(one.message, one.about.kind, one.about.id) for one in posted} == {
        ("device_return_awaited", "device", device_id())
    }
    assert {one.since_on for one in posted} == {DAY}
    await assert_rows_are_folds(world)


@pytest.mark.rule("PCK-7b")
async def test_of_a_store_that_several_units_have_each_is_reminded_once(world: World) -> None:
    await world.handle(a_responsibles_set())
    await world.handle(a_device_return_awaited(service_points=(RECEIVING, SENDING, SENDING)))

    posted = await world.events(MessagePostedV2)
    assert [whom(one.to) for one in posted] == [RECEIVER, SENDING]


@pytest.mark.rule("PCK-7b")
async def test_of_a_store_that_no_unit_has_customer_service_is_reminded(world: World) -> None:
    await world.handle(a_device_return_awaited(service_points=()))

    (posted,) = await world.events(MessagePostedV2)
    assert whom(posted.to) == "customer_service"


@pytest.mark.rule("BIL-8b")
async def test_customer_service_is_told_of_what_is_lost_and_has_no_known_value(
    world: World,
) -> None:
    await world.handle_all(
        lost("170098", payer=PAYER, net_ore=None), lost("170099", payer=PAYER, net_ore=1)
    )

    (posted,) = await world.events(MessagePostedV2)
    assert (whom(posted.to), posted.message) == ("customer_service", "lost_without_value")
    assert posted.about.id == device_id("170098")


@pytest.mark.rule("INV-15d")
async def test_customer_service_is_told_of_what_it_is_to_decide(world: World) -> None:
    await world.handle_all(
        a_damage_recorded("170098"), a_damage_recorded("170099", outcome="nobody_pays")
    )

    (posted,) = await world.events(MessagePostedV2)
    assert (whom(posted.to), posted.message) == ("customer_service", "damage_reported")
    assert posted.about.id == device_id("170098")
