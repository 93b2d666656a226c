"""REF-14, REF-7, INV-4: what has ended by the day on which a transfer takes effect."""

from collections.abc import AsyncIterator, Callable
from datetime import date

import pytest
from inventory.app import service
from inventory.holds.models import HoldRow
from kvitt_chassis.transaction import NotYetKnown
from kvitt_contracts.envelope import Event
from kvitt_contracts.inventory import CustodyChanged, DayClosed, HoldBroken
from kvitt_contracts.types import DeviceId
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm
from sqlalchemy import text

from contracts.tests.builders.bmb import (
    a_transfer_accepted,
    a_transfer_executed_automatically,
    a_transfer_requested,
    a_transfer_requested_from_store,
)
from contracts.tests.builders.orders import (
    a_customer_registered,
    a_person_inactivated,
    a_person_merged,
    a_person_reactivated,
    a_person_registered,
)
from contracts.tests.builders.regions import (
    a_device_on_loan_stated,
    a_device_returned,
    a_store_stated,
    rollators_received,
    the_catalogue,
    the_stores,
)
from contracts.tests.builders.story import (
    OTHER_PATIENT,
    OWN,
    PAYER,
    ROLLATOR,
    a_care_unit,
    a_patient,
    device_id,
    transfer_id,
)
from services.inventory.tests.worlds import balance, device

