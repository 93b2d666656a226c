"""INV-6 in orders: a device is named by each number that it has borne."""

from collections.abc import AsyncIterator

import pytest
from kvitt_contracts.orders import FaultReported, PickupRequested, ReportFault
from kvitt_contracts.types import DeviceNumber, ServicePointId, UserId
from kvitt_testkit.world import Given, World
from orders.app import service

from contracts.tests.builders.inventory import (
    a_custody,
    a_custody_changed_by_order,
    a_device_renumbered,
    a_device_stated_on_loan,
)
from contracts.tests.builders.story import SENDING, SERVICE, device_id
from services.orders.tests.pickups import a_request, devices_on_loan
from services.orders.tests.worlds import MONDAY

FIRST, SECOND, TODAY = "170098", "170500", "170501"
LEFT = "k099gon"


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A device on loan that has borne two numbers, and bears a third."""
    async with given(service, at=MONDAY) as world:
        await devices_on_loan(world)
        await world.handle_all(
            a_device_renumbered(FIRST, SECOND),
            a_device_renumbered(FIRST, TODAY, before=SECOND),
        )
        yield world


@pytest.mark.rule("INV-6a")
@pytest.mark.parametrize("number", [FIRST, SECOND, TODAY])
async def test_a_pickup_names_a_device_by_any_number_of_it(world: World, number: str) -> None:
    await world.handle(a_request(number), subject="H-1")

    (requested,) = await world.events(PickupRequested)
    assert [line.device_id for line in requested.lines] == [device_id(FIRST)]


@pytest.mark.rule("INV-6a")
@pytest.mark.parametrize("number", [FIRST, SECOND, TODAY])
async def test_a_fault_is_reported_by_any_number_of_the_device(world: World, number: str) -> None:
    await world.handle(a_device_stated_on_loan(FIRST))
    await world.handle(a_custody_changed_by_order(FIRST, to=a_custody(prescriber=LEFT)))

    await world.handle(
        ReportFault(
            device_number=DeviceNumber(number),
            service_point=ServicePointId(SENDING),
            by=UserId(SERVICE),
        ),
        subject="F-1",
    )

    (reported,) = await world.events(FaultReported)
    assert reported.device_id == device_id(FIRST)
