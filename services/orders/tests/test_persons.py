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
from kvitt_contracts.types import PersonRef, RegionCode, RegionPersonId, Role
from kvitt_testkit.world import Given, World, assert_rows_are_folds
from orders.app import service
from orders.people.commands import KeepContact
from orders.people.domain import PersonRefused, Phones, Reason, phone_after
from orders.people.models import PersonAccessRow, PersonDetailsRow, PersonIdRow, PersonRow
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from contracts.tests.builders.regions import (
    CHILD,
    HOME,
    OLD_WOMAN,
    a_customer_stated,
    a_payer_stated,
    a_person_joined,
    a_person_stated,
    a_user_stated,
)
from contracts.tests.builders.story import PAYER, SENDER, SENDING
from services.orders.tests.builders import (
    a_reserve_number,
    an_identity,
    an_order_command,
    any_ref,
    registry,
)


async def ref_of(world: World, named: str) -> PersonRef:
    """The reference that the region's id was given."""
    return (await world.row(PersonIdRow, RegionPersonId(named))).person


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

        details = await world.row(PersonDetailsRow, await ref_of(world, "ac-person-1"))
        assert (details.name, details.address) == ("Tess Nygift", None)
        assert len(await world.events(PersonRegistered)) == 1


@pytest.mark.rule("REF-1f")
async def test_a_saved_phone_number_outlives_a_registry_that_has_none(given: Given) -> None:
    async with given(service) as world:
        await world.handle(a_person_stated(phone="070-1740605"), subject="ac-person-1")
        await world.handle(a_person_stated(version=2), subject="ac-person-1")

        details = await world.row(PersonDetailsRow, await ref_of(world, "ac-person-1"))
        assert details.phone == "070-1740605"


@pytest.mark.rule("REF-1f")
async def test_a_phone_that_was_edited_here_outlives_a_repetition(given: Given) -> None:
    async with given(service) as world:
        await world.handle(a_person_stated(phone="070-1740605"), subject="ac-person-1")
        ref = await ref_of(world, "ac-person-1")
        await world.command(KeepContact(phone="070-1740611"), target=ref)
        await world.handle(a_person_stated(version=2, phone="070-1740605"), subject="ac-person-1")

        assert (await world.row(PersonDetailsRow, ref)).phone == "070-1740611"


@pytest.mark.rule("REF-1f")
async def test_a_phone_that_the_region_changes_holds_over_an_edited_one(given: Given) -> None:
    async with given(service) as world:
        await world.handle(a_person_stated(phone="070-1740605"), subject="ac-person-1")
        ref = await ref_of(world, "ac-person-1")
        await world.command(KeepContact(phone="070-1740611"), target=ref)
        await world.handle(a_person_stated(version=2, phone="070-1740623"), subject="ac-person-1")

        assert (await world.row(PersonDetailsRow, ref)).phone == "070-1740623"


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
        (details,) = await world.rows(PersonDetailsRow)
        assert (details.person, details.name) == (first, "Tess Senare")
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


async def test_a_person_is_found_by_the_number_in_the_body_and_the_look_is_logged(
    given: Given,
) -> None:
    async with given(service) as world, world.http() as client:
        await world.handle(a_person_stated(), subject="ac-person-1")

        found = await client.post(
            "/persons:find", json={"identity": an_identity().model_dump(mode="json")}
        )

        assert found.status_code == 200, found.text
        assert found.json()["person"] == str(await ref_of(world, "ac-person-1"))
        assert OLD_WOMAN not in found.text
        (access,) = await world.rows(PersonAccessRow)
        assert (access.user_id, access.purpose) == ("k082lno", "find")


async def test_a_number_that_nobody_has_is_not_found(given: Given) -> None:
    async with given(service) as world, world.http() as client:
        answer = await client.post(
            "/persons:find", json={"identity": an_identity().model_dump(mode="json")}
        )

        assert answer.status_code == 404
        assert OLD_WOMAN not in answer.text


