from datetime import date
from typing import Any

import pytest
from kvitt_chassis.transaction import NotYetKnown
from kvitt_contracts.orders import (
    OrderPlaced,
    PersonInactivated,
    PersonReactivated,
    PersonRegistered,
    PersonsMerged,
)
from kvitt_contracts.personnummer import ReserveNumber
from kvitt_contracts.refusals import Refused
from kvitt_testkit.world import Given, assert_rows_are_folds
from orders.app import service
from orders.people.commands import KeepContact
from orders.people.domain import PersonRefused, Phones, Reason, phone_after
from orders.people.models import PersonDetailsRow, PersonRow

from contracts.tests.builders.regions import CHILD, OLD_WOMAN, a_person_joined, a_person_stated
from services.orders.tests.builders import a_reserve_number, an_identity, an_order_command, registry
from services.orders.tests.vault import details_in
from services.orders.tests.worlds import ref_of


async def test_a_person_is_told_by_reference_alone(given: Given) -> None:
    async with given(service) as world:
        await world.handle(a_person_stated(name="Tess Testsson"), subject="ac-person-1")

        (event,) = await world.events(PersonRegistered)
        assert event.region_person_id == "ac-person-1"
        told = event.model_dump_json()
        assert not any(word in told for word in (OLD_WOMAN, "Testsson", "Storgatan"))
        await assert_rows_are_folds(world)


async def test_a_reference_says_nothing_of_the_person_it_stands_for(given: Given) -> None:
    async with given(service) as world:
        await world.handle(a_person_stated(), subject="ac-person-1")
        first = await ref_of(world, "ac-person-1")
    async with given(service) as world:
        await world.handle(a_person_stated(), subject="ac-person-1")

        assert await ref_of(world, "ac-person-1") != first


@pytest.mark.rule("REF-1d")
async def test_what_the_registry_says_anew_replaces_name_and_address(given: Given) -> None:
    async with given(service) as world:
        await world.handle(a_person_stated(), subject="ac-person-1")
        await world.handle(
            a_person_stated(version=2, name="Tess Nygift", address=None), subject="ac-person-1"
        )

        details = await details_in(world, await ref_of(world, "ac-person-1"))
        assert (details.name, details.address) == ("Tess Nygift", None)
        assert len(await world.events(PersonRegistered)) == 1


@pytest.mark.rule("REF-1f")
async def test_a_saved_phone_number_outlives_a_registry_that_has_none(given: Given) -> None:
    async with given(service) as world:
        await world.handle(a_person_stated(phone="070-1740605"), subject="ac-person-1")
        await world.handle(a_person_stated(version=2), subject="ac-person-1")

        details = await details_in(world, await ref_of(world, "ac-person-1"))
        assert details.phone == "070-1740605"


@pytest.mark.rule("REF-1f")
async def test_a_phone_that_was_edited_here_outlives_a_repetition(given: Given) -> None:
    async with given(service) as world:
        await world.handle(a_person_stated(phone="070-1740605"), subject="ac-person-1")
        ref = await ref_of(world, "ac-person-1")
        await world.command(KeepContact(phone="070-1740611"), target=ref)
        await world.handle(a_person_stated(version=2, phone="070-1740605"), subject="ac-person-1")

        assert (await details_in(world, ref)).phone == "070-1740611"


@pytest.mark.rule("REF-1f")
async def test_a_phone_that_the_region_changes_holds_over_an_edited_one(given: Given) -> None:
    async with given(service) as world:
        await world.handle(a_person_stated(phone="070-1740605"), subject="ac-person-1")
        ref = await ref_of(world, "ac-person-1")
        await world.command(KeepContact(phone="070-1740611"), target=ref)
        await world.handle(a_person_stated(version=2, phone="070-1740623"), subject="ac-person-1")

        assert (await details_in(world, ref)).phone == "070-1740623"


@pytest.mark.rule("REF-1f")
@pytest.mark.parametrize(
    ("known", "stated", "after"),
    [
        (Phones(phone=None, stated=None), "1", Phones(phone="1", stated="1")),
        (Phones(phone="1", stated="1"), "2", Phones(phone="2", stated="2")),
        (Phones(phone="9", stated="1"), "1", Phones(phone="9", stated="1")),
        (Phones(phone=None, stated="1"), "1", Phones(phone=None, stated="1")),
        (Phones(phone="9", stated="1"), None, Phones(phone="9", stated="1")),
        (Phones(phone="9", stated=None), "1", Phones(phone="9", stated="1")),
    ],
)
def test_a_fact_changes_the_phone_when_the_region_has_changed_it(
    known: Phones, stated: str | None, after: Phones
) -> None:
    assert phone_after(known, stated=stated) == after


