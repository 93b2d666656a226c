"""INV-10 on real PostgreSQL: a marked device that is not found, and that is found again."""

import pytest
from inventory.devices.domain import Claim, ClaimKind, DeviceStatus
from kvitt_contracts.inventory import (
    CustodyChanged,
    DeviceStatusChanged,
    HoldBroken,
    HoldRefused,
)
from kvitt_contracts.topics import BMB_TRANSFERS
from kvitt_contracts.types import (
    Money,
    RegionCode,
    identify,
)
from kvitt_testkit.reconciled import SaidBefore, found_by, plant
from kvitt_testkit.world import REGION, World

from contracts.tests.builders.bmb import a_transfer_requested_from_store
from contracts.tests.builders.orders import (
    a_customer_registered,
    a_device_line,
    a_person_registered,
    a_withdrawal_placed,
)
from contracts.tests.builders.regions import (
    a_device_returned,
    a_take_over,
)
from contracts.tests.builders.story import (
    CENTRAL,
    OWN,
    ROLLATOR,
    SENDING,
    a_store,
    device_id,
)
from services.inventory.tests.stocktaking.rounds import (
    INVESTIGATION,
    ONE,
    THREE,
    TWO,
    counted,
    finding,
    opened,
    posted,
)
from services.inventory.tests.worlds import balance, device, refusal


@pytest.mark.rule("INV-10e")
async def test_a_marked_device_that_is_not_found_goes_to_the_investigation_store(
    world: World,
) -> None:
    await opened(world)
    await counted(world, (ROLLATOR, 2, (ONE, TWO)))

    done = await posted(world)

    assert done.missing == 1
    missed = await device(world, THREE)
    key = identify(RegionCode(REGION), "stocktaking", OWN)
    assert missed.custody.holder == a_store(INVESTIGATION)
    assert missed.claim == Claim(kind=ClaimKind.INVESTIGATION, by=key)
    assert (await world.events(CustodyChanged))[-1].cause.stocktaking_id == key
    assert await balance(world, ROLLATOR, OWN) == (2, 0, 0)
    assert await balance(world, ROLLATOR, INVESTIGATION) == (0, 1, 0)


async def test_the_nights_checks_know_what_is_searched_for(world: World) -> None:
    await opened(world)
    await counted(world, (ROLLATOR, 2, (ONE, TWO)))
    await posted(world)
    heard = SaidBefore(key="transfer_id")
    for name in ("custody", "balances"):
        assert await found_by(world, name) == []
    assert await found_by(world, "claims", BMB_TRANSFERS, heard) == []

    missed = (await device(world, THREE)).id
    await plant(world, f"UPDATE devices SET holder_key = '{OWN}' WHERE id = '{missed}'")

    wrong = await found_by(world, "claims", BMB_TRANSFERS, heard)
    assert [(one.key, one.fields) for one in wrong] == [(str(missed), ("claimed_by_nothing",))]
    await plant(world, f"UPDATE devices SET holder_key = '{INVESTIGATION}' WHERE id = '{missed}'")


@pytest.mark.rule("INV-10e")
async def test_what_has_left_the_store_since_it_was_counted_is_not_missing(world: World) -> None:
    await opened(world)
    await counted(world, (ROLLATOR, 2, (ONE, TWO)))
    await world.handle(a_withdrawal_placed(a_device_line(THREE)))

    done = await posted(world)

    assert done.missing == 0
    assert (await device(world, THREE)).claim is None
    assert await balance(world, ROLLATOR, OWN) == (2, 0, 0)


@pytest.mark.rule("INV-10e")
async def test_what_came_after_the_count_is_not_missing(world: World) -> None:
    await world.handle(a_withdrawal_placed(a_device_line(THREE)))
    await opened(world)
    await counted(world, (ROLLATOR, 1, (ONE,)))
    await world.handle(a_device_returned(THREE))

    done = await posted(world)

    assert done.missing == 1
    assert (await device(world, THREE)).state().store == OWN
    assert (await device(world, TWO)).state().store == INVESTIGATION


