"""The vault over HTTP: found, resolved, added by hand, edited, and each access logged."""

from typing import Any

import pytest
from kvitt_contracts.orders import PersonRegistered, PersonsMerged
from kvitt_contracts.types import PersonRef, RegionCode, Role
from kvitt_testkit.world import Given, assert_rows_are_folds
from orders.app import service
from orders.people.models import PersonAccessRow, PersonDetailsRow, PersonRow
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from contracts.tests.builders.regions import CHILD, HOME, OLD_WOMAN, a_person_stated, a_user_stated
from contracts.tests.builders.story import SENDER, SENDING
from services.orders.tests.builders import an_identity, any_ref, cared_for, prescriber, registry
from services.orders.tests.vault import details_in, only_details
from services.orders.tests.worlds import CLERK, MONDAY, patient, place, ref_of

ONE_OF_ALL: dict[str, Any] = {"user": "k111aaa", "service_points": [SENDING]}
"""Who has every role of the register, and works where the prescriber does."""

WHO = {"identity": an_identity().model_dump(mode="json"), "purpose": "new_patient"}


async def test_a_person_is_found_by_the_number_in_the_body_and_the_look_is_logged(
    given: Given,
) -> None:
    async with given(service) as world, world.http() as client:
        await world.handle(a_person_stated(), subject="ac-person-1")

        found = await client.post("/persons:find", json=WHO)

        assert found.status_code == 200, found.text
        assert found.json()["person"] == str(await ref_of(world, "ac-person-1"))
        assert OLD_WOMAN not in found.text
        (access,) = await world.rows(PersonAccessRow)
        assert (access.user_id, access.look, access.purpose) == ("k082lno", "found", "new_patient")


async def test_a_number_that_nobody_has_is_not_found(given: Given) -> None:
    async with given(service) as world, world.http() as client:
        answer = await client.post("/persons:find", json=WHO)

        assert answer.status_code == 404
        assert OLD_WOMAN not in answer.text


