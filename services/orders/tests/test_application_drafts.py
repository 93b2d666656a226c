"""ACT-5g: applications that are being written: gone on with, sent, thrown away, removed."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from kvitt_contracts.orders import WorkOrderRegistered
from kvitt_contracts.types import Role
from kvitt_testkit.world import Given, World, stockholm
from orders.app import service
from orders.work_orders.drafts.models import ApplicationDraftRow
from orders.work_orders.models import WorkOrderRow

from contracts.tests.builders.regions import a_person_joined, a_user_stated
from contracts.tests.builders.story import OUTSIDER, RECEIVING, SENDING
from services.orders.tests.work_orders import COMPLETE, STAFF, a_unit_with_work
from services.orders.tests.worlds import MONDAY, patient

COLLEAGUE = "k083abc"
WRITES: dict[str, Any] = {"roles": [Role.PRESCRIBER], "service_points": [SENDING]}
BESIDE: dict[str, Any] = {**WRITES, "user": COLLEAGUE}
ELSEWHERE: dict[str, Any] = {
    "user": OUTSIDER,
    "roles": [Role.PRESCRIBER],
    "service_points": [RECEIVING],
}
DRAFTS = "/application-drafts"

pytestmark = pytest.mark.rule("ACT-5g")


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A unit with a patient, a colleague there, and somebody of another unit."""
    async with given(service, at=MONDAY) as world:
        await a_unit_with_work(world)
        await world.handle(a_user_stated(COLLEAGUE, SENDING), subject=COLLEAGUE)
        yield world


async def draft(world: World, **said: Any) -> dict[str, Any]:
    """What is written of an application so far."""
    return {
        "recipient": {"kind": "patient", "person": await patient(world)},
        "service_point": SENDING,
        "application": said,
    }


async def begun(client: httpx.AsyncClient, world: World, **said: Any) -> dict[str, Any]:
    """A draft that is kept."""
    answer = await client.post(DRAFTS, json=await draft(world, **said))
    assert answer.status_code == 201, answer.text
    view: dict[str, Any] = answer.json()
    return view


def seen(view: dict[str, Any]) -> dict[str, Any]:
    """A draft as it was seen."""
    return {"draft_id": view["draft_id"], "version": view["version"]}


async def applied(client: httpx.AsyncClient, world: World, view: dict[str, Any]) -> httpx.Response:
    """What comes of sending a complete application that was begun as a draft."""
    body = await draft(world, **COMPLETE) | {"kind": "application", "draft": seen(view)}
    return await client.post("/work-orders", json=body)


async def listed(client: httpx.AsyncClient, **query: Any) -> list[str]:
    """The drafts that a list has."""
    answer = await client.get(DRAFTS, params=query)
    assert answer.status_code == 200, answer.text
    return [one["draft_id"] for one in answer.json()["items"]]


async def test_a_draft_may_lack_anything_and_says_what(world: World) -> None:
    async with world.http(**WRITES) as client:
        empty = await begun(client, world)
        view = await begun(client, world, **COMPLETE | {"need": None, "tried": " "})

    assert len(empty["missing"]) == 7
    assert [one["field"] for one in view["missing"]] == ["need", "tried"]
    assert view["missing"][0]["said"] == "behovet"
    assert view["removed_on"] == "2026-04-01"


async def test_a_draft_is_no_application(world: World) -> None:
    before = len(await world.events())

    async with world.http(**WRITES) as client:
        view = await begun(client, world, **COMPLETE)
        await client.post(f"{DRAFTS}/{view['draft_id']}:save", json=await saving(world, view))
        works = (await client.get("/work-orders")).json()["items"]

    assert len(await world.events()) == before
    assert works == []
    assert await world.rows(WorkOrderRow) == []


async def saving(world: World, view: dict[str, Any], **said: Any) -> dict[str, Any]:
    """What saves a draft as it was seen."""
    return await draft(world, **said) | {"version": view["version"]}


