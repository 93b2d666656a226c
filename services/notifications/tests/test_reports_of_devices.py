"""What the region's own system hears of its devices and of who has them, on a real database."""

import pytest
from kvitt_contracts.regions import CustodyReported, DeviceReported
from kvitt_contracts.types import NamedPatient, RegionPersonId
from kvitt_testkit.world import Given, assert_rows_are_folds
from notifications.app import service

from contracts.tests.builders.inventory import (
    a_custody,
    a_custody_changed_by_order,
    a_custody_changed_by_return,
    a_device_registered,
    a_device_renumbered,
)
from contracts.tests.builders.orders import a_person_merged, a_person_registered
from contracts.tests.builders.story import OTHER_PATIENT, PATIENT, a_patient, device_id
from services.notifications.tests.worlds import AT

THIRD = "P-40001"


@pytest.mark.rule("NTF-4c")
async def test_the_region_hears_from_which_day_who_has_a_device_and_who_pays(given: Given) -> None:
    delivered, returned = a_custody_changed_by_order(), a_custody_changed_by_return()
    async with given(service, at=AT) as world:
        await world.handle_all(a_person_registered(), a_device_registered(), delivered, returned)
        told = await world.events(CustodyReported)

        assert [one.status for one in told] == ["in_store", "with_recipient", "in_store"]
        with_patient = told[1]
        assert with_patient.recipient == NamedPatient(person=RegionPersonId(PATIENT))
        assert with_patient.payer_id == delivered.custody.payer_id
        assert with_patient.prescriber == delivered.custody.prescriber
        assert with_patient.business_day == delivered.custody.since
        assert with_patient.device_number == "170098"
        assert told[2].store == getattr(returned.custody.holder, "store", None)
        await assert_rows_are_folds(world)


async def test_a_device_is_told_of_by_its_new_number(given: Given) -> None:
    renumbered = a_device_renumbered()
    async with given(service, at=AT) as world:
        await world.handle_all(
            a_person_registered(), a_device_registered(), renumbered, a_custody_changed_by_order()
        )
        devices = await world.events(DeviceReported)

        assert [one.before for one in devices] == [None, renumbered.before]
        assert devices[-1].device_number == renumbered.device_number
        (*_, custody) = await world.events(CustodyReported)
        assert custody.device_number == renumbered.device_number


async def test_who_was_joined_with_another_is_named_as_who_stays_at_last(given: Given) -> None:
    async with given(service, at=AT) as world:
        await world.handle_all(
            a_person_registered(THIRD),
            a_person_merged(OTHER_PATIENT, into=PATIENT),
            a_person_merged(PATIENT, into=THIRD),
            a_device_registered(),
            a_custody_changed_by_order(to=a_custody(a_patient(OTHER_PATIENT))),
        )
        (*_, custody) = await world.events(CustodyReported)

        assert custody.recipient == NamedPatient(person=RegionPersonId(THIRD))


async def test_the_same_custody_is_told_once(given: Given) -> None:
    async with given(service, at=AT) as world:
        changed = a_custody_changed_by_order()
        await world.handle_all(a_person_registered(), a_device_registered(), changed, changed)

        assert len(await world.events(CustodyReported)) == 2
        assert device_id() == changed.device_id
