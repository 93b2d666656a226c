"""INV-5 over HTTP: the card of a device, and how devices are found."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from kvitt_contracts.refusals import Refused
from kvitt_contracts.regions import DeviceStated
from kvitt_contracts.types import Role
from kvitt_testkit.world import World, stockholm

from contracts.tests.builders.bmb import a_transfer_accepted, a_transfer_requested
from contracts.tests.builders.orders import (
    a_device_line,
    a_person_merged,
    a_person_registered,
    a_withdrawal_placed,
)
from contracts.tests.builders.regions import (
    a_device_in_store_stated,
    a_device_on_loan_stated,
    a_device_returned,
    an_article_stated,
    rollators_received,
)
from contracts.tests.builders.story import (
    OWN,
    PAYER,
    RECEIVER,
    RECEIVING_PAYER,
    ROLLATOR,
    SENDER,
    device_id,
    order_id,
    person,
    transfer_id,
)


@pytest.mark.rule("INV-5b", "INV-5h")
async def test_the_device_card_shows_history_and_payers_by_period(world: World) -> None:
    await world.handle(a_device_on_loan_stated())
    await world.advance(stockholm("2026-03-09 08:00"))
    await world.handle(a_device_returned(on=date(2026, 3, 9)))

    async with world.http() as client:
        answer = await client.get(f"/devices/{device_id()}")

    card = answer.json()
    assert answer.status_code == 200, card
    assert (card["device_number"], card["name"]) == ("170098", "Rollator Brukare 55")
    assert card["holder"] == {"kind": "store", "store": OWN}
    assert [(p["from_day"], p["to_day"], p["payer_id"]) for p in card["periods"]] == [
        ("2026-03-02", "2026-03-09", PAYER),
        ("2026-03-09", None, None),
    ]
    assert len(card["history"]) == 2


@pytest.mark.rule("INV-5e", "INV-5h")
async def test_the_device_card_shows_who_has_it_who_pays_and_who_prescribed_it(
    world: World,
) -> None:
    await world.handle(a_device_on_loan_stated())
    lent = await card(world)
    await world.handle_all(
        a_transfer_requested(),
        a_transfer_accepted(new_prescriber=RECEIVER, effective_on=date(2026, 3, 2)),
    )
    taken_over = await card(world)

    assert {one["holder"]["person"] for one in (lent, taken_over)} == {str(person())}
    assert [(one["payer_id"], one["prescriber"]) for one in (lent, taken_over)] == [
        (PAYER, SENDER),
        (RECEIVING_PAYER, RECEIVER),
    ]
    assert [one["transfer_id"] for one in taken_over["history"]] == [None, str(transfer_id())]


@pytest.mark.rule("INV-5c")
async def test_the_device_card_says_nothing_of_a_purchase_that_nobody_knows(world: World) -> None:
    await world.handle(a_device_in_store_stated())

    async with world.http() as client:
        card = (await client.get(f"/devices/{device_id()}")).json()

    assert (card["owner"], card["bought_on"], card["value"]) == ("region", None, None)


@pytest.mark.rule("INV-5c")
@pytest.mark.parametrize("stated", [a_device_on_loan_stated, a_device_in_store_stated])
async def test_the_device_card_shows_owner_purchase_and_the_suppliers_article_number(
    world: World, stated: Callable[..., DeviceStated]
) -> None:
    price = {"net_ore": 412500, "vat_percent": 25}
    article = an_article_stated(ROLLATOR, version=2, supplier_article_number="NH-55")
    await world.handle_all(article, stated(owner="patient", bought_on="2021-09-14", value=price))

    async with world.http() as client:
        card = (await client.get(f"/devices/{device_id()}")).json()

    assert (card["owner"], card["bought_on"], card["value"]) == ("patient", "2021-09-14", price)
    assert card["supplier_article_number"] == "NH-55"


@pytest.mark.rule("INV-5c")
async def test_a_device_was_bought_before_it_was_stated(world: World) -> None:
    with pytest.raises(Refused) as refused:
        await world.handle(a_device_in_store_stated(stated_on="2026-03-01", bought_on="2026-03-02"))

    assert (refused.value.reason, refused.value.field) == ("BOUGHT_AFTERWARDS", "bought_on")


@pytest.mark.rule("INV-5c")
@pytest.mark.parametrize(
    "otherwise", [{"owner": "patient"}, {"bought_on": "2020-01-01"}, {"value": {"net_ore": 1}}]
)
async def test_a_purchase_is_not_stated_otherwise(world: World, otherwise: dict[str, Any]) -> None:
    await world.handle(a_device_in_store_stated(bought_on="2021-09-14"))
    await world.handle(a_device_in_store_stated(version=2))
    with pytest.raises(Refused) as refused:
        await world.handle(a_device_in_store_stated(version=3, **otherwise))

    field = next(iter(otherwise))
    assert (refused.value.reason, refused.value.field) == ("DEVICE_STATED_OTHERWISE", field)


@pytest.mark.rule("INV-5a")
async def test_the_device_card_shows_article_number_and_serial_number(world: World) -> None:
    await world.handle(a_device_in_store_stated(serial_number="SN-4471"))

    shown = await card(world)

    assert (shown["article_number"], shown["name"]) == (ROLLATOR, "Rollator Brukare 55")
    assert (shown["device_number"], shown["serial_number"]) == ("170098", "SN-4471")


@pytest.mark.rule("INV-5a")
async def test_a_device_in_a_list_bears_its_articles_name_and_type(world: World) -> None:
    await world.handle(a_device_on_loan_stated())

    async with world.http() as client:
        (line,) = (await client.get("/devices")).json()["items"]

    assert (line["name"], line["article_type"]) == ("Rollator Brukare 55", "main_device")


@pytest.mark.rule("INV-5f")
async def test_the_device_card_shows_the_order_behind_the_present_loan_alone(world: World) -> None:
    await world.handle_all(rollators_received(), a_withdrawal_placed(a_device_line()))
    lent = await card(world)
    await world.handle(a_device_returned())
    back = await card(world)

    assert (lent["order_id"], back["order_id"]) == (str(order_id()), None)
    assert [one["order_id"] for one in back["history"]] == [None, str(order_id()), None]


@pytest.mark.rule("INV-5i")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("device_number=70099", ["170099"]),
        ("device_number=4471", ["170097"]),
        ("device_number=sn-44", ["170097"]),
        ("device_number=SN-447", ["170097"]),
        (f"store={OWN}", ["170097", "170099"]),
        (f"person={person()}", ["170098"]),
        (f"article_number={ROLLATOR}", ["170097", "170098", "170099"]),
        ("claimed=true", []),
        ("sort=-device_number", ["170099", "170098", "170097"]),
    ],
)
async def test_devices_are_found_by_part_of_a_number_serial_number_holder_store_and_article(
    world: World, query: str, found: list[str]
) -> None:
    await world.handle_all(
        a_device_in_store_stated("170097", serial_number="SN-4471"),
        a_device_on_loan_stated(),
        rollators_received("170099"),
    )

    async with world.http() as client:
        page = (await client.get(f"/devices?{query}")).json()

    assert [line["device_number"] for line in page["items"]] == found


async def test_several_devices_are_read_at_once_as_a_list_shows_them(world: World) -> None:
    await world.handle_all(a_device_in_store_stated("170097"), a_device_on_loan_stated())
    asked = {"id": [str(device_id()), str(UUID(int=4711)), str(device_id("170097"))]}

    async with world.http() as client:
        listed = (await client.get("/devices", params={"sort": "-device_number"})).json()["items"]
        named = (await client.get("/devices:named", params=asked)).json()["items"]
    async with world.http(user="f999", roles=[Role.PRESCRIBER], service_points=["99999"]) as client:
        out_of_reach = (await client.get("/devices:named", params=asked)).json()["items"]

    assert named == listed
    assert out_of_reach == []


@pytest.mark.rule("INV-7a")
async def test_a_returned_device_has_left_the_patients_list(world: World) -> None:
    await world.handle_all(a_device_on_loan_stated("170098"), a_device_on_loan_stated("170099"))

    await world.handle(a_device_returned("170098"))

    async with world.http() as client:
        page = (await client.get(f"/devices?person={person()}")).json()
    assert [line["device_number"] for line in page["items"]] == ["170099"]


@pytest.mark.rule("ORD-20a")
async def test_a_merged_persons_devices_are_found_by_either_reference(world: World) -> None:
    await world.handle_all(a_device_on_loan_stated(), a_person_registered("P-30001"))
    await world.handle(a_person_merged("P-20417", into="P-30001"))

    async with world.http() as client:
        page = (await client.get(f"/devices?person={person('P-30001')}")).json()

    assert [line["device_number"] for line in page["items"]] == ["170098"]


async def test_another_regions_devices_are_not_seen(world: World) -> None:
    await world.handle(a_device_on_loan_stated())

    async with world.http(region="bd") as client:
        assert (await client.get("/devices")).json()["total"] == 0
        assert (await client.get(f"/devices/{device_id()}")).status_code == 404


async def card(world: World) -> dict[str, Any]:
    """The device's card as it is now."""
    async with world.http() as client:
        shown: dict[str, Any] = (await client.get(f"/devices/{device_id()}")).json()
    return shown
