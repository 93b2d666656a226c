"""ORD-15: orders are searched and sorted over HTTP."""

from typing import Any

import httpx
import pytest
from kvitt_contracts.types import CareUnitId, CareUnitRecipient, PayerId, Role, ServicePointId
from kvitt_testkit.world import Given, World, stockholm
from orders.app import service
from orders.customer_orders.api import ORDERS
from orders.customer_orders.views import OrderSummary

from contracts.tests.builders.inventory import (
    an_article_listed,
)
from contracts.tests.builders.regions import (
    CHILD,
    a_customer_stated,
    a_person_stated,
    a_user_stated,
)
from contracts.tests.builders.reservations import (
    a_line_delivered,
    a_stock_reserved,
)
from contracts.tests.builders.story import order_id
from services.orders.tests.builders import a_line, an_identity, an_order_command, registry
from services.orders.tests.worlds import CLERK, MONDAY, patient


@pytest.mark.rule("ORD-15a")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["26100003", "26100002", "26100001"]),
        ({"sort": "order_number"}, ["26100001", "26100002", "26100003"]),
        ({"service_point": "61202"}, ["26100002"]),
        ({"status": "delivered"}, ["26100003"]),
        ({"status": ["delivered", "registered"], "limit": "2"}, ["26100003", "26100002"]),
        ({"order_number": "26100002"}, ["26100002"]),
        ({"order_number": "2610"}, ["26100003", "26100002", "26100001"]),
        ({"order_number": "2611"}, []),
        ({"prescriber": "k083abc"}, ["26100002"]),
        ({"requester": "b001req"}, ["26100003"]),
        ({"article_number": "999"}, ["26100003"]),
        ({"article_number": "99"}, []),
        ({"placed_from": "2026-03-03"}, ["26100003", "26100002"]),
        ({"placed_to": "2026-03-02"}, ["26100001"]),
        ({"placed_from": "2026-03-03", "placed_to": "2026-03-03"}, ["26100003", "26100002"]),
        ({"supply": "own_store"}, []),
        ({"care_unit": "30110"}, ["26100001"]),
    ],
)  # fmt: skip
async def test_orders_are_searched_by(
    given: Given, query: dict[str, Any], found: list[str]
) -> None:
    async with given(service, at=MONDAY) as world, world.http(**CLERK) as client:
        await three_orders(world)

        answer = await client.get("/orders", params=query)

        assert answer.status_code == 200, answer.text
        assert [one["order_number"] for one in answer.json()["items"]] == found


@pytest.mark.rule("ORD-15a")
@pytest.mark.parametrize(
    ("who", "roles", "units", "found"),
    [
        ("k082lno", [Role.PRESCRIBER], [], ["26100003", "26100001"]),
        ("k083abc", [Role.PRESCRIBER], [], ["26100002"]),
        ("b001req", [Role.REQUESTER], [], ["26100003", "26100001"]),  # registers for k082lno
        ("t001kol", [Role.PRESCRIBER], ["61202"], ["26100002"]),
    ],
)
async def test_an_articles_orders_are_those_that_are_theirs(
    given: Given, who: str, roles: list[Role], units: list[str], found: list[str]
) -> None:
    async with given(service, at=MONDAY) as world:
        await three_orders(world)
        listed: list[str] = []
        async with world.http(user=who, roles=roles, service_points=units) as client:
            for article in ("999", "30457"):
                answer = await client.get("/orders", params={"article_number": article})
                listed += [one["order_number"] for one in answer.json()["items"]]

        assert sorted(listed, reverse=True) == found