async def test_a_colleague_at_the_service_point_goes_on_with_it(world: World) -> None:
    async with world.http(**WRITES) as client:
        view = await begun(client, world, need="Hör inte läraren.")
    path = f"{DRAFTS}/{view['draft_id']}"

    async with world.http(**BESIDE) as client:
        assert await listed(client, recipient=await patient(world)) == [view["draft_id"]]
        body = await saving(world, view, need="Hör inte läraren i klassrummet.")
        gone_on = (await client.post(f"{path}:save", json=body)).json()
        answer = await applied(client, world, gone_on)

    assert (gone_on["begun_by"], gone_on["saved_by"]) == (view["saved_by"], COLLEAGUE)
    assert gone_on["application"]["need"] == "Hör inte läraren i klassrummet."
    assert answer.status_code == 201, answer.text


async def test_nobody_else_reaches_it(world: World) -> None:
    async with world.http(**WRITES) as client:
        view = await begun(client, world)
        body = await saving(world, view)
    path = f"{DRAFTS}/{view['draft_id']}"

    for other in (ELSEWHERE, STAFF):
        async with world.http(**other) as client:
            assert await listed(client) == []
            answers = [
                await client.get(path),
                await client.post(f"{path}:discard", json={"version": 1}),
            ]
            assert [one.status_code for one in answers] == [404, 404]
            assert answers[0].json()["reason"] == "UNKNOWN_APPLICATION_DRAFT"
            sent = await applied(client, world, view)
            assert sent.status_code == 404
    assert sent.json()["reason"] == "UNKNOWN_APPLICATION_DRAFT"  # staff reach the patient
    async with world.http(**ELSEWHERE) as client:
        answer = await client.post(DRAFTS, json=body | {"version": None})
        assert answer.status_code in (404, 422)
    assert len(await world.rows(ApplicationDraftRow)) == 1
    assert await world.rows(WorkOrderRow) == []


async def test_what_was_changed_meanwhile_is_not_written_over(world: World) -> None:
    async with world.http(**WRITES) as client:
        view = await begun(client, world, need="Först.")
        path = f"{DRAFTS}/{view['draft_id']}"
        await client.post(f"{path}:save", json=await saving(world, view, need="Sedan."))

        answers = [
            await client.post(f"{path}:save", json=await saving(world, view, need="Sist.")),
            await client.post(f"{path}:discard", json={"version": view["version"]}),
            await applied(client, world, view),
        ]
        kept = (await client.get(path)).json()

    assert [one.json()["reason"] for one in answers] == ["DRAFT_CHANGED"] * 3
    assert (kept["version"], kept["application"]["need"]) == (2, "Sedan.")
    assert await world.rows(WorkOrderRow) == []


async def test_of_two_who_save_at_once_one_is_told(world: World) -> None:
    async with world.http(**WRITES) as client:
        view = await begun(client, world)
        path = f"{DRAFTS}/{view['draft_id']}:save"
        bodies = [await saving(world, view, need=f"Nummer {n}.") for n in range(4)]
        answers = await asyncio.gather(*(client.post(path, json=body) for body in bodies))

    assert sorted(one.status_code for one in answers) == [200, 409, 409, 409]
    (row,) = await world.rows(ApplicationDraftRow)
    assert row.version == 2


async def test_what_is_sent_is_registered_by_the_same_rules_and_is_a_draft_no_more(
    world: World,
) -> None:
    async with world.http(**WRITES) as client:
        view = await begun(client, world)
        body = await draft(world) | {"kind": "application", "draft": seen(view)}
        incomplete = await client.post("/work-orders", json=body)
        assert await listed(client) == [view["draft_id"]]

        sent = await asyncio.gather(*(applied(client, world, view) for _ in range(3)))
        assert await listed(client) == []

    assert incomplete.json()["reason"] == "APPLICATION_INCOMPLETE"
    assert sorted(one.status_code for one in sent)[0] == 201
    assert {one.json()["reason"] for one in sent if one.status_code != 201} == {
        "UNKNOWN_APPLICATION_DRAFT"
    }
    assert len(await world.events(WorkOrderRegistered)) == 1


async def test_what_is_sent_twice_by_one_key_is_answered_twice(world: World) -> None:
    key = {"Idempotency-Key": "11111111-1111-4111-8111-111111111111"}
    async with world.http(**WRITES) as client:
        view = await begun(client, world)
        body = await draft(world, **COMPLETE) | {"kind": "application", "draft": seen(view)}
        answers = [await client.post("/work-orders", json=body, headers=key) for _ in range(2)]

    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()


