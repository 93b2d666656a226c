"""CAS-1j: what a patient who moves has is offered in one case, on real PostgreSQL."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from kvitt_contracts.orders import (
    CaseAsked,
)
from kvitt_contracts.types import (
    PatientRecipient,
)
from kvitt_testkit.world import Given, World, assert_rows_are_folds
from orders.app import service

from contracts.tests.builders.inventory import (
    a_custody,
    a_custody_changed_by_order,
    a_device_registered,
    an_article_listed,
)
from contracts.tests.builders.regions import a_person_stated
from contracts.tests.builders.story import (
    OUTSIDER,
    RECEIVING,
    SENDING,
    device_id,
    order_id,
)
from documents.tests.reading import pages
from services.orders.tests.cases import (
    C1,
    MINE,
    STAFF,
    THEIRS,
    a_place_of_cases,
    asked,
)
from services.orders.tests.pickups import DEVICES
from services.orders.tests.worlds import MONDAY, patient, ref_of


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A patient with devices on loan, an order and a pickup, on a Monday; and another unit."""
    async with given(service, at=MONDAY) as world:
        await a_place_of_cases(world)
        yield world


MOVES: dict[str, Any] = {
    "kind": "patient_moves",
    "service_point": SENDING,
    "devices": list(DEVICES[:2]),
    "text": "Flyttar till Region Uppsala: fakturaadress Box 1, kontakt Kim på hjälpmedel.",
}


async def has(world: World, *devices: str, **custody: Any) -> None:
    """The patient has these devices."""
    at = PatientRecipient(person=await ref_of(world, "ac-person-1"))
    for device in devices:
        change = a_custody_changed_by_order(device, to=a_custody(at, **custody))
        await world.handle(change)


async def offering(world: World, **changes: Any) -> tuple[int, Any]:
    """What orders answers to a prescriber who offers what the patient has."""
    about = {"kind": "person", "id": await patient(world)}
    async with world.http(**MINE) as client:
        answer = await client.post("/cases", json={**MOVES, "about": about, **changes})
    return answer.status_code, answer.json()


@pytest.mark.rule("CAS-1j")
async def test_what_a_patient_who_moves_has_is_offered_in_one_case(world: World) -> None:
    await has(world, *DEVICES)

    status, made = await offering(world)

    assert (status, made["status"]) == (201, "waiting")
    ids = [str(device_id(one)) for one in DEVICES[:2]]
    assert made["devices"] == ids
    (event,) = await world.events(CaseAsked)
    assert [str(one) for one in event.devices] == ids
    assert "Uppsala" not in event.model_dump_json()
    await assert_rows_are_folds(world)


@pytest.mark.rule("CAS-1j")
@pytest.mark.parametrize(
    ("changes", "reason", "field"),
    [
        ({"devices": []}, "DEVICES_MISSING", "devices"),
        ({"devices": [DEVICES[0], DEVICES[0]]}, "DEVICE_TWICE", "devices.1"),
        ({"devices": [DEVICES[0], "404404"]}, "UNKNOWN_DEVICE", "devices.1"),
        ({"text": None}, "TEXT_MISSING", "text"),
        ({"kind": "other"}, "DOES_NOT_FIT", "devices"),
        ({"about": None}, "ABOUT_MISSING", "about"),
        (
            {"about": {"kind": "order", "id": str(order_id("ORD-A"))}},
            "DOES_NOT_FIT",
            "about.kind",
        ),
    ],
)
async def test_an_offer_names_what_the_patient_has_once_and_says_to_whom(
    world: World, changes: dict[str, Any], reason: str, field: str
) -> None:
    await has(world, *DEVICES)

    status, problem = await offering(world, **changes)

    assert (status, problem["reason"], problem["field"]) == (422, reason, field)
    assert problem["way_on"]
    assert await world.events(CaseAsked) == []


@pytest.mark.rule("CAS-1j")
async def test_only_what_the_patient_has_and_the_asker_sees_is_offered(world: World) -> None:
    await has(world, DEVICES[0])
    await has(world, "170777", customer=RECEIVING, prescriber=OUTSIDER)

    hidden = await offering(world, devices=["170777"])
    of_another = await offering(world, devices=[DEVICES[1]])

    assert [(one[0], one[1]["reason"]) for one in (hidden, of_another)] == [
        (422, "UNKNOWN_DEVICE"),
        (422, "UNKNOWN_DEVICE"),
    ]
    assert (await offering(world, devices=[DEVICES[0]]))[0] == 201


@pytest.mark.rule("CAS-1j")
async def test_what_waits_for_an_answer_is_not_offered_again(world: World) -> None:
    await has(world, *DEVICES)
    await offering(world)
    status, problem = await offering(world, devices=[DEVICES[1]])
    assert (status, problem["reason"], problem["field"]) == (
        422,
        "ALREADY_OFFERED",
        "devices.0",
    )

    (event,) = await world.events(CaseAsked)
    async with world.http(**STAFF) as client:
        answer = {"outcome": "refused", "text": "Regionen vill inte köpa."}
        answered = await client.post(f"/cases/{event.case_id}:answer", json=answer)

    assert answered.status_code == 200
    assert (await offering(world, devices=[DEVICES[1]]))[0] == 201


@pytest.mark.rule("CAS-1j", "CAS-1c", "REF-19e")
async def test_what_is_offered_is_printed_for_those_who_read_the_case(world: World) -> None:
    await has(world, *DEVICES)
    await world.handle(an_article_listed("31222-07", name="Hörapparat Vinga"))
    await world.handle(a_device_registered(DEVICES[0], article="31222-07"))
    _, made = await offering(world)
    await asked(world)

    async def printed(who: dict[str, Any], case: str) -> Any:
        async with world.http(**who) as client:
            return await client.get(f"/cases/{case}/slip")

    answer = await printed(STAFF, made["case_id"])
    assert answer.headers["cache-control"] == "no-store"
    (page,) = pages(answer.content)
    assert f"1 {DEVICES[0]} 31222-07 Hörapparat Vinga 2 okänt" in page
    assert MOVES["text"] in page
    assert "Tess" not in page
    stated = a_person_stated(version=3, protected=True)
    await world.handle(stated, subject="ac-person-1")
    elsewhere = {**STAFF, "service_points": [RECEIVING]}
    (page,) = pages((await printed(elsewhere, made["case_id"])).content)
    assert DEVICES[0] not in page
    assert "Vinga" not in page
    assert "visas inte Ett hjälpmedel som du inte ser" in page
    (page,) = pages((await printed(MINE, made["case_id"])).content)
    assert DEVICES[0] in page
    nothing = await printed(MINE, str(C1))
    assert (nothing.status_code, nothing.json()["reason"]) == (409, "NOTHING_OFFERED")
    assert (await printed(THEIRS, made["case_id"])).status_code == 404