@pytest.mark.rule("INV-10e", "BMB-12d")
async def test_a_missing_device_leaves_the_transfer_that_held_it(world: World) -> None:
    await world.handle(a_transfer_requested_from_store(THREE, store=OWN))
    assert await balance(world, ROLLATOR, OWN) == (2, 1, 0)
    await opened(world)
    await counted(world, (ROLLATOR, 2, (ONE, TWO)))

    await posted(world)

    assert [one.reason for one in await world.events(HoldBroken)] == ["LOST"]
    assert await balance(world, ROLLATOR, OWN) == (2, 0, 0)


@pytest.mark.rule("BMB-12d")
async def test_what_a_stocktaking_misses_cannot_be_transferred_and_is_told_why(
    world: World,
) -> None:
    await opened(world)
    await counted(world, (ROLLATOR, 2, (ONE, TWO)))
    await posted(world)

    await world.handle(a_transfer_requested_from_store(THREE, store=INVESTIGATION))

    refused = (await world.events(HoldRefused))[-1].refused
    assert [(one.device_id, one.reason) for one in refused] == [
        ((await device(world, THREE)).id, "IN_INVESTIGATION")
    ]


@pytest.mark.rule("INV-10g")
async def test_a_device_that_is_found_again_is_put_back_and_is_free(world: World) -> None:
    await opened(world)
    await counted(world, (ROLLATOR, 2, (ONE, TWO)))
    await posted(world)

    await world.handle(finding(), subject=THREE)

    found = await device(world, THREE)
    assert (found.state().store, found.claim) == (OWN, None)
    assert await balance(world, ROLLATOR, OWN) == (3, 0, 0)
    assert await balance(world, ROLLATOR, INVESTIGATION) == (0, 0, 0)
    assert (await refusal(world.handle(finding(), subject=THREE))).reason == "NOT_INVESTIGATED"


@pytest.mark.rule("BIL-8b", "REF-7d", "INV-10f")
async def test_what_a_private_clinic_misses_is_lost_and_its_payer_pays_the_value(
    world: World,
) -> None:
    clinic = a_customer_registered(SENDING, store=OWN, private_clinic=True)
    await world.handle_all(a_person_registered(), a_take_over("R-1"), clinic)
    await opened(world)
    await counted(world, (ROLLATOR, 1, (ONE,)))

    await posted(world)

    lost = {one.device_id: one for one in await world.events(DeviceStatusChanged)}
    assert {one.kind for one in lost.values()} == {"lost"}
    assert {one.payer_id for one in lost.values()} == {clinic.payer_id}
    assert lost[device_id("R-1")].value == Money(net_ore=420_000)
    assert lost[device_id(TWO)].value is None
    assert (await device(world, THREE)).custody.holder == a_store(INVESTIGATION)


@pytest.mark.rule("BIL-8b", "INV-10g")
async def test_what_a_private_clinic_had_lost_is_in_use_again_when_it_is_found(
    world: World,
) -> None:
    await world.handle(a_customer_registered(SENDING, store=OWN, private_clinic=True))
    await opened(world)
    await counted(world, (ROLLATOR, 2, (ONE, TWO)))
    await posted(world)

    await world.command(finding(THREE, store=CENTRAL))

    states = [one.kind for one in await world.events(DeviceStatusChanged)]
    assert states == ["lost", "in_use"]
    found = await device(world, THREE)
    assert (found.status, found.claim) == (DeviceStatus.IN_USE, None)
    assert found.custody.holder == a_store(CENTRAL)


@pytest.mark.rule("INV-10f")
async def test_what_a_units_own_store_misses_costs_nothing(world: World) -> None:
    await world.handle(a_customer_registered(SENDING, store=OWN))
    await opened(world)
    await counted(world, (ROLLATOR, 2, (ONE, TWO)))

    await posted(world)

    assert await world.events(DeviceStatusChanged) == []
