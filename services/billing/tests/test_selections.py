"""Selections that users save of the list of invoices (BIL-14)."""

from typing import Any

import httpx
import pytest
from billing.app import service
from billing.selections.domain import MOST
from kvitt_contracts.types import Role
from kvitt_testkit.world import Given, stockholm

JUNE_1 = stockholm("2026-06-01 06:00")
CARE = [Role.PRESCRIBER]
ANNA, BO = "k082lno", "k201ema"
CREDITS = {"name": "Våra kreditnotor", "filters": {"is_credit": True, "sort": "-gross_ore"}}


async def saved(client: httpx.AsyncClient, name: str, **filters: Any) -> httpx.Response:
    """The answer to who saves a selection."""
    return await client.post("/selections", json={"name": name, "filters": filters})


async def names(client: httpx.AsyncClient) -> list[str]:
    """What the caller's selections are called, in their order."""
    return [one["name"] for one in (await client.get("/selections")).json()]


@pytest.mark.rule("BIL-14b")
async def test_a_selection_is_saved_with_its_filters_renamed_and_removed(given: Given) -> None:
    async with (
        given(service, at=JUNE_1) as world,
        world.http(user=ANNA, roles=CARE, service_points=["40201"]) as client,
    ):
        answer = await client.post("/selections", json=CREDITS)
        await saved(client, "Maj", month="2026-05", payer_id="20011")
        key = answer.json()["selection_id"]
        listed = (await client.get("/selections")).json()
        renamed = await client.post(f"/selections/{key}:rename", json={"name": "Krediter"})
        after = await names(client)
        removed = await client.post(f"/selections/{key}:remove", json={})
        left = await names(client)

    assert answer.status_code == 201, answer.text
    assert listed == [
        {
            "selection_id": listed[0]["selection_id"],
            "name": "Maj",
            "filters": {"month": "2026-05", "payer_id": "20011"},
        },
        {
            "selection_id": key,
            "name": "Våra kreditnotor",
            "filters": {"is_credit": "true", "sort": "-gross_ore"},
        },
    ]
    assert (renamed.status_code, after) == (200, ["Krediter", "Maj"])
    assert (removed.status_code, left) == (200, ["Maj"])


@pytest.mark.rule("BIL-14c")
@pytest.mark.parametrize("role", [Role.PRESCRIBER, Role.CUSTOMER_SERVICE])
async def test_nobody_sees_or_changes_what_another_has_saved(given: Given, role: Role) -> None:
    async with given(service, at=JUNE_1) as world:
        async with world.http(user=ANNA, roles=CARE, service_points=["40201"]) as client:
            key = (await client.post("/selections", json=CREDITS)).json()["selection_id"]
        async with world.http(user=BO, roles=[role], service_points=["40201"]) as client:
            seen = await names(client)
            renamed = await client.post(f"/selections/{key}:rename", json={"name": "Mitt"})
            removed = await client.post(f"/selections/{key}:remove", json={})
            own = await client.post("/selections", json=CREDITS)
        async with world.http(user=ANNA, roles=CARE, service_points=["40201"]) as client:
            left = await names(client)

    assert (seen, left) == ([], ["Våra kreditnotor"])
    assert (renamed.status_code, removed.status_code, own.status_code) == (404, 404, 201)


@pytest.mark.rule("BIL-14c")
async def test_one_user_has_twenty_at_most_and_each_name_once(given: Given) -> None:
    async with (
        given(service, at=JUNE_1) as world,
        world.http(user=ANNA, roles=CARE, service_points=["40201"]) as client,
    ):
        kept = [await saved(client, f"Urval {n}") for n in range(1, MOST)]
        again = await saved(client, "urval 1")
        last = await saved(client, "Det tjugonde")
        more = await saved(client, "Ett till")
        key = last.json()["selection_id"]
        renamed = await client.post(f"/selections/{key}:rename", json={"name": "URVAL 2"})
        same = await client.post(f"/selections/{key}:rename", json={"name": "Det Tjugonde"})

    assert MOST == 20
    assert {one.status_code for one in (*kept, last, same)} == {200, 201}
    for answer, status, reason in (
        (again, 422, "NAME_TAKEN"),
        (more, 409, "TOO_MANY_SELECTIONS"),
    ):
        told = answer.json()
        assert (answer.status_code, told["reason"], told["rule"]) == (status, reason, "BIL-14")
        assert told["way_on"]
    assert renamed.json()["reason"] == "NAME_TAKEN"


@pytest.mark.rule("BIL-14b")
@pytest.mark.parametrize(
    "body",
    [
        {"name": " "},
        {"name": "x" * 61},
        {"name": "Maj", "filters": {"person": "0b7c2f5e-58a4-4a5f-9d5e-3f1f4b8b3c11"}},
        {"name": "Maj", "filters": {"month": "maj"}},
        {"name": "Maj", "filters": {"sort": "payer"}},
        {"name": "201701012393"},
    ],
)
async def test_what_is_no_selection_is_refused(given: Given, body: dict[str, Any]) -> None:
    async with (
        given(service, at=JUNE_1) as world,
        world.http(user=ANNA, roles=CARE, service_points=["40201"]) as client,
    ):
        answer = await client.post("/selections", json=body)
        kept = await names(client)

    assert answer.status_code == 422, answer.text
    assert kept == []
