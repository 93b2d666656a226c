"""REF-23: a person is erased: the key is destroyed, and what was written freely is deleted."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx
import pytest
from kvitt_chassis.operating.row_comparison import differences
from kvitt_contracts.orders import PersonErased, PersonRegistered
from kvitt_contracts.types import (
    PersonRef,
    RegionPersonId,
    Role,
    ServicePointId,
    Thing,
    UserId,
    Word,
)
from kvitt_testkit.world import Given, World
from orders.app import service
from orders.care.models import CareDeviceRow
from orders.cases.commands import AskCaseInWords
from orders.cases.models import CaseRow
from orders.customer_orders.models import OrderDetailsRow
from orders.erasures import domain
from orders.erasures.domain import ErasureRefused, Left
from orders.people.commands import KeepContact
from orders.people.corrections import PersonCorrectionRow
from orders.people.domain import Look, Person, PersonRefused, merge
from orders.people.keys.models import PersonKeyRow
from orders.people.keys.sealing import ERASED, NotOpened, unseal
from orders.people.models import PersonAccessRow, PersonDetailsRow, PersonRow

from contracts.tests.builders.regions import OLD_WOMAN, a_person_joined, a_person_stated
from contracts.tests.builders.story import SENDER, SENDING
from services.orders.tests.builders import a_reserve_number, registry
from services.orders.tests.worlds import CLERK, MONDAY, placed_over_http, ref_of

WHY = "Begäran enligt artikel 17"
NOTHING = Left(devices=0, orders=0, pickups=0, work_orders=0, fault_reports=0, cases=0)
LENT = replace(NOTHING, devices=1)
PERSON = Person(
    id=PersonRef(UUID(int=1)),
    region_person_id=RegionPersonId("ac-person-1"),
    active=True,
)


async def erased(world: World, ref: PersonRef, **body: Any) -> httpx.Response:
    async with world.http(**CLERK) as client:
        return await client.post(f"/persons/{ref}:erase", json={"why": WHY, **body})


async def assert_persons_are_folds(world: World) -> None:
    async with world.worker.reading() as session:
        found = await differences(session, service.base)
    assert {one.table for one in found} <= {"users"}  # who acts is registered without an event


async def an_order_with_texts(world: World) -> tuple[PersonRef, UUID]:
    async with world.http() as client:
        await registry(world)
        delivery = {"to": {"kind": "recipient"}, "instructions": "Ring på hos grannen"}
        order = await placed_over_http(world, client, delivery=delivery)
    return await ref_of(world), UUID(order["order_id"])


@pytest.mark.rule("REF-23c")
def test_who_has_a_device_is_not_erased_but_by_order() -> None:
    with pytest.raises(ErasureRefused) as refused:
        domain.must_be_over(PERSON, left=LENT, is_ordered=False)

    assert (refused.value.reason, refused.value.rule) == ("PERSON_HAS_SOMETHING_LEFT", "REF-23")
    domain.must_be_over(PERSON, left=LENT, is_ordered=True)
    domain.must_be_over(PERSON, left=NOTHING, is_ordered=False)


@pytest.mark.rule("REF-23a")
async def test_an_erased_person_is_found_no_more_and_nothing_of_them_opens(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await world.handle(a_person_stated(name="Tess Testsson"), subject="ac-person-1")
        ref = await ref_of(world)
        (before,) = await world.rows(PersonDetailsRow)
        sealed = before.name_stored  # type: ignore[attr-defined]

        answer = await erased(world, ref)

        assert answer.status_code == 200, answer.text
        assert not await world.rows(PersonDetailsRow) + await world.rows(PersonKeyRow)
        with pytest.raises(NotOpened):
            unseal(b"\0" * 32, sealed, bound_to=f"ac/{ref}/person_details.name")
        assert await world.events(PersonErased) == [PersonErased(person=ref)]
        await assert_persons_are_folds(world)
        async with world.http(**CLERK) as client:
            identity = {"kind": "personal_number", "number": OLD_WOMAN}
            body = {"identity": identity, "purpose": "case"}
            assert (await client.post("/persons:find", json=body)).status_code == 404


@pytest.mark.rule("REF-23a")
@pytest.mark.parametrize("erased_one", [0, 1])
def test_an_erased_reference_is_merged_with_none(erased_one: int) -> None:
    both = [PERSON, replace(PERSON, id=PersonRef(UUID(int=2)))]
    both[erased_one] = replace(both[erased_one], active=False, is_erased=True)

    with pytest.raises(PersonRefused) as refused:
        merge(both[0], into=both[1])

    assert (refused.value.reason, refused.value.field) == ("PERSON_IS_ERASED", "into")


@pytest.mark.rule("REF-23a")
async def test_every_reference_of_a_person_is_erased(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await world.handle(a_person_stated(), subject="ac-person-1")
        await world.handle(a_person_stated(a_reserve_number()), subject="ac-person-2")
        alias = await ref_of(world, "ac-person-2")
        await world.handle(a_person_joined("ac-person-2"), subject="ac-person-1")
        current = await ref_of(world)

        await erased(world, alias)

        assert {one.person for one in await world.events(PersonErased)} == {alias, current}
        assert not await world.rows(PersonKeyRow)
        assert all(one.is_erased for one in await world.rows(PersonRow))


@pytest.mark.rule("REF-23b")
@pytest.mark.rule("REF-23c")
async def test_what_is_open_is_shown_first_and_stands_against_it(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        ref, order = await an_order_with_texts(world)

        async with world.http(**CLERK) as client:
            shown = (await client.get(f"/persons/{ref}/erasure")).json()
        refused = await erased(world, ref)

        hindering = [(one["what"], one["count"]) for one in shown["hindered_by"]]
        assert hindering == [("Utlånade hjälpmedel", 1), ("Öppna ordrar", 1)]
        assert [one["count"] for one in shown["erased"]] == [1, 1]
        assert shown["remains"][0]["count"] == 1
        assert all(one["law"] for one in shown["remains"])
        assert refused.status_code == 422
        assert refused.json()["reason"] == "PERSON_HAS_SOMETHING_LEFT"
        assert (await world.row(OrderDetailsRow, order)) is not None


@pytest.mark.rule("REF-23c")
async def test_a_case_that_waits_for_its_answer_stands_against_it(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await registry(world)
        ref = await ref_of(world)
        asked = AskCaseInWords(
            kind=Word("other"),
            about=Thing(kind=Word("person"), id=ref),
            service_point=ServicePointId(SENDING),
            by=UserId(SENDER),
            text="Tess ringer själv",
        )
        await world.command(asked, target=UUID(int=1))

        async with world.http(**CLERK) as client:
            shown = (await client.get(f"/persons/{ref}/erasure")).json()
        refused = await erased(world, ref)

        hindering = [(one["what"], one["count"]) for one in shown["hindered_by"]]
        assert hindering[-1] == ("Ärenden som väntar på svar", 1)
        assert refused.json()["reason"] == "PERSON_HAS_SOMETHING_LEFT"


@pytest.mark.rule("REF-23d")
async def test_what_was_written_of_their_order_goes_and_the_order_stays(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        ref, order = await an_order_with_texts(world)

        answer = await erased(world, ref, is_ordered=True)

        assert answer.status_code == 200, answer.text
        assert not await world.rows(OrderDetailsRow)
        async with world.http(**CLERK) as client:
            kept = await client.get(f"/orders/{order}")
        assert kept.status_code == 200, kept.text
        await assert_persons_are_folds(world)


@pytest.mark.rule("REF-23e")
async def test_who_is_stated_again_is_somebody_new(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await world.handle(a_person_stated(), subject="ac-person-1")
        before = await ref_of(world)
        await erased(world, before)

        await world.handle(a_person_stated(version=2), subject="ac-person-1")

        assert await ref_of(world) != before
        assert len(await world.events(PersonRegistered)) == 2


@pytest.mark.rule("REF-23d")
async def test_what_was_asked_of_the_person_and_what_they_have_goes(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        ref, order = await an_order_with_texts(world)
        (device,) = await world.rows(CareDeviceRow)
        about = {"person": ref, "device": device.device_id, "order": order}
        for number, (kind, thing) in enumerate(about.items(), 1):
            asked = AskCaseInWords(
                kind=Word("other"),
                about=Thing(kind=Word(kind), id=thing),
                service_point=ServicePointId(SENDING),
                by=UserId(SENDER),
                text="Tess ringer själv",
            )
            await world.command(asked, target=UUID(int=number))

        await erased(world, ref, is_ordered=True)

        assert [one.text for one in await world.rows(CaseRow)] == [ERASED] * 3


@pytest.mark.rule("REF-23f")
async def test_an_erasure_is_logged_with_who_and_why_once(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await world.handle(a_person_stated(), subject="ac-person-1")
        ref = await ref_of(world)
        for _ in range(2):
            assert (await erased(world, ref)).status_code == 200

        (line,) = [one for one in await world.rows(PersonAccessRow) if one.look is Look.ERASED]
        assert (line.user_id, line.person, line.reason) == (CLERK["user"], ref, WHY)


async def test_a_prescriber_erases_nobody(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await world.handle(a_person_stated(), subject="ac-person-1")
        ref = await ref_of(world)
        async with world.http(roles=[Role.PRESCRIBER]) as client:
            answer = await client.post(f"/persons/{ref}:erase", json={"why": WHY})

        assert answer.status_code == 403
        assert await world.rows(PersonKeyRow)


@pytest.mark.rule("REF-24a", "REF-24b", "REF-24c")
async def test_what_is_stored_of_a_person_is_told_with_what_was_corrected_and_who_looked(
    given: Given,
) -> None:
    async with given(service, at=MONDAY) as world:
        await world.handle(a_person_stated(name="Tess Testsson"), subject="ac-person-1")
        await world.handle(a_person_stated(version=2, name="Tess Nygift"), subject="ac-person-1")
        ref = await ref_of(world)
        await world.command(KeepContact(phone="070-1740611"), target=ref)

        async with world.http(user="ac-system", roles=[Role.REGION_SYSTEM]) as client:
            first = (await client.post(f"/persons/{ref}:export")).json()
            second = (await client.post(f"/persons/{ref}:export")).json()

        assert (first["name"], first["identity"]["number"]) == ("Tess Nygift", OLD_WOMAN)
        corrected = {(one["field"], one["was"], one["now"]) for one in first["corrections"]}
        assert corrected == {
            ("name", "Tess Testsson", "Tess Nygift"),
            ("phone", None, "070-1740611"),
        }
        assert second["looks"][0]["look"] == "exported"
        told = str(await world.rows(PersonCorrectionRow)) + str(
            [vars(one) for one in await world.rows(PersonCorrectionRow)]
        )
        assert "Testsson" not in told


@pytest.mark.rule("REF-23a")
async def test_of_an_erased_person_nothing_is_told(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await world.handle(a_person_stated(name="Tess Testsson"), subject="ac-person-1")
        await world.handle(a_person_stated(version=2, name="Tess Nygift"), subject="ac-person-1")
        ref = await ref_of(world)
        await erased(world, ref)

        async with world.http(user="ac-system", roles=[Role.REGION_SYSTEM]) as client:
            assert (await client.post(f"/persons/{ref}:export")).status_code == 404
        async with world.http(roles=[Role.PRESCRIBER]) as client:
            opened = await client.post(f"/persons/{ref}:open", json={"reason": "Hittad medvetslös"})
        assert opened.status_code == 404
        assert not await world.rows(PersonCorrectionRow)


async def test_a_reference_is_made_an_alias_by_the_regions_system(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await world.handle(a_person_stated(), subject="ac-person-1")
        await world.handle(a_person_stated(a_reserve_number()), subject="ac-person-2")
        first, second = await ref_of(world), await ref_of(world, "ac-person-2")

        async with world.http(user="ac-system", roles=[Role.REGION_SYSTEM]) as client:
            answer = await client.post(f"/persons/{second}:merge", json={"into": str(first)})

        assert answer.json()["merged_into"] == str(first)
        (details,) = await world.rows(PersonDetailsRow)
        assert details.person == first
