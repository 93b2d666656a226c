"""ORD-1e: orders that are being written: gone on with, placed, thrown away, removed."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from kvitt_contracts.orders import OrderPlaced
from kvitt_contracts.types import Role
from kvitt_testkit.world import Given, World, stockholm
from orders.app import service
from orders.customer_orders.models import OrderRow
from orders.order_drafts.models import OrderDraftRow

from contracts.tests.builders.regions import a_person_joined, a_user_stated
from contracts.tests.builders.story import OUTSIDER, RECEIVING, SENDING
from services.orders.tests.work_orders import STAFF, a_unit_with_work
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
WRITTEN: dict[str, Any] = {
    "prescriber": "k082lno",
    "lines": [{"article_number": "30457", "quantity": 2}, {"comment": "med lås"}],
    "delivery": {"to": {"kind": "unit"}},
}

pytestmark = pytest.mark.rule("ORD-1e")


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A unit with a patient, a colleague there, and somebody of another unit."""
    async with given(service, at=MONDAY) as world:
        await a_unit_with_work(world)
        await world.handle(a_user_stated(COLLEAGUE, SENDING), subject=COLLEAGUE)
        yield world


async def draft(world: World, **said: Any) -> dict[str, Any]:
    """What is written of an order so far."""
    return {
        "recipient": {"kind": "patient", "person": await patient(world)},
        "service_point": SENDING,
        "written": said,
    }


async def begun(client: httpx.AsyncClient, world: World, **said: Any) -> dict[str, Any]:
    """A draft that is kept."""
    answer = await client.post(DRAFTS, json=await draft(world, **said))
    assert answer.status_code == 201, answer.text
    view: dict[str, Any] = answer.json()
    return view


async def placed(
    client: httpx.AsyncClient, world: World, view: dict[str, Any], **others: Any
) -> httpx.Response:
    """What comes of placing an order that was begun as a draft."""
    seen = {"draft_id": view["draft_id"], "version": view["version"]}
    return await client.post("/orders", json=await a_body(world, draft=seen, **others))


async def listed(client: httpx.AsyncClient, **query: Any) -> list[str]:
    """The drafts that a list has."""
    answer = await client.get(DRAFTS, params=query)
    assert answer.status_code == 200, answer.text
    return [one["draft_id"] for one in answer.json()["items"]]


async def saving(world: World, view: dict[str, Any], **said: Any) -> dict[str, Any]:
    """What saves a draft as it was seen."""
    return await draft(world, **said) | {"version": view["version"]}


async def test_a_draft_may_lack_anything_and_is_shown_as_it_was_written(world: World) -> None:
    async with world.http(**WRITES) as client:
        empty = (await client.post(DRAFTS, json={})).json()
        view = await begun(client, world, **WRITTEN)
        shown = (await client.get(f"{DRAFTS}/{view['draft_id']}")).json()

    assert (empty["recipient"], empty["line_count"], empty["version"]) == (None, 0, 1)
    assert shown == view
    assert shown["line_count"] == 2
    assert shown["written"]["lines"][0]["quantity"] == 2
    assert shown["written"]["lines"][1]["comment"] == "med lås"
    assert shown["removed_on"] == "2026-04-01"


@pytest.mark.rule("ACT-5f")
async def test_a_lines_application_is_kept(world: World) -> None:
    application = "0b7c2f5e-58a4-4a5f-9d5e-3f1f4b8b3c11"
    lines = [{"article_number": "30457", "quantity": 1, "application": application}]

    async with world.http(**WRITES) as client:
        view = await begun(client, world, lines=lines)
        shown = (await client.get(f"{DRAFTS}/{view['draft_id']}")).json()

    assert shown["written"]["lines"][0]["application"] == application


async def test_a_draft_is_no_order(world: World) -> None:
    before = len(await world.events())

    async with world.http(**WRITES) as client:
        view = await begun(client, world, **WRITTEN)
        await client.post(f"{DRAFTS}/{view['draft_id']}:save", json=await saving(world, view))

    assert len(await world.events()) == before
    assert await world.rows(OrderRow) == []


async def test_a_colleague_at_the_service_point_goes_on_with_it(world: World) -> None:
    async with world.http(**WRITES) as client:
        view = await begun(client, world, **WRITTEN)
    path = f"{DRAFTS}/{view['draft_id']}"

    async with world.http(**BESIDE) as client:
        assert await listed(client, recipient=await patient(world)) == [view["draft_id"]]
        body = await saving(world, view, lines=[{"article_number": "30457"}])
        gone_on = (await client.post(f"{path}:save", json=body)).json()
        answer = await placed(client, world, gone_on, prescriber=COLLEAGUE)
        assert await listed(client) == []

    assert (gone_on["begun_by"], gone_on["saved_by"]) == (view["saved_by"], COLLEAGUE)
    assert answer.status_code == 201, answer.text


async def test_nobody_else_reaches_it(world: World) -> None:
    async with world.http(**WRITES) as client:
        view = await begun(client, world)
    path = f"{DRAFTS}/{view['draft_id']}"

    for other in (ELSEWHERE, STAFF):
        async with world.http(**other) as client:
            assert await listed(client) == []
            answers = [
                await client.get(path),
                await client.post(f"{path}:discard", json={"version": 1}),
                await placed(client, world, view),
            ]
            assert [one.status_code for one in answers] == [404, 404, 404]
    assert answers[0].json()["reason"] == "UNKNOWN_ORDER_DRAFT"
    assert len(await world.rows(OrderDraftRow)) == 1
    assert await world.rows(OrderRow) == []


