"""REF-18: who reaches which orders, and who is nobody to orders."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from kvitt_contracts.orders import OrderVoidRequested, PlaceOrder, VoidOrder
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import PayerId, Role, ServicePointId, UserId
from kvitt_testkit.world import Given, World
from orders.app import service
from orders.customer_orders.models import OrderRow

from contracts.tests.builders.regions import a_customer_stated, a_person_stated, a_user_stated
from contracts.tests.builders.story import SENDER, SENDING, order_id
from services.orders.tests.builders import an_order_command, registry
from services.orders.tests.worlds import CLERK, MONDAY, a_body, place

OTHER = "61202"
MINE, THEIRS = order_id("ORD-MINE"), order_id("ORD-THEIRS")

PRESCRIBER, REQUESTER = [Role.PRESCRIBER], [Role.REQUESTER]
STRANGER: dict[str, Any] = {"user": "k3", "roles": PRESCRIBER, "service_points": ["61999"]}
CALLERS: dict[str, tuple[dict[str, Any], set[UUID]]] = {
    "the prescriber": ({"user": "k082lno", "roles": PRESCRIBER}, {MINE}),
    "a colleague": ({"user": "k1", "roles": PRESCRIBER, "service_points": [SENDING]}, {MINE}),
    "who requested": ({"user": "b001req", "roles": REQUESTER}, {MINE}),
    "who acts for the prescriber": ({"user": "b002act", "roles": REQUESTER}, {MINE}),
    "who works at both": (
        {"user": "k2", "roles": REQUESTER, "service_points": [SENDING, OTHER]},
        {MINE, THEIRS},
    ),
    "a stranger": (STRANGER, set()),
    "who works nowhere": ({"user": "k4", "roles": REQUESTER}, set()),
    "customer service": (CLERK, {MINE, THEIRS}),
    "the region's system": ({"user": "system", "roles": ["region_system"]}, {MINE, THEIRS}),
    "customer service elsewhere": ({**CLERK, "region": "bd"}, set()),
}
"""Each with the orders that they reach."""


async def two_orders(world: World) -> None:
    """One of a unit, requested by somebody who acts for its prescriber, and one of another unit."""
    await registry(world)
    await world.handle(a_customer_stated(OTHER, store="602"), subject=OTHER)
    await world.handle(a_user_stated("k083abc", OTHER), subject="k083abc")
    for user in ("b001req", "b002act"):
        acts = a_user_stated(user, OTHER, roles=(Role.REQUESTER,), acts_for=(SENDER,))
        await world.handle(acts, subject=user)
    await place(world, "ORD-MINE", requester="b001req")
    await place(
        world,
        "ORD-THEIRS",
        prescriber="k083abc",
        service_point=ServicePointId(OTHER),
        payer_id=PayerId("20011"),
    )


@pytest.mark.rule("REF-18b")
@pytest.mark.rule("REF-18c")
@pytest.mark.parametrize("who", CALLERS)
async def test_each_reaches_the_orders_of_their_units_and_no_others(given: Given, who: str) -> None:
    caller, reached = CALLERS[who]
    async with given(service, at=MONDAY) as world:
        await two_orders(world)
        async with world.http(**caller) as client:
            listed = (await client.get("/orders")).json()
            shown = {one: await client.get(f"/orders/{one}") for one in (MINE, THEIRS)}

        assert {UUID(one["order_id"]) for one in listed["items"]} == reached
        assert listed["total"] == len(reached)
        assert {one for one, answer in shown.items() if answer.status_code == 200} == reached


@pytest.mark.rule("REF-18c")
@pytest.mark.parametrize("path", ["", ":void"])
async def test_an_order_out_of_reach_is_as_one_that_does_not_exist(given: Given, path: str) -> None:
    async def asked(client: httpx.AsyncClient, order: UUID) -> tuple[int, dict[str, Any]]:
        method = "POST" if path else "GET"
        answer = await client.request(method, f"/orders/{order}{path}")
        said = answer.json()
        return answer.status_code, {key: said[key] for key in said if key != "instance"}

    async with given(service, at=MONDAY) as world:
        await two_orders(world)
        async with world.http(**STRANGER) as client:
            theirs, nobodys = await asked(client, THEIRS), await asked(client, uuid4())

        assert theirs == nobodys
        assert theirs[0] == 404
        assert await world.events(OrderVoidRequested) == []


@pytest.mark.rule("ORD-14f")
@pytest.mark.rule("REF-18b")
@pytest.mark.parametrize("who", CALLERS)
async def test_each_voids_what_they_reach_where_the_table_lets_them(given: Given, who: str) -> None:
    caller, reached = CALLERS[who]
    async with given(service, at=MONDAY) as world:
        await two_orders(world)
        async with world.http(**caller) as client:
            answer = await client.post(f"/orders/{MINE}:void")

        may = who != "the region's system"
        expected = 202 if MINE in reached else 404
        assert answer.status_code == (expected if may else 403)


@pytest.mark.rule("REF-19e")
async def test_orders_for_a_protected_person_are_their_units_and_the_regions_systems_alone(
    given: Given,
) -> None:
    async with given(service, at=MONDAY) as world:
        await two_orders(world)
        await world.handle(a_person_stated(version=2, protected=True), subject="ac-person-1")
        seen = {}
        for who, (caller, _) in CALLERS.items():
            async with world.http(**caller) as client:
                listed = (await client.get("/orders")).json()["items"]
                shown = await client.get(f"/orders/{MINE}")
                seen[who] = ({UUID(one["order_id"]) for one in listed}, shown.status_code)
        async with world.http(**CLERK) as client:
            voided = await client.post(f"/orders/{MINE}:void")

        reached = {
            **{who: orders for who, (_, orders) in CALLERS.items()},
            "customer service": set(),
        }
        assert seen == {
            who: (orders, 200 if MINE in orders else 404) for who, orders in reached.items()
        }
        assert voided.status_code == 404


@pytest.mark.rule("REF-18e")
async def test_who_is_stated_inactive_may_do_nothing_from_that_moment(given: Given) -> None:
    async with given(service, at=MONDAY) as world, world.http(user=SENDER) as client:
        await two_orders(world)
        before = await client.get(f"/orders/{MINE}")
        await world.handle(a_user_stated(version=2, active=False), subject=SENDER)

        read = await client.get("/orders")
        placed = await client.post("/orders", json=await a_body(world))
        with pytest.raises(Refused) as voided:
            await world.handle(VoidOrder(by=UserId(SENDER)), subject="ORD-MINE")

        assert before.status_code == 200
        assert {read.status_code, placed.status_code} == {403}
        assert (voided.value.reason, voided.value.rule) == ("FORBIDDEN", "REF-18")
        await world.handle(a_user_stated(version=3), subject=SENDER)
        assert (await client.get(f"/orders/{MINE}")).status_code == 200


@pytest.mark.rule("REF-18d")
async def test_a_region_makes_nobody_an_operator_by_stating_them(given: Given) -> None:
    async with given(service, at=MONDAY) as world, world.http(user="k9") as client:
        await two_orders(world)
        every = tuple(Role)
        operator = a_user_stated("k9", roles=(Role.OPS, Role.REGION_SYSTEM))
        await world.handle(operator, subject="k9")
        refused = await client.get("/orders")
        await world.handle(a_user_stated("k9", version=2, roles=every), subject="k9")

        assert refused.status_code == 403
        assert (await client.get("/orders")).status_code == 200
        assert (await client.get("/admin/parked")).status_code in (403, 404)


@pytest.mark.rule("REF-18g")
@pytest.mark.parametrize("role", [Role.OPS, Role.REGION_SYSTEM])
async def test_a_region_places_nothing_in_the_name_of_who_may_not(given: Given, role: Role) -> None:
    async with given(service, at=MONDAY) as world:
        await registry(world)
        await world.handle(a_user_stated("k9", roles=(role,)), subject="k9")
        command: PlaceOrder = an_order_command(requester="k9")

        with pytest.raises(Refused) as refused:
            await world.handle(command, subject="ORD-A")

        assert (refused.value.reason, refused.value.field) == ("FORBIDDEN", "requester")
        assert await world.rows(OrderRow) == []


@pytest.mark.rule("REF-18b")
async def test_whoever_registers_chooses_among_all_units_and_users_of_the_region(
    given: Given,
) -> None:
    async with given(service, at=MONDAY) as world:
        await two_orders(world)
        async with world.http(**STRANGER) as client:
            users = (await client.get("/users", params={"service_point": OTHER})).json()
            shown = [
                await client.get(path)
                for path in ("/users/k083abc", f"/customers/{OTHER}", "/payers/20011")
            ]

        assert "k083abc" in [one["user_id"] for one in users["items"]]
        assert [one.status_code for one in shown] == [200, 200, 200]