@pytest.mark.rule("ORD-15e")
async def test_mine_are_those_where_i_am_prescriber_or_requester(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await three_orders(world)
        of_all: dict[str, Any] = {"service_points": ["40201", "61202"]}
        prescriber, requester = [Role.PRESCRIBER], [Role.REQUESTER]

        async with world.http(user="k082lno", roles=prescriber, **of_all) as client:
            prescribed = (await client.get("/orders", params={"mine": "true"})).json()["items"]
        async with world.http(user="b001req", roles=requester, **of_all) as client:
            requested = (await client.get("/orders", params={"mine": "true"})).json()["items"]

        assert [one["order_number"] for one in prescribed] == ["26100003", "26100001"]
        assert [one["order_number"] for one in requested] == ["26100003"]


@pytest.mark.rule("ORD-15a")
async def test_orders_are_searched_by_recipient_under_any_of_its_references(given: Given) -> None:
    async with given(service, at=MONDAY) as world, world.http() as client:
        await registry(world)
        await world.handle(a_person_stated(an_identity(CHILD)), subject="ac-person-2")
        await world.handle(an_order_command(person="ac-person-1"), subject="ORD-A")
        await world.handle(an_order_command(person="ac-person-2"), subject="ORD-B")
        apart = (await client.get("/orders", params={"recipient": await patient(world)})).json()
        await world.handle(a_person_stated(version=2), subject="ac-person-2")

        for named in ("ac-person-1", "ac-person-2"):
            ref = await patient(world, named)
            both = (await client.get("/orders", params={"recipient": ref})).json()
            assert both["total"] == 2
        assert apart["total"] == 1


async def test_a_region_sees_no_order_of_another(given: Given) -> None:
    async with given(service, at=MONDAY) as world, world.http(region="bd") as client:
        await three_orders(world)

        listed = await client.get("/orders")
        shown = await client.get(f"/orders/{order_id('ORD-A')}")

        assert listed.json()["total"] == 0
        assert shown.status_code == 404


async def test_a_personal_number_in_the_address_is_refused_without_being_repeated(
    given: Given,
) -> None:
    async with given(service, at=MONDAY) as world, world.http() as client:
        answer = await client.get("/orders", params={"order_number": "189001019802"})

        assert answer.status_code == 422
        assert "189001019802" not in answer.text


async def three_orders(world: World) -> None:
    """On Monday one for a care unit; on Tuesday one of another unit, and one that is delivered."""
    await registry(world)
    await world.handle(a_customer_stated("61202", store="602"), subject="61202")
    await world.handle(a_user_stated("k083abc", "61202"), subject="k083abc")
    await world.handle(
        a_user_stated("b001req", roles=(Role.REQUESTER,), acts_for=("k082lno",)), subject="b001req"
    )
    await world.handle(an_article_listed("999", marked=False))
    await world.handle(
        an_order_command(recipient={"kind": "care_unit", "unit": "30110"}), subject="ORD-A"
    )
    await world.advance(stockholm("2026-03-03 08:00"))
    await world.handle(
        an_order_command(
            prescriber="k083abc",
            service_point=ServicePointId("61202"),
            payer_id=PayerId("20011"),
        ),
        subject="ORD-B",
    )
    await world.handle(an_order_command(a_line("999"), requester="b001req"), subject="ORD-C")
    third = order_id("ORD-C")
    await world.handle(a_stock_reserved(third))
    await world.handle(a_line_delivered(third))


@pytest.mark.rule("ORD-15b")
@pytest.mark.parametrize("sort", sorted(ORDERS.sorts))
async def test_orders_are_sorted_on_any_column(given: Given, sort: str) -> None:
    async with given(service, at=MONDAY) as world, world.http(**CLERK) as client:
        await three_orders(world)

        up = (await client.get("/orders", params={"sort": sort})).json()["items"]
        down = (await client.get("/orders", params={"sort": f"-{sort}"})).json()["items"]

        values = [one[sort] for one in up if one[sort] is not None]
        assert values == sorted(values)
        assert [one[sort] for one in down if one[sort] is not None] == values[::-1]
        assert len(up) == len(down) == 3


@pytest.mark.rule("ORD-15b")
def test_every_column_that_says_something_can_be_sorted_on() -> None:
    # by supply and to_store, and by the day of dispatch
    said_by_others = {"order_type", "planned_arrival_on"}
    columns = set(OrderSummary.model_fields) - {"order_id", "pending", "recipient", "cover"}

    assert set(ORDERS.sorts) == columns - said_by_others


@pytest.mark.rule("ORD-20b")
async def test_what_is_ordered_and_not_delivered_is_listed_by_recipient(given: Given) -> None:
    async with given(service, at=MONDAY) as world, world.http(**CLERK) as client:
        await registry(world)
        await world.handle(an_article_listed("999", marked=False))
        await world.handle(a_person_stated(an_identity(CHILD)), subject="ac-person-2")
        mine, theirs = await patient(world), await patient(world, "ac-person-2")
        unit = CareUnitRecipient(unit=CareUnitId("30110"))
        for reference, order in (
            ("O-1", an_order_command(a_line(quantity=3), a_line("999"))),
            ("O-2", an_order_command(person="ac-person-2")),
            ("O-3", an_order_command(recipient=unit)),
            ("O-4", an_order_command()),
        ):
            await world.handle(order, subject=reference)
            await world.handle(a_stock_reserved(order_id(reference)))
        await world.handle(a_line_delivered(order_id("O-4")))
        await world.handle(a_line_delivered(order_id("O-1"), line=2, article="999"))

        def numbers(answer: httpx.Response) -> list[str]:
            return [one["order_number"] for one in answer.json()["items"]]

        of_me = await client.get("/orders:awaited", params={"recipient": mine})
        of_both = await client.get("/orders:awaited", params={"recipient": [mine, theirs]})
        of_unit = await client.get("/orders:awaited", params={"care_unit": "30110"})
        together = {"care_unit": "30110", "recipient": [theirs]}
        of_all = await client.get("/orders:awaited", params=together)

        assert numbers(of_both) == ["26100002", "26100001"]
        assert numbers(of_unit) == ["26100003"]
        assert numbers(of_all) == ["26100003", "26100002"]
        (order,) = of_me.json()["items"]
        assert order["recipient"] == {"kind": "patient", "person": mine}
        assert order["lines"] == [
            {
                "number": 1,
                "article_number": "30457",
                "quantity": 3,
                "delivered": 0,
                "planned_dispatch_on": "2026-03-04",
                "planned_arrival_on": "2026-03-05",
            }
        ]


@pytest.mark.rule("ORD-4e")
async def test_it_is_expected_to_arrive_the_working_day_after_it_has_left(given: Given) -> None:
    async with given(service, at=MONDAY) as world, world.http(**CLERK) as client:
        await registry(world)
        await world.handle(an_order_command(), subject="O-1")
        days = []
        for planned in (None, "2026-03-05", "2026-03-06"):
            if planned:
                await world.handle(a_stock_reserved(order_id("O-1"), on=planned))
            order = (await client.get(f"/orders/{order_id('O-1')}")).json()
            days.append((order["planned_dispatch_on"], order["planned_arrival_on"]))

        assert days == [(None, None), ("2026-03-05", "2026-03-06"), ("2026-03-06", "2026-03-09")]
