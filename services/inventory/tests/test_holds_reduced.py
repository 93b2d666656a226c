"""BMB-5e: devices that the receiver rejects leave the hold, and the others go on."""

from collections.abc import AsyncIterator

import pytest
from inventory.app import service
from inventory.devices.domain import Claim, ClaimKind
from inventory.holds.models import HoldRow
from kvitt_contracts.inventory import CustodyChanged, HoldReduced
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm

from contracts.tests.builders.bmb import (
    a_transfer_accepted,
    a_transfer_lines_rejected,
    a_transfer_requested,
    a_transfer_requested_from_store,
)
from contracts.tests.builders.orders import a_person_registered
from contracts.tests.builders.regions import (
    a_device_on_loan_stated,
    a_device_returned,
    rollators_received,
    the_catalogue,
    the_stores,
)
from contracts.tests.builders.story import (
    OWN,
    ROLLATOR,
    a_patient,
    a_store,
    device_id,
    transfer_id,
)
from services.inventory.tests.worlds import balance, device


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """Two rollators on loan to a patient, on a Monday."""
    async with given(service, at=stockholm("2026-03-02 08:00")) as world:
        await world.handle_all(*the_stores(), *the_catalogue(), a_person_registered())
        await world.handle_all(a_device_on_loan_stated("170098"), a_device_on_loan_stated("170099"))
        yield world


@pytest.mark.rule("BMB-5e")
async def test_rejected_devices_are_free_at_once_and_the_others_change_hands(world: World) -> None:
    await world.handle(rollators_received("170077", "170078"))
    await world.handle(a_transfer_requested_from_store("170077", "170078", store=OWN))

    await world.handle(a_transfer_lines_rejected("170078"))

    assert await world.events(HoldReduced) == [
        HoldReduced(transfer_id=transfer_id(), devices=(device_id("170078"),))
    ]
    assert (await device(world, "170078")).claim is None
    assert (await device(world, "170077")).claim is not None
    assert await balance(world, ROLLATOR, OWN) == (1, 1, 0)
    await world.handle(a_transfer_requested_from_store("170078", store=OWN, transfer="BMB-2"))
    await world.handle(a_transfer_accepted("170077", new_recipient=a_patient()))
    (changed,) = await world.events(CustodyChanged)
    assert changed.device_id == device_id("170077")
    assert (await world.row(HoldRow, transfer_id("BMB-2"))).status == "granted"
    assert await balance(world, ROLLATOR, OWN) == (0, 1, 0)
    await assert_rows_are_folds(world)


@pytest.mark.rule("BMB-5e")
async def test_what_had_left_the_hold_already_is_not_freed_again(world: World) -> None:
    await world.handle(a_transfer_requested("170098", "170099"))
    await world.handle(a_device_returned("170099", on="2026-03-02"))
    await world.handle(a_transfer_requested_from_store("170099", store=OWN, transfer="BMB-2"))

    await world.handle(a_transfer_lines_rejected("170099"))

    assert await world.events(HoldReduced) == []
    assert (await device(world, "170099")).claim == Claim(
        kind=ClaimKind.TRANSFER, by=transfer_id("BMB-2")
    )
    assert (await world.row(HoldRow, transfer_id())).devices == (device_id("170098"),)


@pytest.mark.rule("PHY-1a")
async def test_a_hold_whose_others_were_returned_ends_with_the_last_that_is_rejected(
    world: World,
) -> None:
    await world.handle(a_transfer_requested("170098", "170099"))
    await world.handle(a_device_returned("170099", on="2026-03-02"))
    await world.handle(a_transfer_lines_rejected("170098"))

    assert (await world.row(HoldRow, transfer_id())).status == "ended"
    await world.handle(a_transfer_accepted("170099"))
    assert (await device(world, "170099")).custody.holder == a_store()
    await assert_rows_are_folds(world)
