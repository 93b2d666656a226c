"""REF-23: what bmb forgets of a person who is erased."""

import pytest
from bmb.models import TransferRow, TransferTextRow
from bmb.register.models import PersonRow

from contracts.tests.builders.orders import a_person_erased, a_person_registered
from contracts.tests.builders.story import OTHER_PATIENT, PATIENT, person
from services.bmb.tests.worlds import TO_PATIENT, Registered, registered, sent

__all__ = ["registered"]


@pytest.mark.rule("REF-23d")
@pytest.mark.parametrize(("erased", "left"), [(OTHER_PATIENT, 0), ("P-30999", 1)])
async def test_what_was_written_of_an_erased_persons_transfer_goes_and_the_transfer_stays(
    registered: Registered, erased: str, left: int
) -> None:
    async with registered() as world:
        await world.handle(a_person_registered(erased))
        await sent(world, message="Tess flyttar hem på måndag", new_recipient=TO_PATIENT)
        assert len(await world.rows(TransferTextRow)) == 1

        await world.handle(a_person_erased(erased))

        assert len(await world.rows(TransferTextRow)) == left
        assert len(await world.rows(TransferRow)) == 1


@pytest.mark.rule("REF-23e")
async def test_the_regions_id_of_an_erased_person_finds_who_is_stated_again(
    registered: Registered,
) -> None:
    async with registered() as world:
        await world.handle(a_person_registered(PATIENT))
        await world.handle(a_person_erased(PATIENT))

        row = await world.row(PersonRow, person(PATIENT))
        assert not row.active
        assert row.region_person_id.startswith("erased-")
