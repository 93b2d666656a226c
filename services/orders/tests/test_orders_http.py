from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from kvitt_chassis.relaying.outbox import of_key
from kvitt_contracts.calendar import stockholm_day
from kvitt_contracts.orders import Delivery, OrderPlaced
from kvitt_contracts.types import OrderId, PayerId, RegionPersonId, Role, ServicePointId
from kvitt_testkit.world import Given, World, stockholm
from orders.app import service
from orders.customer_orders.api import ORDERS
from orders.customer_orders.models import OrderDetailsRow, OrderRow
from orders.customer_orders.views import OrderSummary
from orders.people.models import PersonAccessRow, PersonDetailsRow, PersonIdRow

from contracts.tests.builders.inventory import a_line_delivered, a_stock_reserved, an_article_listed
from contracts.tests.builders.regions import (
    CHILD,
    HOME,
    a_customer_stated,
    a_person_stated,
    a_user_stated,
)
from contracts.tests.builders.story import CUSHION, order_id
from services.orders.tests.builders import a_line, an_identity, an_order_command, any_ref, registry

pytestmark = pytest.mark.long(seconds=10)

MONDAY = stockholm("2026-03-02 08:00")


async def patient(world: World, named: str = "ac-person-1") -> str:
    """The reference of a person."""
    return str((await world.row(PersonIdRow, RegionPersonId(named))).person)


async def a_body(world: World, **others: Any) -> dict[str, Any]:
    """The body of an order."""
    return {
        "recipient": {"kind": "patient", "person": await patient(world)},
        "prescriber": "k082lno",
        "service_point": "40201",
        "lines": [{"article_number": "30457", "quantity": 1}],
        **others,
    }


async def placed_over_http(
    world: World, client: httpx.AsyncClient, **others: Any
) -> dict[str, Any]:
    """An order as the answer shows it."""
    answer = await client.post("/orders", json=await a_body(world, **others))
    assert answer.status_code == 201, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


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


@pytest.mark.rule("ORD-3b")
@pytest.mark.rule("ORD-3c")
@pytest.mark.rule("ORD-3d")
@pytest.mark.rule("ORD-3e")
async def test_what_is_private_to_an_order_is_kept_with_it_and_never_told(given: Given) -> None:
    async with given(service, at=MONDAY) as world, world.http() as client:
        await registry(world)
        delivery = {
            "to": {"kind": "one_off", "address": {**HOME.model_dump(), "street": "Sommarvägen 9"}},
            "order_phone": "090-785 00 00",
            "door_code": "4711B",
            "instructions": "Ring på baksidan",
            "contact_person": "Dottern",
            "information": "Hund finns",
        }
        lines = [{"article_number": "30457", "comment": "Helst röd"}]

        order = await placed_over_http(world, client, delivery=delivery, lines=lines)

        kept = await world.row(OrderDetailsRow, UUID(order["order_id"]))
        assert kept.delivery == Delivery.model_validate(delivery)
        assert kept.comments == {1: "Helst röd"}
        assert len(order["lines"]) == 1  # free information orders nothing
        (event,) = await world.events(OrderPlaced)
        told = event.model_dump_json()
        for private in ("Sommarvägen", "090-785", "4711B", "baksidan", "Dottern", "Hund"):
            assert private not in told + str(order)
        assert "röd" not in told
        assert event.address_kind == "one_off"


@pytest.mark.rule("ORD-3c")
async def test_the_recipients_phone_is_saved_and_the_orders_phone_is_not(given: Given) -> None:
    async with given(service, at=MONDAY) as world, world.http() as client:
        await registry(world)
        delivery = {"order_phone": "090-785 00 00", "recipient_phone": "070-1740605"}

        await placed_over_http(world, client, delivery=delivery)

        (details,) = await world.rows(PersonDetailsRow)
        assert details.phone == "070-1740605"


@pytest.mark.rule("REF-1e")
@pytest.mark.parametrize(("to", "saved"), [("recipient", "1789"), ("unit", None)])
async def test_door_code_and_instructions_of_the_recipients_door_follow_into_later_orders(
    given: Given, to: str, saved: str | None
) -> None:
    async with given(service, at=MONDAY) as world, world.http() as client:
        await registry(world)
        await placed_over_http(world, client, delivery={"to": {"kind": to}, "door_code": "1789"})

        answer = await client.post(
            "/persons:resolve", json={"refs": [await patient(world)], "purpose": "ordering"}
        )

        assert answer.json()["persons"][0]["door_code"] == saved


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


@pytest.mark.rule("ORD-15a")
@pytest.mark.rule("ORD-15e")
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
        ({"mine": "true"}, ["26100003", "26100001"]),
    ],
)  # fmt: skip
async def test_orders_are_searched_by(
    given: Given, query: dict[str, Any], found: list[str]
) -> None:
    async with given(service, at=MONDAY) as world, world.http() as client:
        await three_orders(world)

        answer = await client.get("/orders", params=query)

        assert answer.status_code == 200, answer.text
        assert [one["order_number"] for one in answer.json()["items"]] == found


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


