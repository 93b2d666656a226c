"""ORD-3: where an order goes, and what is private to it."""

from typing import Any
from uuid import UUID

import pytest
from kvitt_contracts.orders import Delivery, OrderPlaced
from kvitt_contracts.types import Role
from kvitt_testkit.world import Given, World
from orders.app import service
from orders.customer_orders.models import OrderDetailsRow
from orders.people.domain import Look
from orders.people.models import PersonAccessRow

from contracts.tests.builders.regions import HOME, a_customer_stated, a_person_stated
from contracts.tests.builders.story import SENDING
from services.orders.tests.builders import registry
from services.orders.tests.vault import only_details, opened_row
from services.orders.tests.worlds import CLERK, MONDAY, patient, placed_over_http


async def resolved(world: World, order: dict[str, Any]) -> dict[str, Any]:
    """Where an order goes, as customer service is told."""
    async with world.http(**CLERK) as client:
        answer = await client.post(f"/orders/{order['order_id']}:resolve-delivery")
    assert answer.status_code == 200, answer.text
    where: dict[str, Any] = answer.json()
    return where


@pytest.mark.rule("ORD-3b")
@pytest.mark.rule("ORD-3c")
@pytest.mark.rule("ORD-3d")
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

        kept = await opened_row(world, OrderDetailsRow, UUID(order["order_id"]))
        assert kept.delivery == Delivery.model_validate(delivery)
        assert kept.comments == {1: "Helst röd"}
        person = await only_details(world)
        assert (person.address, person.door_code) == (HOME, None)
        (event,) = await world.events(OrderPlaced)
        told = event.model_dump_json()
        for private in ("Sommarvägen", "090-785", "4711B", "baksidan", "Dottern", "Hund"):
            assert private not in told + str(order)
        assert "röd" not in told
        assert event.address_kind == "one_off"


@pytest.mark.rule("ORD-3e")
async def test_free_information_reaches_who_delivers_and_orders_nothing(given: Given) -> None:
    information = "Skicka även två dynor till, artikel 30457"
    async with given(service, at=MONDAY) as world, world.http() as client:
        await registry(world)

        order = await placed_over_http(world, client, delivery={"information": information})
        where = await resolved(world, order)

        (event,) = await world.events(OrderPlaced)
        assert [(line.article_number, line.quantity) for line in event.lines] == [("30457", 1)]
        assert where["information"] == information


@pytest.mark.rule("ORD-3c")
async def test_the_recipients_phone_is_saved_and_the_orders_phone_is_not(given: Given) -> None:
    async with given(service, at=MONDAY) as world, world.http() as client:
        await registry(world)
        delivery = {"order_phone": "090-785 00 00", "recipient_phone": "070-1740605"}

        await placed_over_http(world, client, delivery=delivery)

        details = await only_details(world)
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

        where = await resolved(world, order)

        assert where["address"]["street"] == street
        assert (where["order_phone"], where["contact_person"]) == ("090-785 00 00", "Dottern")
        rows = await world.rows(PersonAccessRow)
        (look,) = (one for one in rows if one.look is not Look.DONE)
        assert look.purpose == "delivery"


@pytest.mark.rule("REF-1e")
async def test_what_is_stored_of_the_recipient_shows_with_every_later_order(given: Given) -> None:
    async with given(service, at=MONDAY) as world, world.http() as client:
        await registry(world)
        contact = {"phone": "070-1740611", "door_code": "1789", "instructions": "Ring på"}
        await client.post(f"/persons/{await patient(world)}:contact", json=contact)
        order = await placed_over_http(world, client, delivery={"to": {"kind": "recipient"}})

        where = await resolved(world, order)

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

        where = await resolved(world, order)

        assert (where["kind"], where["address"]) == ("unit", HOME.model_dump(mode="json"))


@pytest.mark.rule("REF-9a")
async def test_only_who_delivers_is_told_where_a_protected_recipient_lives(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await registry(world)
        await world.handle(a_person_stated(version=2, protected=True), subject="ac-person-1")
        async with world.http(roles=[Role.PRESCRIBER], service_points=[SENDING]) as client:
            order = await placed_over_http(world, client, delivery={"to": {"kind": "recipient"}})
            refused = await client.post(f"/orders/{order['order_id']}:resolve-delivery")
        async with world.http(roles=[Role.REGION_SYSTEM]) as client:
            told = await client.post(f"/orders/{order['order_id']}:resolve-delivery")

        assert refused.status_code == 403
        assert HOME.street not in str(order) + refused.text
        assert told.json()["address"]["street"] == HOME.street
