"""REF-12f: customer service lets a unit's replenishments go elsewhere."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

import httpx
import pytest
from kvitt_contracts.types import Role
from kvitt_testkit.world import Given, World
from orders.app import service

from contracts.tests.builders.regions import a_customer_stated, a_user_stated
from contracts.tests.builders.story import OWN, RECEIVING, SENDER, SENDING, SERVICE, order_id
from services.orders.tests.builders import a_replenishment, registry
from services.orders.tests.worlds import MONDAY, place

STAFF: dict[str, Any] = {
    "user": SERVICE,
    "roles": [Role.CUSTOMER_SERVICE],
    "service_points": [SENDING],
}
UNIT: dict[str, Any] = {"user": SENDER, "roles": [Role.PRESCRIBER], "service_points": [SENDING]}
DEPOT: Final = {"street": "Lagergatan 7", "postal_code": "90325", "city": "Umeå"}
DOCK: Final = {**DEPOT, "street": "Kajen 2"}
PATH: Final = f"/customers/{SENDING}:set-replenishment-address"


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A replenishment of a unit with a store, and an order of it."""
    async with given(service, at=MONDAY) as world:
        await registry(world)
        await world.handle(a_customer_stated(SENDING, store=OWN, version=9), subject=SENDING)
        await world.handle(a_customer_stated(RECEIVING, store=None), subject=RECEIVING)
        staff = a_user_stated(SERVICE, SENDING, roles=("customer_service",))
        await world.handle(staff, subject=SERVICE)
        await world.handle(a_replenishment(), subject="L-1")
        await place(world, "O-1")
        yield world


async def address_of(client: httpx.AsyncClient, reference: str) -> Any:
    """Where what was ordered goes, as it is shown to who delivers it."""
    answer = await client.post(f"/orders/{order_id(reference)}:resolve-delivery")
    assert answer.status_code == 200, answer.text
    return answer.json()["address"]


@pytest.mark.rule("REF-12f", "REF-12m")
async def test_the_latest_address_counts(world: World) -> None:
    async with world.http(**STAFF) as client:
        own = await address_of(client, "L-1")
        for address in (DEPOT, DOCK):
            body = {"address": address, "asked_by": SENDER}
            answer = await client.post(PATH, json=body)
            assert answer.status_code == 200, answer.text
            await world.advance(MONDAY.replace(hour=MONDAY.hour + 1 + (address is DOCK)))
        assert await address_of(client, "L-1") == DOCK
        await client.post(PATH, json={"address": None, "asked_by": SENDER})
        assert await address_of(client, "L-1") == own
        path = f"/customers/{SENDING}/replenishment-addresses"
        kept = (await client.get(path)).json()["items"]

    assert [one["address"] for one in kept] == [None, DOCK, DEPOT]
    assert {(one["by"], one["asked_by"]) for one in kept} == {(SERVICE, SENDER)}


@pytest.mark.rule("REF-12f")
async def test_of_several_who_set_it_at_once_the_last_counts_for_everybody(world: World) -> None:
    async def set_to(client: httpx.AsyncClient, number: int) -> httpx.Response:
        address = {**DEPOT, "street": f"Kajen {number}"}
        return await client.post(PATH, json={"address": address, "asked_by": SENDER})

    async with world.http(**STAFF) as client:
        answers = await asyncio.gather(*(set_to(client, number) for number in range(8)))
        path = f"/customers/{SENDING}/replenishment-addresses"
        kept = (await client.get(path)).json()["items"]
        counts = await address_of(client, "L-1")

    assert {one.status_code for one in answers} == {200}
    assert len({one["set_at"] for one in kept}) == len(kept) == 8
    assert counts == kept[0]["address"]
    # each saw its own as the latest: none was set beside another
    assert sorted(len(one.json()["items"]) for one in answers) == list(range(1, 9))


@pytest.mark.rule("REF-12f")
async def test_only_replenishments_go_there(world: World) -> None:
    async with world.http(**STAFF) as client:
        before = await address_of(client, "O-1")
        await client.post(PATH, json={"address": DEPOT, "asked_by": SENDER})
        assert await address_of(client, "O-1") == before != DEPOT


@pytest.mark.rule("REF-12f", "REF-12m")
@pytest.mark.parametrize(
    ("customer", "asked_by", "reason", "field"),
    [
        (RECEIVING, SENDER, "NO_OWN_STORE", "customer_id"),
        ("49999", SENDER, "UNKNOWN_CUSTOMER", None),
        (SENDING, "k999xyz", "UNKNOWN_USER", "asked_by"),
    ],
)
async def test_what_cannot_be_set_is_refused(
    world: World, customer: str, asked_by: str, reason: str, field: str | None
) -> None:
    async with world.http(**STAFF) as client:
        path = f"/customers/{customer}:set-replenishment-address"
        answer = (await client.post(path, json={"address": DEPOT, "asked_by": asked_by})).json()

    assert (answer["reason"], answer.get("field")) == (reason, field)
    assert answer["way_on"]


@pytest.mark.rule("REF-12f")
async def test_users_ask_customer_service_for_it(world: World) -> None:
    async with world.http(**UNIT) as client:
        answer = await client.post(PATH, json={"address": DEPOT, "asked_by": SENDER})

    assert answer.status_code == 403
