"""BMB-12b, PCK-1, PCK-2, PCK-3: what a pickup claims, on real PostgreSQL."""

from collections.abc import AsyncIterator

import pytest
from inventory.app import service
from inventory.claiming.domain import Status
from inventory.devices.domain import Claim, ClaimKind
from inventory.pickups.models import PickupClaimRow
from kvitt_contracts.inventory import (
    ClaimBroken,
    ClaimGranted,
    ClaimRefused,
    ClaimReleased,
    HoldGranted,
    HoldRefused,
)
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm

from contracts.tests.builders.bmb import a_transfer_requested
from contracts.tests.builders.orders import a_person_registered
from contracts.tests.builders.pickups import (
    a_pickup_refused,
    a_pickup_requested,
    a_pickup_void_requested,
)
from contracts.tests.builders.regions import (
    a_device_on_loan_stated,
    a_device_returned,
    the_catalogue,
    the_stores,
)
from contracts.tests.builders.story import OTHER_PATIENT, a_patient, device_id, pickup_id
from services.inventory.tests.worlds import device

IN_PICKUP = Claim(kind=ClaimKind.PICKUP, by=pickup_id())


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """Two rollators on loan to a patient, on a Monday."""
    async with given(service, at=stockholm("2026-03-02 08:00")) as world:
        await world.handle_all(*the_stores(), *the_catalogue(), a_person_registered())
        await world.handle_all(a_device_on_loan_stated("170098"), a_device_on_loan_stated("170099"))
        yield world


@pytest.mark.rule("PCK-1f")
async def test_a_pickup_claims_each_of_its_devices(world: World) -> None:
    await world.handle(a_pickup_requested("170098", "170099"))

    (granted,) = await world.events(ClaimGranted)
    assert set(granted.devices) == {device_id("170098"), device_id("170099")}
    assert (await device(world, "170098")).claim == IN_PICKUP
    assert (await device(world, "170099")).claim == IN_PICKUP
    await assert_rows_are_folds(world)


@pytest.mark.rule("BMB-12b", "BMB-12f")
async def test_a_device_in_a_pickup_cannot_be_transferred(world: World) -> None:
    await world.handle(a_pickup_requested("170098"))

    await world.handle(a_transfer_requested("170098", "170099"))

    (refused,) = await world.events(HoldRefused)
    assert [(one.device_id, one.reason) for one in refused.refused] == [
        (device_id("170098"), "IN_PICKUP")
    ]
    assert await world.events(HoldGranted) == []
    assert (await device(world, "170099")).claim is None


@pytest.mark.rule("PCK-1f")
async def test_one_device_in_a_transfer_refuses_the_whole_pickup(world: World) -> None:
    await world.handle(a_transfer_requested("170098"))

    await world.handle(a_pickup_requested("170098", "170099"))

    (refused,) = await world.events(ClaimRefused)
    assert [(one.device_id, one.reason) for one in refused.refused] == [
        (device_id("170098"), "IN_TRANSFER")
    ]
    assert (await device(world, "170099")).claim is None
    assert (await world.row(PickupClaimRow, pickup_id())).status is Status.REFUSED


@pytest.mark.rule("PCK-1f")
async def test_a_second_pickup_of_the_same_device_is_refused(world: World) -> None:
    await world.handle(a_pickup_requested("170098"))

    await world.handle(a_pickup_requested("170098", pickup="H-2"))

    (refused,) = await world.events(ClaimRefused)
    assert refused.refused[0].reason == "IN_PICKUP"
    assert (await device(world)).claim == IN_PICKUP


@pytest.mark.rule("PCK-1f")
async def test_another_patients_device_is_not_fetched(world: World) -> None:
    await world.handle(a_pickup_requested("170098", recipient=a_patient(OTHER_PATIENT)))

    (refused,) = await world.events(ClaimRefused)
    assert refused.refused[0].reason == "NOT_AT_RECIPIENT"
    assert (await device(world)).claim is None


@pytest.mark.rule("PCK-2c")
async def test_a_device_stays_with_the_patient_until_a_store_has_it_back(world: World) -> None:
    await world.handle(a_pickup_requested("170098"))
    assert (await device(world)).custody.holder == a_patient()

    await world.handle(a_device_returned("170098", on="2026-03-02"))

    (broken,) = await world.events(ClaimBroken)
    assert (broken.device_id, broken.reason) == (device_id("170098"), "RETURNED")
    assert (await device(world)).claim is None
    assert (await world.row(PickupClaimRow, pickup_id())).status is Status.ENDED
    await assert_rows_are_folds(world)


@pytest.mark.rule("PCK-3d")
async def test_what_the_unit_takes_back_is_free_for_a_transfer(world: World) -> None:
    await world.handle(a_pickup_requested("170098", "170099"))

    await world.handle(a_pickup_void_requested("170098"))

    (released,) = await world.events(ClaimReleased)
    assert released.devices == (device_id("170098"),)
    await world.handle(a_transfer_requested("170098"))
    assert len(await world.events(HoldGranted)) == 1
    assert (await device(world, "170099")).claim == IN_PICKUP
    await assert_rows_are_folds(world)


@pytest.mark.rule("PCK-3d")
async def test_what_came_back_first_is_not_let_go_again(world: World) -> None:
    await world.handle(a_pickup_requested("170098"))
    await world.handle(a_device_returned("170098", on="2026-03-02"))

    await world.handle(a_pickup_void_requested("170098"))

    assert await world.events(ClaimReleased) == []


async def test_a_pickup_that_was_given_up_lets_go_of_all_that_it_got_too_late(
    world: World,
) -> None:
    await world.handle(a_pickup_requested("170098", "170099"))

    await world.handle(a_pickup_refused())

    assert (await device(world, "170098")).claim is None
    assert (await device(world, "170099")).claim is None
    assert (await world.row(PickupClaimRow, pickup_id())).status is Status.ENDED
