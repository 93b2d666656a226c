from typing import Any
from uuid import UUID, uuid4

import pytest
from kvitt_chassis.relaying.outbox import of_key
from kvitt_contracts.calendar import stockholm_day
from kvitt_contracts.orders import OrderPlaced
from kvitt_contracts.types import OrderId, Role
from kvitt_testkit.world import Given
from orders.app import service
from orders.customer_orders.models import OrderRow

from contracts.tests.builders.inventory import (
    an_article_listed,
)
from contracts.tests.builders.regions import a_person_stated
from contracts.tests.builders.reservations import (
    a_line_delivered,
    a_reservation_released,
)
from contracts.tests.builders.story import CUSHION, order_id
from services.orders.tests.builders import any_ref, registry
from services.orders.tests.worlds import MONDAY, a_body, patient, placed_over_http

pytestmark = pytest.mark.long(seconds=10)


@pytest.mark.rule("ORD-1c")
async def test_an_order_is_placed_over_http_and_shown(given: Given) -> None:
    async with given(service, at=MONDAY) as world, world.http() as client:
        await registry(world)

        order = await placed_over_http(world, client)
        shown = (await client.get(f"/orders/{order['order_id']}")).json()

        assert (order["order_number"], order["status"], order["pending"]) == (
            "26100001",
            "registered",
            True,
        )
        assert shown == order
        assert shown["recipient"]["person"] == await patient(world)


async def test_an_order_over_http_has_the_regions_own_reference_and_the_id_that_follows_from_it(
    given: Given,
) -> None:
    async with given(service, at=MONDAY) as world, world.http() as client:
        await registry(world)

        order = await placed_over_http(world, client, reference="O-1")
        again = await client.post("/orders", json=await a_body(world, reference="O-1"))

        (placed,) = await world.events(OrderPlaced)
        assert (placed.reference, order["order_id"]) == ("O-1", str(order_id("O-1")))
        assert (again.status_code, again.json()["reason"], again.json()["field"]) == (
            422,
            "ALREADY_PLACED",
            "reference",
        )
        assert order["order_number"] not in again.text


async def test_an_order_over_http_without_a_reference_has_none(given: Given) -> None:
    async with given(service, at=MONDAY) as world, world.http() as client:
        await registry(world)

        await placed_over_http(world, client)

        (placed,) = await world.events(OrderPlaced)
        assert placed.reference is None


async def test_a_reference_that_holds_a_personal_number_is_refused(given: Given) -> None:
    async with given(service, at=MONDAY) as world, world.http() as client:
        await registry(world)

        answer = await client.post("/orders", json=await a_body(world, reference="189001019802"))

        assert answer.status_code == 422
        assert "189001019802" not in answer.text


async def test_the_same_key_places_one_order(given: Given) -> None:
    async with given(service, at=MONDAY) as world, world.http() as client:
        await registry(world)
        body, key = await a_body(world), {"Idempotency-Key": str(uuid4())}

        first = await client.post("/orders", json=body, headers=key)
        again = await client.post("/orders", json=body, headers=key)

        assert first.json() == again.json()
        assert len(await world.rows(OrderRow)) == 1