async def test_other_work_is_begun_as_no_draft(world: World) -> None:
    async with world.http(**WRITES) as client:
        view = await begun(client, world)
        body = await draft(world) | {"kind": "maintenance", "draft": seen(view)}
        del body["application"]
        answer = await client.post("/work-orders", json=body)
        assert await listed(client) == [view["draft_id"]]

    assert (answer.status_code, answer.json()["reason"]) == (422, "NOT_AN_APPLICATION")


async def test_what_is_sent_for_somebody_else_uses_no_draft_up(world: World) -> None:
    async with world.http(**WRITES) as client:
        view = await begun(client, world)
        whole = await draft(world, **COMPLETE) | {"kind": "application", "draft": seen(view)}
        child = {"kind": "patient", "person": await patient(world, "ac-child")}
        refused = [
            await client.post("/work-orders", json=whole | {"recipient": other})
            for other in (child, {"kind": "care_unit", "unit": "30110"})
        ]
        assert await listed(client) == [view["draft_id"]]

        await world.handle(a_person_joined("ac-child"), subject="ac-person-1")
        joined = await client.post("/work-orders", json=whole | {"recipient": child})

    assert {one.json()["reason"] for one in refused} == {"NOT_THE_DRAFTS_RECIPIENT"}
    assert joined.status_code == 201, joined.text


async def test_it_is_thrown_away(world: World) -> None:
    async with world.http(**WRITES) as client:
        view = await begun(client, world)
        path = f"{DRAFTS}/{view['draft_id']}"
        answer = await client.post(f"{path}:discard", json={"version": 1})
        again = await client.get(path)

    assert (answer.status_code, again.status_code) == (200, 404)
    assert await world.advance(stockholm("2026-04-02 00:00")) == 0


async def test_it_is_removed_when_nobody_has_gone_on_with_it(world: World) -> None:
    async with world.http(**WRITES) as client:
        old = await begun(client, world)
        view = await begun(client, world)
        await world.advance(stockholm("2026-03-20 12:00"))
        body = await saving(world, view)
        later = (await client.post(f"{DRAFTS}/{view['draft_id']}:save", json=body)).json()
        assert later["removed_on"] == "2026-04-19"

        await world.advance(stockholm("2026-03-31 23:59"))
        assert len(await listed(client)) == 2
        await world.advance(stockholm("2026-04-01 00:00"))
        assert await listed(client) == [view["draft_id"]]
        assert (await client.get(f"{DRAFTS}/{old['draft_id']}")).status_code == 404
        await world.advance(stockholm("2026-04-19 00:00"))
        assert await listed(client) == []


async def test_it_follows_a_person_who_is_joined(world: World) -> None:
    async with world.http(**WRITES) as client:
        view = await begun(client, world)
        await world.handle(a_person_joined("ac-child"), subject="ac-person-1")
        found = await listed(client, recipient=await patient(world, "ac-child"))

    assert found == [view["draft_id"]]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"service_point": RECEIVING}, "NOT_CONNECTED_TO_SERVICE_POINT"),
        ({"service_point": "99999"}, "UNKNOWN_CUSTOMER"),
        ({"application": {"need": "x" * 2001}}, "INVALID"),
        ({"application": {"need": "a\x00b"}}, "INVALID"),
        ({"recipient": {"kind": "care_unit", "unit": "30110"}}, "INVALID"),
    ],
)
async def test_what_is_wrong_is_refused(world: World, changes: dict[str, Any], reason: str) -> None:
    async with world.http(**WRITES) as client:
        answer = await client.post(DRAFTS, json=await draft(world) | changes)

    assert answer.status_code in (404, 422)
    assert answer.json()["reason"].startswith(reason), answer.text
    assert await world.rows(ApplicationDraftRow) == []


async def test_it_may_be_of_no_service_point_and_then_of_the_writer_alone(world: World) -> None:
    async with world.http(**WRITES) as client:
        answer = await client.post(DRAFTS, json=await draft(world) | {"service_point": None})
        assert await listed(client) == [answer.json()["draft_id"]]
    async with world.http(**BESIDE) as client:
        assert await listed(client) == []