LATER = date(2026, 3, 10)


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A rollator on loan and one in the own store; two patients; it is a Monday."""
    async with given(service, at=stockholm("2026-03-02 08:00")) as world:
        await world.handle_all(*the_stores(), *the_catalogue())
        await world.handle_all(a_person_registered(), a_person_registered(OTHER_PATIENT))
        await world.handle_all(a_device_on_loan_stated(), rollators_received("170077"))
        yield world


async def broken(world: World) -> list[tuple[DeviceId, str]]:
    """The devices that have left a hold, with the reason."""
    return [(one.device_id, one.reason) for one in await world.events(HoldBroken)]


async def assert_called_off(world: World, number: str, reason: str) -> None:
    """Nothing of the transfer has taken effect, and the device is free."""
    assert await broken(world) == [(device_id(number), reason)]
    assert (await device(world, number)).claim is None
    assert (await world.row(HoldRow, transfer_id())).status == "ended"
    assert await world.events(CustodyChanged) == []
    await assert_rows_are_folds(world)


@pytest.mark.rule("REF-14d")
@pytest.mark.parametrize("accepted", [a_transfer_accepted, a_transfer_executed_automatically])
async def test_nothing_takes_effect_on_a_patient_who_became_inactive_before_the_day(
    world: World, accepted: Callable[..., Event]
) -> None:
    await world.handle(a_transfer_requested())
    await world.handle(accepted(new_recipient=a_patient(OTHER_PATIENT), effective_on=LATER))

    await world.handle(a_person_inactivated(OTHER_PATIENT))
    await world.advance(stockholm("2026-03-10 00:00"))

    await assert_called_off(world, "170098", "INACTIVE_RECIPIENT")
    assert (await device(world)).custody.payer_id == PAYER


@pytest.mark.rule("REF-14d")
async def test_an_inactive_patient_is_asked_by_the_reference_that_they_have_now(
    world: World,
) -> None:
    await world.handle(a_person_registered("P-30001", active=False))
    await world.handle(a_person_merged(OTHER_PATIENT, into="P-30001"))

    await world.handle_all(
        a_transfer_requested(), a_transfer_accepted(new_recipient=a_patient(OTHER_PATIENT))
    )

    await assert_called_off(world, "170098", "INACTIVE_RECIPIENT")


async def test_a_patient_who_is_active_again_gets_the_device(world: World) -> None:
    await world.handle_all(a_person_inactivated(OTHER_PATIENT), a_person_reactivated(OTHER_PATIENT))

    await world.handle_all(
        a_transfer_requested(), a_transfer_accepted(new_recipient=a_patient(OTHER_PATIENT))
    )

    assert (await device(world)).custody.holder == a_patient(OTHER_PATIENT)


@pytest.mark.rule("BMB-1c")
async def test_a_change_of_payer_of_what_an_inactive_patient_has_takes_effect(
    world: World,
) -> None:
    await world.handle(a_person_inactivated())

    await world.handle_all(a_transfer_requested(), a_transfer_accepted())

    assert len(await world.events(CustodyChanged)) == 1
    assert await broken(world) == []


async def test_a_care_unit_is_never_inactive(world: World) -> None:
    unit = a_care_unit()

    await world.handle_all(a_transfer_requested(), a_transfer_accepted(new_recipient=unit))

    assert (await device(world)).custody.holder == unit


@pytest.mark.rule("REF-14d")
async def test_a_device_that_was_to_leave_its_store_is_available_again(world: World) -> None:
    await world.handle(a_transfer_requested_from_store("170077", store=OWN))
    await world.handle(a_person_inactivated(OTHER_PATIENT))

    await world.handle(a_transfer_accepted("170077", new_recipient=a_patient(OTHER_PATIENT)))

    await assert_called_off(world, "170077", "INACTIVE_RECIPIENT")
    assert await balance(world, ROLLATOR, OWN) == (1, 0, 0)


@pytest.mark.rule("REF-7f")
async def test_nothing_enters_the_store_of_what_became_a_private_clinic_before_the_day(
    world: World,
) -> None:
    await world.handle_all(
        a_transfer_requested(), a_transfer_accepted(new_store=OWN, effective_on=LATER)
    )

    await world.handle(a_customer_registered(private_clinic=True))
    await world.advance(stockholm("2026-03-10 00:00"))

    await assert_called_off(world, "170098", "STORE_HOLDS_NO_STOCK")
    assert await balance(world, ROLLATOR, OWN) == (1, 0, 0)


@pytest.mark.rule("INV-4b")
async def test_no_transfer_enters_a_store_that_became_a_purchasing_store(world: World) -> None:
    await world.handle(a_store_stated("602", "purchasing"))

    await world.handle_all(a_transfer_requested(), a_transfer_accepted(new_store="602"))

    await assert_called_off(world, "170098", "STORE_HOLDS_NO_STOCK")
    assert await balance(world, ROLLATOR, "602") == (0, 0, 0)


@pytest.mark.parametrize("effective_on", [date(2026, 3, 2), LATER])
async def test_a_transfer_into_a_store_that_nobody_has_stated_waits(
    world: World, effective_on: date
) -> None:
    await world.handle(a_transfer_requested())

    with pytest.raises(NotYetKnown):
        await world.handle(a_transfer_accepted(new_store="602", effective_on=effective_on))


async def test_what_an_earlier_release_planned_into_a_store_that_nobody_has_stated_holds_up_no_day(
    world: World,
) -> None:
    await world.handle_all(
        a_transfer_requested(), a_transfer_accepted(new_store=OWN, effective_on=LATER)
    )
    async with world.worker.unit() as unit:
        await unit.session.execute(text("DELETE FROM stores"))

    await world.advance(stockholm("2026-03-11 00:00"))

    assert await balance(world, ROLLATOR, OWN) == (2, 0, 0)
    assert max(one.day for one in await world.events(DayClosed)) == LATER


@pytest.mark.rule("PHY-1b")
async def test_a_known_return_told_again_changes_nothing_though_its_store_holds_no_stock_now(
    world: World,
) -> None:
    await world.handle_all(a_device_returned(), a_customer_registered(private_clinic=True))
    before: list[Event] = await world.events()

    await world.handle(a_device_returned())

    assert await world.events() == before


@pytest.mark.rule("REF-14c")
async def test_a_device_of_the_old_stock_is_at_whoever_has_it_though_they_are_inactive(
    world: World,
) -> None:
    await world.handle(a_person_inactivated())

    await world.handle(a_device_on_loan_stated("170055"))

    assert (await device(world, "170055")).custody.holder == a_patient()