@pytest.mark.rule("ORD-5a")
async def test_a_refusal_is_a_problem_document_with_rule_field_and_way_on(given: Given) -> None:
    async with given(service, at=MONDAY) as world, world.http() as client:
        await registry(world)
        await world.handle(an_article_listed(CUSHION, marked=False, in_assortment=False))

        answer = await client.post("/orders", json=await a_body(world))

        problem = answer.json()
        assert (answer.status_code, problem["rule"]) == (422, "ORD-5")
        assert problem["field"] == "lines.0.article_number"
        assert "individuell förskrivning" in problem["way_on"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"lines": [{"article_number": "30457", "quantity": -1}]}, "lines.0.quantity"),
        ({"lines": []}, "lines"),
        ({"service_point": "not a code"}, "service_point"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_a_wrong_body_is_answered_by_its_field(
    given: Given, change: dict[str, Any], field: str
) -> None:
    async with given(service, at=MONDAY) as world, world.http() as client:
        await registry(world)

        answer = await client.post("/orders", json=await a_body(world, **change))

        assert answer.status_code == 422
        assert answer.json()["field"] == field


async def test_an_order_on_nobody_is_not_found(given: Given) -> None:
    async with given(service, at=MONDAY) as world, world.http() as client:
        await registry(world)
        stranger = {"kind": "patient", "person": str(any_ref("stranger"))}

        answer = await client.post("/orders", json=await a_body(world, recipient=stranger))

        assert answer.status_code == 404


async def test_ops_place_no_orders(given: Given) -> None:
    async with given(service, at=MONDAY) as world, world.http(roles=[Role.OPS]) as client:
        await registry(world)

        answer = await client.post("/orders", json=await a_body(world))

        assert answer.status_code == 403


@pytest.mark.rule("ORD-7a")
async def test_a_withdrawal_is_accepted_and_pending_over_http(given: Given) -> None:
    async with given(service, at=MONDAY) as world, world.http() as client:
        await registry(world)

        answer = await client.post("/withdrawals", json=await a_body(world, store="402"))
        order = answer.json()

        assert (answer.status_code, order["status"], order["pending"]) == (202, "pending", True)
        await world.handle(a_line_delivered(OrderId(UUID(order["order_id"]))))
        shown = (await client.get(f"/orders/{order['order_id']}")).json()
        assert (shown["status"], shown["pending"]) == ("delivered", False)


@pytest.mark.rule("ORD-14a")
@pytest.mark.rule("ORD-14b")
async def test_an_order_is_voided_over_http_and_a_withdrawal_is_not(given: Given) -> None:
    async with given(service, at=MONDAY) as world, world.http() as client:
        await registry(world)
        order = await placed_over_http(world, client)
        taken = (await client.post("/withdrawals", json=await a_body(world, store="402"))).json()

        voiding = await client.post(f"/orders/{order['order_id']}:void")
        refused = await client.post(f"/orders/{taken['order_id']}:void")

        assert (voiding.status_code, voiding.json()["status"]) == (202, "voiding")
        assert (refused.status_code, refused.json()["rule"]) == (409, "ORD-14")
        assert refused.json()["reason"] == "WITHDRAWAL_IS_DELIVERED"


@pytest.mark.rule("ORD-14a")
async def test_whether_an_order_may_be_voided_is_told_before_anybody_tries(given: Given) -> None:
    async with given(service, at=MONDAY) as world, world.http() as client:
        await registry(world)
        order = (await placed_over_http(world, client))["order_id"]
        taken = (await client.post("/withdrawals", json=await a_body(world, store="402"))).json()

        may = await client.get(f"/orders/{order}/voiding")
        withdrawn = await client.get(f"/orders/{taken['order_id']}/voiding")
        await client.post(f"/orders/{order}:void")
        asked = await client.get(f"/orders/{order}/voiding")
        await world.handle(a_reservation_released(OrderId(UUID(order))))
        voided = await client.get(f"/orders/{order}/voiding")

        assert may.json() == {"may": True, "reason": None, "rule": None, "way_on": None}
        assert (withdrawn.json()["may"], withdrawn.json()["rule"]) == (False, "ORD-14")
        assert withdrawn.json()["reason"] == "WITHDRAWAL_IS_DELIVERED"
        assert asked.json()["way_on"] == "Makuleringen väntar på lagrets svar."
        assert voided.json()["way_on"] == "Ordern är redan makulerad."


@pytest.mark.rule("ORD-18b")
@pytest.mark.rule("ORD-18c")
async def test_the_fee_shows_as_soon_as_the_line_is_added_and_nobody_chooses_it(
    given: Given,
) -> None:
    async with given(service, at=MONDAY) as world, world.http() as client:
        await registry(world)
        await world.handle(an_article_listed(CUSHION, marked=False, fee_group="charge_kit"))

        shown = await client.post("/orders:preview", json=await a_body(world))
        chosen = await client.post(
            "/orders:preview", json=await a_body(world, fee={"net_ore": 1, "vat_percent": 0})
        )

        (line,) = shown.json()["lines"]
        assert line["fee"] == {"net_ore": 50_000, "vat_percent": 0}
        assert line["payer_id"] == "20011"
        assert chosen.status_code == 422
        assert await world.rows(OrderRow) == []


async def test_a_preview_refuses_as_the_order_would(given: Given) -> None:
    async with given(service, at=MONDAY) as world, world.http() as client:
        await registry(world)
        await world.handle(an_article_listed(CUSHION, marked=False, in_assortment=False))

        answer = await client.post("/orders:preview", json=await a_body(world))

        assert (answer.status_code, answer.json()["rule"]) == (422, "ORD-5")


@pytest.mark.rule("ORD-18b")
async def test_a_withdrawal_is_shown_with_its_fee_before_it_is_registered(given: Given) -> None:
    async with given(service, at=MONDAY) as world, world.http() as client:
        await registry(world)
        await world.handle(an_article_listed(CUSHION, marked=False, fee_group="charge_kit"))

        shown = await client.post("/withdrawals:preview", json=await a_body(world, store="402"))

        (line,) = shown.json()["lines"]
        assert (line["fee"]["net_ore"], line["payer_id"]) == (50_000, "20011")
        assert await world.rows(OrderRow) == []


async def test_a_preview_of_a_withdrawal_refuses_as_the_withdrawal_would(given: Given) -> None:
    async with given(service, at=MONDAY) as world, world.http() as client:
        await registry(world)
        body = await a_body(world, store="403")

        shown = await client.post("/withdrawals:preview", json=body)
        done = await client.post("/withdrawals", json=body)

        assert shown.status_code == done.status_code == 422
        assert shown.json()["reason"] == done.json()["reason"] == "STORE_NOT_OF_SERVICE_POINT"
        assert shown.json()["field"] == "store"


@pytest.mark.rule("INV-16a")
async def test_no_route_draws_a_contribution_from_a_store(given: Given) -> None:
    async with given(service, at=MONDAY) as world, world.http() as client:
        await registry(world)
        await world.handle(an_article_listed(CUSHION, marked=False, is_contribution=True))
        body = await a_body(world, store="402")

        shown = await client.post("/withdrawals:preview", json=body)
        done = await client.post("/withdrawals", json=body)

        for answer in (shown, done):
            problem = answer.json()
            assert (answer.status_code, problem["rule"]) == (422, "INV-16")
            assert problem["reason"] == "CONTRIBUTION_IS_NEVER_STOCKED"
            assert problem["field"] == "lines.0.article_number"
        assert await world.rows(OrderRow) == []


async def test_a_lines_comment_is_shown_with_the_order(given: Given) -> None:
    async with given(service, at=MONDAY) as world, world.http() as client:
        await registry(world)
        lines = [{"article_number": "30457", "comment": "Helst röd"}]

        order = await placed_over_http(world, client, lines=lines)

        assert order["lines"][0]["comment"] == "Helst röd"


@pytest.mark.rule("REF-14a")
@pytest.mark.rule("REF-14b")
@pytest.mark.parametrize(
    "path", ["/orders", "/withdrawals", "/orders:preview", "/withdrawals:preview"]
)
async def test_no_route_takes_anything_new_for_an_inactive_recipient(
    given: Given, path: str
) -> None:
    async with given(service, at=MONDAY) as world, world.http() as client:
        await registry(world)
        body = await a_body(world, **({"store": "402"} if path.startswith("/withdrawals") else {}))
        await world.handle(a_person_stated(version=2, active=False), subject="ac-person-1")

        answer = await client.post(path, json=body)

        problem = answer.json()
        assert (answer.status_code, problem["reason"]) == (422, "RECIPIENT_INACTIVE")
        assert "hjälpmedelsservice" in problem["way_on"]
        assert await world.rows(OrderRow) == []


@pytest.mark.rule("REF-6a")
@pytest.mark.rule("REF-6b")
async def test_who_placed_an_order_and_when_can_be_read_afterwards(given: Given) -> None:
    async with given(service, at=MONDAY) as world, world.http(user="k082lno") as client:
        await registry(world)
        order = await placed_over_http(world, client)

        async with world.worker.reading() as session:
            (row,) = await of_key(
                session, "orders.customer-orders", order["order_id"], from_seq=1, limit=10
            )
        assert (row.actor, row.type) == ("k082lno", OrderPlaced.wire_type)
        assert stockholm_day(row.time) == stockholm_day(MONDAY)