@pytest.mark.rule("REF-1b")
async def test_a_number_with_a_wrong_check_digit_is_named_by_field_and_not_repeated(
    given: Given,
) -> None:
    async with given(service) as world, world.http() as client:
        wrong = "189001019803"
        answer = await client.post(
            "/persons:find", json={"identity": {"kind": "personal_number", "number": wrong}}
        )

        assert answer.status_code == 422
        assert answer.json()["rule"] == "REF-1"
        assert "number" in answer.json()["field"]
        assert wrong not in answer.text


async def test_every_resolved_person_is_logged_with_who_and_why_and_can_be_read(
    given: Given,
) -> None:
    async with given(service) as world, world.http() as client:
        await world.handle(a_person_stated(), subject="ac-person-1")
        ref = str(await ref_of(world, "ac-person-1"))

        shown = await client.post("/persons:resolve", json={"refs": [ref], "purpose": "display"})
        log = await client.get("/person-accesses", params={"person": ref})

        assert shown.json()["persons"][0]["name"] == "Tess Testsson"
        (line,) = log.json()["items"]
        assert (line["user_id"], line["purpose"], line["person"]) == ("k082lno", "display", ref)


async def test_the_log_of_looks_cannot_be_changed_afterwards(given: Given) -> None:
    async with given(service) as world:
        for database in (world.api, world.worker):
            for statement in (
                "UPDATE person_accesses SET purpose = 'other'",
                "DELETE FROM person_accesses",
            ):
                with pytest.raises(ProgrammingError, match="permission denied"):
                    async with database.unit(RegionCode("ac")) as unit:
                        await unit.session.execute(text(statement))


async def test_several_references_are_resolved_at_once_and_the_unknown_are_named(
    given: Given,
) -> None:
    async with given(service) as world, world.http() as client:
        await world.handle(a_person_stated(), subject="ac-person-1")
        await world.handle(
            a_person_stated(an_identity(CHILD), name="Bo Barn"), subject="ac-person-3"
        )
        refs = [str(await ref_of(world, named)) for named in ("ac-person-1", "ac-person-3")]
        stranger = str(any_ref("stranger"))

        answer = (
            await client.post(
                "/persons:resolve", json={"refs": [*refs, stranger], "purpose": "display"}
            )
        ).json()

        assert [one["name"] for one in answer["persons"]] == ["Tess Testsson", "Bo Barn"]
        assert answer["unknown"] == [stranger]


@pytest.mark.rule("REF-2b")
@pytest.mark.parametrize("purpose", ["display", "ordering"])
@pytest.mark.parametrize("deceased", [True, False])
async def test_it_is_shown_that_somebody_is_deceased(
    given: Given, purpose: str, deceased: bool
) -> None:
    async with given(service) as world, world.http() as client:
        await world.handle(a_person_stated(deceased=deceased), subject="ac-person-1")
        ref = str(await ref_of(world, "ac-person-1"))

        answer = await client.post("/persons:resolve", json={"refs": [ref], "purpose": purpose})

        (one,) = answer.json()["persons"]
        assert one["deceased"] is deceased


async def test_an_alias_resolves_to_the_person_it_stands_for(given: Given) -> None:
    async with given(service) as world, world.http() as client:
        await world.handle(a_person_stated(), subject="ac-person-1")
        await world.handle(a_person_stated(), subject="ac-person-2")
        alias = str(await ref_of(world, "ac-person-2"))

        answer = await client.post("/persons:resolve", json={"refs": [alias], "purpose": "display"})

        (one,) = answer.json()["persons"]
        assert one["asked"] == alias
        assert one["person"] == str(await ref_of(world, "ac-person-1"))


async def test_a_prescriber_may_not_resolve_for_invoicing(given: Given) -> None:
    async with given(service) as world, world.http(roles=[Role.PRESCRIBER]) as client:
        await world.handle(a_person_stated(), subject="ac-person-1")
        ref = str(await ref_of(world, "ac-person-1"))

        answer = await client.post("/persons:resolve", json={"refs": [ref], "purpose": "invoicing"})

        assert answer.status_code == 403
        assert answer.json()["rule"] == "REF-5"
        assert await world.rows(PersonAccessRow) == []