@pytest.mark.rule("DAY-4a")
async def test_nobody_is_registered_before_their_birth(given: Given) -> None:
    born = ReserveNumber(number="20270101R0042", born_on=date(2027, 1, 1))
    async with given(service) as world:
        refused = await world.refuse(a_person_stated(identity=born), subject="ac-person-1")

        assert (refused.reason, refused.rule) == ("DAY_IN_THE_FUTURE", "DAY-4")
        assert refused.field == "identity.born_on"


@pytest.mark.rule("REF-14a")
@pytest.mark.parametrize("why", [{"active": False}, {"deceased": True}])
async def test_the_moved_and_the_deceased_become_inactive(
    given: Given, why: dict[str, Any]
) -> None:
    async with given(service) as world:
        await world.handle(a_person_stated(), subject="ac-person-1")
        await world.handle(a_person_stated(version=2, **why), subject="ac-person-1")
        await world.handle(a_person_stated(version=3), subject="ac-person-1")

        assert len(await world.events(PersonInactivated)) == 1
        assert len(await world.events(PersonReactivated)) == 1
        await assert_rows_are_folds(world)


async def test_two_ids_of_one_number_become_one_person(given: Given) -> None:
    async with given(service) as world:
        await world.handle(a_person_stated(), subject="ac-person-1")
        await world.handle(a_person_stated(name="Tess Senare"), subject="ac-person-2")

        first, second = await ref_of(world, "ac-person-1"), await ref_of(world, "ac-person-2")
        (merged,) = await world.events(PersonsMerged)
        assert (merged.person, merged.into, merged.region_person_id) == (
            second,
            first,
            "ac-person-2",
        )
        (row,) = await world.rows(PersonDetailsRow)
        assert row.person == first
        assert (await details_in(world, first)).name == "Tess Senare"
        await assert_rows_are_folds(world)


async def test_a_number_means_another_person_in_another_region(given: Given) -> None:
    async with given(service) as world:
        await world.handle(a_person_stated(), subject="ac-person-1")
        await world.handle(a_person_stated(), subject="bd-person-1", region="bd")

        assert await world.events(PersonsMerged) == []
        assert len({row.id for row in await world.rows(PersonRow)}) == 2


async def test_a_reserve_number_that_becomes_a_known_number_merges(given: Given) -> None:
    async with given(service) as world:
        await world.handle(a_person_stated(), subject="ac-person-1")
        await world.handle(a_person_stated(a_reserve_number()), subject="ac-person-2")
        await world.handle(a_person_stated(version=2), subject="ac-person-2")

        (merged,) = await world.events(PersonsMerged)
        assert merged.into == await ref_of(world, "ac-person-1")
        assert len(await world.rows(PersonDetailsRow)) == 1


async def test_joined_ids_are_one_person_and_the_subject_stays(given: Given) -> None:
    async with given(service) as world:
        await world.handle(a_person_stated(), subject="ac-person-1")
        await world.handle(a_person_stated(a_reserve_number()), subject="ac-person-2")
        for version in (1, 2):
            joined = a_person_joined("ac-person-1", version=version)
            await world.handle(joined, subject="ac-person-2")

        (merged,) = await world.events(PersonsMerged)
        assert merged.person == await ref_of(world, "ac-person-1")
        assert merged.into == await ref_of(world, "ac-person-2")


async def test_a_join_waits_for_both_persons(given: Given) -> None:
    async with given(service) as world:
        await world.handle(a_person_stated(), subject="ac-person-1")

        with pytest.raises(NotYetKnown):
            await world.handle(
                a_person_joined("ac-person-9"),
                subject="ac-person-1",
            )


@pytest.mark.rule("REF-1a")
async def test_an_alias_cannot_change_the_number_of_the_person_it_stands_for(given: Given) -> None:
    async with given(service) as world:
        await world.handle(a_person_stated(), subject="ac-person-1")
        await world.handle(a_person_stated(), subject="ac-person-2")

        with pytest.raises(PersonRefused) as refused:
            await world.handle(
                a_person_stated(an_identity(CHILD), version=2), subject="ac-person-2"
            )
        assert refused.value.reason == Reason.PERSON_IS_MERGED
        assert OLD_WOMAN not in str(vars(refused.value))


async def test_a_number_as_subject_is_refused_and_not_repeated(given: Given) -> None:
    async with given(service) as world:
        with pytest.raises(Refused) as refused:
            await world.handle(a_person_stated(), subject=OLD_WOMAN)

        assert refused.value.field == "ce_subject"
        assert OLD_WOMAN not in str(vars(refused.value))


async def test_an_order_on_an_alias_goes_to_the_person_it_stands_for(given: Given) -> None:
    async with given(service) as world:
        await registry(world)
        await world.handle(a_person_stated(), subject="ac-person-2")

        await world.handle(an_order_command(person="ac-person-2"), subject="ORD-A-1")

        (placed,) = await world.events(OrderPlaced)
        assert placed.recipient.kind == "patient"
        assert placed.recipient.person == await ref_of(world, "ac-person-1")