@pytest.mark.rule("REF-1b")
async def test_a_number_with_a_wrong_check_digit_is_named_by_field_and_not_repeated(
    given: Given,
) -> None:
    async with given(service) as world, world.http() as client:
        wrong = "189001019803"
        answer = await client.post(
            "/persons:find",
            json={**WHO, "identity": {"kind": "personal_number", "number": wrong}},
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
        ref = str(await cared_for(world))

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
        refs = [str(await cared_for(world, named)) for named in ("ac-person-1", "ac-person-3")]
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
        ref = str(await cared_for(world))

        answer = await client.post("/persons:resolve", json={"refs": [ref], "purpose": purpose})

        (one,) = answer.json()["persons"]
        assert one["deceased"] is deceased


async def test_an_alias_resolves_to_the_person_it_stands_for(given: Given) -> None:
    async with given(service) as world, world.http() as client:
        await world.handle(a_person_stated(), subject="ac-person-1")
        await world.handle(a_person_stated(), subject="ac-person-2")
        await cared_for(world)
        alias = str(await ref_of(world, "ac-person-2"))

        answer = await client.post("/persons:resolve", json={"refs": [alias], "purpose": "display"})

        (one,) = answer.json()["persons"]
        assert one["asked"] == alias
        assert one["person"] == str(await ref_of(world, "ac-person-1"))


@pytest.mark.rule("REF-9a")
@pytest.mark.parametrize("purpose", ["delivery", "invoicing"])
async def test_a_prescriber_may_not_ask_where_things_are_taken(given: Given, purpose: str) -> None:
    async with given(service) as world, world.http(roles=[Role.PRESCRIBER]) as client:
        await world.handle(a_person_stated(), subject="ac-person-1")
        ref = str(await ref_of(world, "ac-person-1"))

        answer = await client.post("/persons:resolve", json={"refs": [ref], "purpose": purpose})

        assert answer.status_code == 403
        assert answer.json()["rule"] == "REF-18"
        assert await world.rows(PersonAccessRow) == []


@pytest.mark.rule("REF-9a")
@pytest.mark.parametrize(
    ("purpose", "has_address"),
    [("display", False), ("ordering", False), ("invoicing", False), ("delivery", True)],
)
async def test_only_delivery_resolves_the_address_of_a_protected_person(
    given: Given, purpose: str, has_address: bool
) -> None:
    async with given(service, at=MONDAY) as world, world.http(**ONE_OF_ALL) as client:
        await registry(world)
        await place(world)
        await world.handle(
            a_person_stated(version=2, protected=True, phone="070-1740605"), subject="ac-person-1"
        )
        ref = await patient(world)

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
    async with given(service, at=MONDAY) as world, world.http(**ONE_OF_ALL) as client:
        await registry(world)
        await place(world)
        ref = await patient(world)

        answer = await client.post("/persons:resolve", json={"refs": [ref], "purpose": purpose})

        assert (HOME.street in answer.text) is has_address


async def test_a_region_sees_no_person_of_another(given: Given) -> None:
    async with given(service) as world, world.http(region="bd") as client:
        await world.handle(a_person_stated(), subject="ac-person-1")
        ref = str(await ref_of(world, "ac-person-1"))

        resolved = await client.post("/persons:resolve", json={"refs": [ref], "purpose": "display"})
        found = await client.post("/persons:find", json=WHO)
        listed = await client.get("/persons")

        assert resolved.json() == {"persons": [], "unknown": [ref]}
        assert found.status_code == 404
        assert listed.json()["total"] == 0


TO_ADD = {
    "identity": {"kind": "personal_number", "number": OLD_WOMAN},
    "name": "Testa Hundraåring",
    "home_region": "bd",
    "asked_by": SENDER,
}


@pytest.mark.rule("REF-8a")
async def test_a_person_of_another_home_region_is_found_all_the_same(given: Given) -> None:
    async with given(service) as world, world.http() as client:
        stated = a_person_stated(home_region="bd")
        await world.handle(stated, subject="ac-person-1")

        found = await client.post("/persons:find", json=WHO)

        assert found.json()["region_person_id"] == "ac-person-1"


@pytest.mark.rule("REF-8b")
async def test_a_person_who_is_not_found_is_added_by_hand(given: Given) -> None:
    async with given(service) as world:
        await prescriber(world)
        clerk = a_user_stated(CLERK["user"], roles=CLERK["roles"])
        await world.handle(clerk, subject=CLERK["user"])
        async with world.http(**CLERK, service_points=[SENDING]) as client:
            added = await client.post("/persons", json=TO_ADD)
            found = await client.post("/persons:find", json=WHO)

        assert added.status_code == 201, added.text
        assert added.json() == found.json()
        assert "Hundraåring" not in added.text
        (event,) = await world.events(PersonRegistered)
        assert event.active
        await assert_rows_are_folds(world)


@pytest.mark.rule("REF-8b")
async def test_whoever_is_in_the_registry_is_not_added_again(given: Given) -> None:
    async with given(service) as world, world.http(**CLERK) as client:
        await prescriber(world)
        await world.handle(a_person_stated(name="Tess Testsson"), subject="ac-person-1")

        added = await client.post("/persons", json=TO_ADD)

        assert added.json()["region_person_id"] == "ac-person-1"
        details = await only_details(world)
        assert details.name == "Tess Testsson"


@pytest.mark.rule("REF-12h")
async def test_customer_service_adds_persons_and_prescribers_do_not(given: Given) -> None:
    async with given(service) as world, world.http(roles=[Role.PRESCRIBER]) as client:
        answer = await client.post("/persons", json=TO_ADD)

        assert answer.status_code == 403
        assert await world.rows(PersonRow) == []


@pytest.mark.rule("REF-12m")
async def test_it_is_stored_who_had_a_person_added(given: Given) -> None:
    async with given(service) as world, world.http(**CLERK) as client:
        await prescriber(world)

        added = (await client.post("/persons", json=TO_ADD)).json()

        assert (await world.row(PersonDetailsRow, PersonRef(added["person"]))).asked_by == SENDER


@pytest.mark.rule("REF-12m")
@pytest.mark.parametrize(
    ("asked_by", "reason"), [("k999xyz", "UNKNOWN_USER"), (None, "INVALID_FIELD")]
)
async def test_nobody_is_added_unless_somebody_known_asked_for_it(
    given: Given, asked_by: str | None, reason: str
) -> None:
    async with given(service) as world, world.http(**CLERK) as client:
        await prescriber(world)

        answer = (await client.post("/persons", json={**TO_ADD, "asked_by": asked_by})).json()

        assert (answer["reason"], answer["field"]) == (reason, "asked_by")
        assert await world.rows(PersonRow) == []


async def test_the_registry_takes_over_whom_somebody_added_by_hand(given: Given) -> None:
    async with given(service) as world, world.http(**CLERK) as client:
        await prescriber(world)
        added = (await client.post("/persons", json=TO_ADD)).json()
        await world.handle(a_person_stated(name="Tess Testsson"), subject="ac-person-1")

        (merged,) = await world.events(PersonsMerged)
        assert (str(merged.into), merged.region_person_id) == (added["person"], "ac-person-1")
        details = await only_details(world)
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
        details = await details_in(world, ref)
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