@pytest.mark.rule("REF-9a")
@pytest.mark.parametrize(
    ("purpose", "has_address"),
    [("display", False), ("ordering", False), ("invoicing", False), ("delivery", True)],
)
async def test_only_delivery_resolves_the_address_of_a_protected_person(
    given: Given, purpose: str, has_address: bool
) -> None:
    async with given(service) as world, world.http() as client:
        await world.handle(
            a_person_stated(protected=True, phone="070-1740605"), subject="ac-person-1"
        )
        ref = str(await ref_of(world, "ac-person-1"))

        answer = await client.post("/persons:resolve", json={"refs": [ref], "purpose": purpose})

        (one,) = answer.json()["persons"]
        assert one["protected"]
        assert ("address" in one) is has_address
        assert (HOME.street in answer.text) is has_address
        assert ("070-1740605" in answer.text) is has_address


@pytest.mark.parametrize(
    ("purpose", "has_address"),
    [("display", False), ("ordering", True), ("invoicing", True), ("delivery", True)],
)
async def test_the_purpose_decides_whether_an_address_is_shown(
    given: Given, purpose: str, has_address: bool
) -> None:
    async with given(service) as world, world.http() as client:
        await world.handle(a_person_stated(), subject="ac-person-1")
        ref = str(await ref_of(world, "ac-person-1"))

        answer = await client.post("/persons:resolve", json={"refs": [ref], "purpose": purpose})

        assert (HOME.street in answer.text) is has_address


async def test_a_region_sees_no_person_of_another(given: Given) -> None:
    async with given(service) as world, world.http(region="bd") as client:
        await world.handle(a_person_stated(), subject="ac-person-1")
        ref = str(await ref_of(world, "ac-person-1"))

        resolved = await client.post("/persons:resolve", json={"refs": [ref], "purpose": "display"})
        found = await client.post(
            "/persons:find", json={"identity": an_identity().model_dump(mode="json")}
        )
        listed = await client.get("/persons")

        assert resolved.json() == {"persons": [], "unknown": [ref]}
        assert found.status_code == 404
        assert listed.json()["total"] == 0


async def test_an_order_on_an_alias_goes_to_the_person_it_stands_for(given: Given) -> None:
    async with given(service) as world:
        await registry(world)
        await world.handle(a_person_stated(), subject="ac-person-2")

        await world.handle(an_order_command(person="ac-person-2"), subject="ORD-A-1")

        (placed,) = await world.events(OrderPlaced)
        assert placed.recipient.kind == "patient"
        assert placed.recipient.person == await ref_of(world, "ac-person-1")


TO_ADD = {
    "identity": {"kind": "personal_number", "number": OLD_WOMAN},
    "name": "Testa Hundraåring",
    "home_region": "bd",
    "asked_by": SENDER,
}


async def a_prescriber(world: World) -> None:
    """Who asks customer service to add somebody."""
    await world.handle(a_payer_stated(), subject=PAYER)
    await world.handle(a_customer_stated(), subject=SENDING)
    await world.handle(a_user_stated(), subject=SENDER)


@pytest.mark.rule("REF-8a")
async def test_a_person_of_another_home_region_is_found_all_the_same(given: Given) -> None:
    async with given(service) as world, world.http() as client:
        stated = a_person_stated(home_region="bd")
        await world.handle(stated, subject="ac-person-1")

        found = await client.post("/persons:find", json={"identity": TO_ADD["identity"]})

        assert found.json()["region_person_id"] == "ac-person-1"


@pytest.mark.rule("REF-8b")
async def test_a_person_who_is_not_found_is_added_by_hand(given: Given) -> None:
    async with given(service) as world, world.http() as client:
        await a_prescriber(world)
        added = await client.post("/persons", json=TO_ADD)
        found = await client.post("/persons:find", json={"identity": TO_ADD["identity"]})

        assert added.status_code == 201, added.text
        assert added.json() == found.json()
        assert "Hundraåring" not in added.text
        (event,) = await world.events(PersonRegistered)
        assert event.active
        await assert_rows_are_folds(world)


