"""ACT-1: of a recipient one installation is open at a time, on real PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest
from kvitt_contracts.orders import WorkOrderRegistered
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import DeviceNumber
from kvitt_testkit.world import Given, World, an_envelope
from orders.app import service

from contracts.tests.builders.regions import a_person_joined, a_person_stated
from contracts.tests.builders.story import SENDER, SENDING
from services.orders.tests.builders import a_reserve_number
from services.orders.tests.pickups import DEVICES
from services.orders.tests.work_orders import (
    AT_HOME,
    a_unit_with_work,
    a_work_order,
    finished,
    refusal,
)
from services.orders.tests.worlds import MONDAY, patient


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A unit with patients who have devices, on a Monday."""
    async with given(service, at=MONDAY) as world:
        await a_unit_with_work(world)
        yield world


@pytest.mark.rule("ACT-1g")
async def test_a_second_installation_waits_for_the_first(world: World) -> None:
    await world.handle(a_work_order("installation"), subject="A-1")
    second = a_work_order("installation", device_number=DeviceNumber(DEVICES[1]))

    is_open = ("INSTALLATION_IS_OPEN", "ACT-1", "device_number")
    assert await refusal(world, second, "A-2") == is_open
    await finished(world)
    await world.handle(second, subject="A-2")


@pytest.mark.rule("ACT-1g")
async def test_of_two_installations_of_one_batch_the_second_is_refused(world: World) -> None:
    batch = [
        (an_envelope(command, subject=reference), command)
        for reference, command in (
            ("A-1", a_work_order("installation")),
            ("A-2", a_work_order("installation", device_number=DeviceNumber(DEVICES[1]))),
        )
    ]

    with suppress(Refused):
        await world.handle_batch(*batch)

    assert len(await world.events(WorkOrderRegistered)) < 2


@pytest.mark.rule("ACT-1g")
async def test_of_several_who_order_an_installation_at_once_one_is_heard(world: World) -> None:
    body = {
        "kind": "installation",
        "recipient": {"kind": "patient", "person": await patient(world)},
        "service_point": SENDING,
        "device_number": DEVICES[0],
        "description": "Slinga.",
        "delivery": AT_HOME,
    }
    mine: dict[str, Any] = {"user": SENDER, "roles": ["prescriber"], "service_points": [SENDING]}
    async with world.http(**mine) as client:
        answers = await asyncio.gather(*(client.post("/work-orders", json=body) for _ in range(4)))

    refused = [one.json()["reason"] for one in answers if one.status_code != 201]
    assert refused == ["INSTALLATION_IS_OPEN"] * 3


@pytest.mark.rule("ACT-1g")
async def test_an_installation_is_open_under_each_reference_of_a_person(world: World) -> None:
    await world.handle(a_person_stated(a_reserve_number()), subject="ac-person-2")
    await world.handle(a_work_order("installation"), subject="A-1")
    await world.handle(a_person_joined("ac-person-1", version=1), subject="ac-person-2")
    await world.handle(a_person_joined("ac-person-1", version=2), subject="ac-person-2")
    second = a_work_order("installation", device_number=DeviceNumber(DEVICES[1]))

    is_open = ("INSTALLATION_IS_OPEN", "ACT-1", "device_number")
    assert await refusal(world, second, "A-2") == is_open