async def test_a_lines_comment_is_shown_with_the_order(given: Given) -> None:
    async with given(service, at=MONDAY) as world, world.http() as client:
        await registry(world)
        lines = [{"article_number": "30457", "comment": "Helst röd"}]

        order = await placed_over_http(world, client, lines=lines)

        assert order["lines"][0]["comment"] == "Helst röd"


@pytest.mark.rule("ORD-3a")
@pytest.mark.rule("ORD-3b")
@pytest.mark.parametrize(
    ("to", "street"),
    [
        ({"kind": "recipient"}, HOME.street),
        ({"kind": "unit"}, "Enhetsvägen 1"),
        (
            {"kind": "one_off", "address": {**HOME.model_dump(), "street": "Sommarvägen 9"}},
            "Sommarvägen 9",
        ),
    ],
)
async def test_who_delivers_is_told_where_to(given: Given, to: dict[str, Any], street: str) -> None:
    async with given(service, at=MONDAY) as world, world.http() as client:
        await registry(world)
        address = HOME.model_copy(update={"street": "Enhetsvägen 1"})
        await world.handle(a_customer_stated(address=address), subject="40201")
        delivery = {"to": to, "order_phone": "090-785 00 00", "contact_person": "Dottern"}
        order = await placed_over_http(world, client, delivery=delivery)

        answer = await client.post(f"/orders/{order['order_id']}:resolve-delivery")

        where = answer.json()
        assert where["address"]["street"] == street
        assert (where["order_phone"], where["contact_person"]) == ("090-785 00 00", "Dottern")
        (look,) = await world.rows(PersonAccessRow)
        assert look.purpose == "delivery"


@pytest.mark.rule("REF-1e")
async def test_what_is_stored_of_the_recipient_shows_with_every_later_order(given: Given) -> None:
    async with given(service, at=MONDAY) as world, world.http() as client:
        await registry(world)
        contact = {"phone": "070-1740611", "door_code": "1789", "instructions": "Ring på"}
        await client.post(f"/persons/{await patient(world)}:contact", json=contact)
        order = await placed_over_http(world, client, delivery={"to": {"kind": "recipient"}})

        where = (await client.post(f"/orders/{order['order_id']}:resolve-delivery")).json()

        assert (where["recipient_phone"], where["door_code"], where["instructions"]) == (
            "070-1740611",
            "1789",
            "Ring på",
        )


@pytest.mark.rule("ORD-3h")
async def test_an_order_goes_to_the_customers_own_address_unless_another_is_given(
    given: Given,
) -> None:
    async with given(service, at=MONDAY) as world, world.http() as client:
        await registry(world)
        await world.handle(a_customer_stated(address=HOME), subject="40201")
        order = await placed_over_http(world, client)

        where = (await client.post(f"/orders/{order['order_id']}:resolve-delivery")).json()

        assert (where["kind"], where["address"]) == ("unit", HOME.model_dump(mode="json"))


@pytest.mark.rule("REF-14a")
@pytest.mark.rule("REF-14b")
@pytest.mark.parametrize("path", ["/orders", "/withdrawals", "/orders:preview"])
async def test_no_route_takes_anything_new_for_an_inactive_recipient(
    given: Given, path: str
) -> None:
    async with given(service, at=MONDAY) as world, world.http() as client:
        await registry(world)
        body = await a_body(world, **({"store": "402"} if path == "/withdrawals" else {}))
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


@pytest.mark.rule("ORD-15b")
@pytest.mark.parametrize("sort", sorted(ORDERS.sorts))
async def test_orders_are_sorted_on_any_column(given: Given, sort: str) -> None:
    async with given(service, at=MONDAY) as world, world.http() as client:
        await three_orders(world)

        up = (await client.get("/orders", params={"sort": sort})).json()["items"]
        down = (await client.get("/orders", params={"sort": f"-{sort}"})).json()["items"]

        values = [one[sort] for one in up if one[sort] is not None]
        assert values == sorted(values)
        assert [one[sort] for one in down if one[sort] is not None] == values[::-1]
        assert len(up) == len(down) == 3


@pytest.mark.rule("ORD-15b")
def test_every_column_that_says_something_can_be_sorted_on() -> None:
    columns = set(OrderSummary.model_fields) - {"order_id", "pending", "recipient"}

    assert set(ORDERS.sorts) == columns


@pytest.mark.rule("REF-9a")
async def test_only_who_delivers_is_told_where_a_protected_recipient_lives(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await registry(world)
        await world.handle(a_person_stated(version=2, protected=True), subject="ac-person-1")
        async with world.http(roles=[Role.PRESCRIBER]) as client:
            order = await placed_over_http(world, client, delivery={"to": {"kind": "recipient"}})
            refused = await client.post(f"/orders/{order['order_id']}:resolve-delivery")
        async with world.http(roles=[Role.REGION_SYSTEM]) as client:
            told = await client.post(f"/orders/{order['order_id']}:resolve-delivery")

        assert refused.status_code == 403
        assert HOME.street not in str(order) + refused.text
        assert told.json()["address"]["street"] == HOME.street