@pytest.mark.rule("REF-8b")
async def test_whoever_is_in_the_registry_is_not_added_again(given: Given) -> None:
    async with given(service) as world, world.http() as client:
        await a_prescriber(world)
        await world.handle(a_person_stated(name="Tess Testsson"), subject="ac-person-1")

        added = await client.post("/persons", json=TO_ADD)

        assert added.json()["region_person_id"] == "ac-person-1"
        (details,) = await world.rows(PersonDetailsRow)
        assert details.name == "Tess Testsson"


@pytest.mark.rule("REF-12h")
async def test_customer_service_adds_persons_and_prescribers_do_not(given: Given) -> None:
    async with given(service) as world, world.http(roles=[Role.PRESCRIBER]) as client:
        answer = await client.post("/persons", json=TO_ADD)

        assert answer.status_code == 403
        assert await world.rows(PersonRow) == []


@pytest.mark.rule("REF-12m")
async def test_it_is_stored_who_had_a_person_added(given: Given) -> None:
    async with given(service) as world, world.http() as client:
        await a_prescriber(world)

        added = (await client.post("/persons", json=TO_ADD)).json()

        assert (await world.row(PersonDetailsRow, PersonRef(added["person"]))).asked_by == SENDER


@pytest.mark.rule("REF-12m")
@pytest.mark.parametrize(
    ("asked_by", "reason"), [("k999xyz", "UNKNOWN_USER"), (None, "INVALID_FIELD")]
)
async def test_nobody_is_added_unless_somebody_known_asked_for_it(
    given: Given, asked_by: str | None, reason: str
) -> None:
    async with given(service) as world, world.http() as client:
        await a_prescriber(world)

        answer = (await client.post("/persons", json={**TO_ADD, "asked_by": asked_by})).json()

        assert (answer["reason"], answer["field"]) == (reason, "asked_by")
        assert await world.rows(PersonRow) == []


async def test_the_registry_takes_over_whom_somebody_added_by_hand(given: Given) -> None:
    async with given(service) as world, world.http() as client:
        await a_prescriber(world)
        added = (await client.post("/persons", json=TO_ADD)).json()
        await world.handle(a_person_stated(name="Tess Testsson"), subject="ac-person-1")

        (merged,) = await world.events(PersonsMerged)
        assert (str(merged.into), merged.region_person_id) == (added["person"], "ac-person-1")
        (details,) = await world.rows(PersonDetailsRow)
        assert details.name == "Tess Testsson"


@pytest.mark.rule("REF-1e")
async def test_phone_door_code_and_instructions_can_be_edited(given: Given) -> None:
    async with given(service) as world, world.http() as client:
        await world.handle(a_person_stated(phone="070-1740605"), subject="ac-person-1")
        ref = await ref_of(world, "ac-person-1")

        kept = await client.post(
            f"/persons/{ref}:contact", json={"door_code": "1789", "instructions": "Ring på"}
        )

        assert kept.status_code == 200, kept.text
        details = await world.row(PersonDetailsRow, ref)
        assert (details.phone, details.door_code, details.instructions) == (None, "1789", "Ring på")


@pytest.mark.rule("REF-6a")
@pytest.mark.rule("REF-6b")
async def test_it_is_logged_who_edited_a_phone_and_when(given: Given) -> None:
    async with given(service) as world, world.http(user="k111aaa") as client:
        await world.handle(a_person_stated(), subject="ac-person-1")
        ref = await ref_of(world, "ac-person-1")

        await client.post(f"/persons/{ref}:contact", json={"phone": "070-1740611"})

        (line,) = (await client.get("/person-accesses", params={"person": str(ref)})).json()[
            "items"
        ]
        assert (line["user_id"], line["purpose"]) == ("k111aaa", "edit_contact")


@pytest.mark.rule("REF-1d")
async def test_name_and_address_cannot_be_edited(given: Given) -> None:
    async with given(service) as world, world.http() as client:
        await world.handle(a_person_stated(), subject="ac-person-1")
        ref = await ref_of(world, "ac-person-1")

        answer = await client.post(f"/persons/{ref}:contact", json={"name": "Någon Annan"})

        assert (answer.status_code, answer.json()["field"]) == (422, "name")