async def test_what_was_changed_meanwhile_is_not_written_over(world: World) -> None:
    async with world.http(**WRITES) as client:
        view = await begun(client, world)
        path = f"{DRAFTS}/{view['draft_id']}"
        await client.post(f"{path}:save", json=await saving(world, view, **WRITTEN))
        answers = [
            await client.post(f"{path}:save", json=await saving(world, view)),
            await client.post(f"{path}:discard", json={"version": 1}),
            await placed(client, world, view),
        ]
        shown = (await client.get(path)).json()

    assert {one.json()["reason"] for one in answers} == {"DRAFT_CHANGED"}
    assert (shown["version"], shown["line_count"]) == (2, 2)
    assert await world.rows(OrderRow) == []


async def test_of_several_who_save_it_at_once_one_is_kept_and_the_others_are_told(
    world: World,
) -> None:
    async with world.http(**WRITES) as client, world.http(**BESIDE) as colleague:
        view = await begun(client, world, **WRITTEN)
        path = f"{DRAFTS}/{view['draft_id']}"
        bodies = [
            await saving(world, view, lines=[{"comment": f"skrivning {number}"}])
            for number in range(8)
        ]
        answers = await asyncio.gather(
            *(
                (client, colleague)[number % 2].post(f"{path}:save", json=body)
                for number, body in enumerate(bodies)
            )
        )
        shown = (await client.get(path)).json()

    saved = [one.json() for one in answers if one.status_code == 200]
    assert saved == [shown]
    assert shown["version"] == 2
    assert {one.json()["reason"] for one in answers if one.status_code != 200} == {"DRAFT_CHANGED"}


async def test_of_saving_and_throwing_away_at_once_one_is_done(world: World) -> None:
    async with world.http(**WRITES) as client, world.http(**BESIDE) as colleague:
        view = await begun(client, world, **WRITTEN)
        path = f"{DRAFTS}/{view['draft_id']}"
        body = await saving(world, view, **WRITTEN)
        saved, thrown = await asyncio.gather(
            client.post(f"{path}:save", json=body),
            colleague.post(f"{path}:discard", json={"version": 1}),
        )
        left = await listed(client)

    assert (saved.status_code == 200) is not (thrown.status_code == 200)
    assert left == ([view["draft_id"]] if saved.status_code == 200 else [])


async def test_a_draft_is_placed_once_and_what_is_refused_leaves_it(world: World) -> None:
    async with world.http(**WRITES) as client:
        view = await begun(client, world, **WRITTEN)
        refused = await placed(client, world, view, prescriber="nobody")
        assert await listed(client) == [view["draft_id"]]

        sent = await asyncio.gather(*(placed(client, world, view) for _ in range(3)))
        assert await listed(client) == []

    assert refused.json()["reason"] == "UNKNOWN_USER"
    assert sorted(one.status_code for one in sent)[0] == 201
    assert {one.json()["reason"] for one in sent if one.status_code != 201} == {
        "UNKNOWN_ORDER_DRAFT"
    }
    assert len(await world.events(OrderPlaced)) == 1
    await world.advance(stockholm("2026-04-01 00:00"))  # its timer is gone with it


async def test_an_order_for_somebody_else_uses_no_draft_up(world: World) -> None:
    async with world.http(**WRITES) as client:
        view = await begun(client, world)
        child = {"kind": "patient", "person": await patient(world, "ac-child")}
        refused = await placed(client, world, view, recipient=child)
        assert await listed(client) == [view["draft_id"]]

        await world.handle(a_person_joined("ac-child"), subject="ac-person-1")
        joined = await placed(client, world, view, recipient=child)

    assert refused.json()["reason"] == "NOT_THE_DRAFTS_RECIPIENT"
    assert joined.status_code == 201, joined.text


async def test_what_was_begun_for_nobody_is_placed_for_anybody(world: World) -> None:
    async with world.http(**WRITES) as client:
        view = (await client.post(DRAFTS, json={"service_point": SENDING})).json()
        answer = await placed(client, world, view)

    assert answer.status_code == 201, answer.text
    assert await world.rows(OrderDraftRow) == []


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
        await begun(client, world)
        view = await begun(client, world)
        await world.advance(stockholm("2026-03-20 12:00"))
        body = await saving(world, view)
        later = (await client.post(f"{DRAFTS}/{view['draft_id']}:save", json=body)).json()
        assert later["removed_on"] == "2026-04-19"

        await world.advance(stockholm("2026-03-31 23:59"))
        assert len(await listed(client)) == 2
        await world.advance(stockholm("2026-04-01 00:00"))
        assert await listed(client) == [view["draft_id"]]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"service_point": RECEIVING}, "NOT_CONNECTED_TO_SERVICE_POINT"),
        ({"service_point": "99999"}, "UNKNOWN_CUSTOMER"),
        ({"recipient": {"kind": "care_unit", "unit": "99999"}}, "UNKNOWN_CARE_UNIT"),
        ({"written": {"lines": [{"comment": "x" * 501}]}}, "INVALID"),
        ({"written": {"lines": [{"quantity": 0}]}}, "INVALID"),
        ({"written": {"lines": [{}] * 101}}, "INVALID"),
    ],
)
async def test_what_is_wrong_is_refused(world: World, changes: dict[str, Any], reason: str) -> None:
    async with world.http(**WRITES) as client:
        answer = await client.post(DRAFTS, json=await draft(world) | changes)

    assert answer.status_code in (404, 422)
    assert answer.json()["reason"].startswith(reason), answer.text
    assert await world.rows(OrderDraftRow) == []
