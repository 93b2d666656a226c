"""REF-23: what inventory forgets of a person who is erased."""

import pytest
from inventory.app import service
from inventory.devices.models import DeviceNoteRow, DeviceRow, SipNumberRow
from inventory.people.models import PersonRow
from kvitt_contracts.types import Role
from kvitt_testkit.world import Given, stockholm

from contracts.tests.builders.orders import a_person_erased, a_person_registered
from contracts.tests.builders.regions import a_device_on_loan_stated, the_catalogue, the_stores
from contracts.tests.builders.story import OTHER_PATIENT, PATIENT, SENDER, SENDING, device_id


@pytest.mark.rule("REF-23d")
@pytest.mark.parametrize(("erased", "left"), [(PATIENT, 0), (OTHER_PATIENT, 1)])
async def test_what_was_written_of_an_erased_persons_device_goes_and_the_device_stays(
    given: Given, erased: str, left: int
) -> None:
    async with given(service, at=stockholm("2026-03-20 08:00")) as world:
        await world.handle_all(*the_stores(), *the_catalogue())
        await world.handle_all(a_person_registered(), a_person_registered(OTHER_PATIENT))
        await world.handle(a_device_on_loan_stated(customer_id=SENDING))
        device = device_id()
        async with world.http(
            user=SENDER, roles=[Role.PRESCRIBER], service_points=[SENDING]
        ) as client:
            note = {"text": "Tess ringer själv."}
            assert (await client.post(f"/devices/{device}/notes", json=note)).is_success
        async with world.worker.unit() as unit:
            (held,) = await world.rows(DeviceRow)
            unit.session.add(
                SipNumberRow(
                    region=held.region,
                    device_id=device,
                    sip_number="0701740605",
                    holder_key=held.holder_key,
                )
            )

        await world.handle(a_person_erased(erased))

        assert len(await world.rows(DeviceNoteRow)) == left
        assert len(await world.rows(SipNumberRow)) == left
        assert len(await world.rows(DeviceRow)) == 1
        persons = {row.region_person_id: row.active for row in await world.rows(PersonRow)}
        assert persons == {PATIENT: erased != PATIENT, OTHER_PATIENT: erased == PATIENT}
