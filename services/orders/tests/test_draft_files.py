"""ORD-1i: a draft of an order keeps its work and its files, which go with the order or with it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from kvitt_contracts.types import Role
from kvitt_testkit.world import Given, World
from orders.app import service
from orders.attachments.models import AttachmentRow
from orders.people.models import PersonAccessRow

from contracts.tests.builders.regions import a_user_stated
from contracts.tests.builders.story import OUTSIDER, RECEIVING, SENDING
from services.orders.tests.work_orders import a_unit_with_work
from services.orders.tests.worlds import MONDAY, a_body, patient

COLLEAGUE = "k083abc"
WRITES: dict[str, Any] = {"roles": [Role.PRESCRIBER], "service_points": [SENDING]}
BESIDE: dict[str, Any] = {**WRITES, "user": COLLEAGUE}
ELSEWHERE: dict[str, Any] = {
    "user": OUTSIDER,
    "roles": [Role.PRESCRIBER],
    "service_points": [RECEIVING],
}
DRAFTS = "/order-drafts"
WORK = "Sätt upp en ramp vid trappan."

pytestmark = pytest.mark.rule("ORD-1i")


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A unit with a patient, and a colleague there."""
    async with given(service, at=MONDAY) as world:
        await a_unit_with_work(world)
        await world.handle(a_user_stated(COLLEAGUE, SENDING), subject=COLLEAGUE)
        yield world


async def a_file(client: httpx.AsyncClient, name: str = "Intyg.txt") -> str:
    """A file that was sent in."""
    said = {"Content-Type": "text/plain", "X-Filename": name}
    answer = await client.post("/attachments", content=b"Enligt intyg.", headers=said)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["attachment_id"])


async def written(world: World, *files: str, **more: Any) -> dict[str, Any]:
    """What is kept: work, and files."""
    return {
        "recipient": {"kind": "patient", "person": await patient(world)},
        "service_point": SENDING,
        "written": {"work": WORK},
        "attachments": list(files),
        **more,
    }


async def begun(client: httpx.AsyncClient, world: World, *files: str) -> dict[str, Any]:
    """A draft that is kept."""
    answer = await client.post(DRAFTS, json=await written(world, *files))
    assert answer.status_code == 201, answer.text
    view: dict[str, Any] = answer.json()
    return view


async def later(world: World) -> None:
    """The next day but one: what belongs to nothing is gone."""
    await world.advance(await world.now() + timedelta(days=2))


async def left(world: World) -> set[str]:
    """The files that there are."""
    return {str(one.attachment_id) for one in await world.rows(AttachmentRow)}


async def test_work_and_files_are_there_the_next_day(world: World) -> None:
    async with world.http(**WRITES) as client:
        file = await a_file(client)
        view = await begun(client, world, file)
        await later(world)
        shown = (await client.get(f"{DRAFTS}/{view['draft_id']}")).json()
        read = await client.get(f"/attachments/{file}")

    assert shown["written"]["work"] == WORK
    assert shown["attachments"] == [{"attachment_id": file, "name": "Intyg.txt"}]
    assert read.text == "Enligt intyg."


@pytest.mark.rule("ORD-16e")
async def test_a_colleague_reads_them_and_sends_them_with_the_order_and_nobody_else_does(
    world: World,
) -> None:
    async with world.http(**WRITES) as client:
        file, other = await a_file(client), await a_file(client)
        view = await begun(client, world, file, other)
        looks = len(await world.rows(PersonAccessRow))
    async with world.http(**ELSEWHERE) as client:
        assert (await client.get(f"/attachments/{file}")).status_code == 404
    seen = {"draft_id": view["draft_id"], "version": 1}
    async with world.http(**BESIDE) as client:
        assert (await client.get(f"/attachments/{file}")).status_code == 200
        assert len(await world.rows(PersonAccessRow)) == looks + 1
        loose = await client.post(
            "/orders", json=await a_body(world, prescriber=COLLEAGUE, attachments=[file])
        )
        placed = await client.post(
            "/orders",
            json=await a_body(
                world,
                prescriber=COLLEAGUE,
                draft=seen,
                attachments=[file],
                delivery={"order_phone": "070-174 06 05", "recipient_phone": "070-174 06 06"},
            ),
        )
        assert placed.status_code == 201, placed.text
        path = f"/orders/{placed.json()['order_id']}/attachments"
        await later(world)
        listed = (await client.get(path)).json()["attachments"]

    assert loose.json()["reason"] == "UNKNOWN_ATTACHMENT"
    assert [one["attachment_id"] for one in listed] == [file]
    assert await left(world) == {file}


async def test_what_is_taken_out_of_a_draft_or_goes_with_it_is_deleted(world: World) -> None:
    async with world.http(**WRITES) as client:
        kept, out, thrown = [await a_file(client) for _ in range(3)]
        view = await begun(client, world, kept, out)
        second = await begun(client, world, thrown)
        body = await written(world, kept, version=1)
        saved = await client.post(f"{DRAFTS}/{view['draft_id']}:save", json=body)
        await client.post(f"{DRAFTS}/{second['draft_id']}:discard", json={"version": 1})
        await later(world)

    assert saved.status_code == 200, saved.text
    assert await left(world) == {kept}
    await world.advance(MONDAY + timedelta(days=40))  # the draft is removed, and then its file
    await later(world)
    assert await left(world) == set()


async def test_a_file_is_of_one_draft_and_ones_own_or_its_drafts(world: World) -> None:
    async with world.http(**WRITES) as client:
        taken, loose = await a_file(client), await a_file(client)
        view = await begun(client, world, taken)
        twice = await client.post(DRAFTS, json=await written(world, taken))
        order = await client.post("/orders", json=await a_body(world, attachments=[taken]))
    async with world.http(**BESIDE) as client:
        others = await client.post(DRAFTS, json=await written(world, loose))
        body = await written(world, taken, version=1)
        gone_on = await client.post(f"{DRAFTS}/{view['draft_id']}:save", json=body)

    assert [one.json()["reason"] for one in (twice, order)] == ["ALREADY_ATTACHED"] * 2
    assert others.json()["reason"] == "UNKNOWN_ATTACHMENT"
    assert gone_on.status_code == 200, gone_on.text


@pytest.mark.rule("ORD-16c")
@pytest.mark.parametrize("path", ["/orders", DRAFTS])
async def test_more_files_than_an_order_may_have_are_refused_by_their_field(
    world: World, path: str
) -> None:
    async with world.http(**WRITES) as client:
        files = [await a_file(client) for _ in range(21)]
        body = await (a_body(world) if path == "/orders" else written(world))
        answer = (await client.post(path, json=body | {"attachments": files})).json()

    assert (answer["reason"], answer["rule"], answer["field"]) == (
        "TOO_MANY",
        "ORD-16",
        "attachments",
    )
    assert "Högst 20" in answer["way_on"]
