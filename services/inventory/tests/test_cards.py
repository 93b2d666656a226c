"""INV-5 and INV-6 on real PostgreSQL: a device's numbers, its card and its maintenance."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from inventory.app import service
from inventory.devices.models import UsedNumberRow
from kvitt_contracts.envelope import Event
from kvitt_contracts.inventory import DeviceCardChanged, DeviceRenumbered
from kvitt_contracts.types import Role
from kvitt_testkit.reconciled import found_by
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm

from contracts.tests.builders.orders import a_person_registered
from contracts.tests.builders.regions import (
    a_card_set,
    a_device_on_loan_stated,
    a_device_returned,
    a_renumbering,
    a_scrapping,
    rollators_received,
    the_catalogue,
    the_stores,
)
from contracts.tests.builders.story import (
    OUTSIDER,
    SENDER,
    SENDING,
    SERVICE,
    device_id,
    work_order_id,
)
from contracts.tests.builders.work_orders import a_work_order_finished, a_work_order_registered
from services.inventory.tests.worlds import device, refusal

CARE = (Role.PRESCRIBER,)
LENT, IN_STORE = "170001", "170098"


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A rollator that SENDER has lent, and one in their unit's store; it is the 20th."""
    async with given(service, at=stockholm("2026-03-20 08:00")) as world:
        await world.handle_all(*the_stores(), *the_catalogue(), a_person_registered())
        await world.handle_all(a_device_on_loan_stated(LENT, customer_id=SENDING))
        await world.handle_all(rollators_received(IN_STORE))
        await world.register(SENDER, roles=CARE, service_points=[SENDING])
        await world.register(OUTSIDER, roles=CARE, service_points=["40999"])
        await world.register(SERVICE)
        yield world


# -- another number ------------------------------------------------------------------------------


@pytest.mark.rule("INV-6a")
async def test_a_new_number_is_confirmed_before_it_is_given(world: World) -> None:
    refused = await refusal(world.handle(a_renumbering(LENT, "170500", is_confirmed=False)))
    assert (refused.reason, refused.rule) == ("NOT_CONFIRMED", "INV-6")
    assert (refused.values["number_before"], refused.values["number_after"]) == (LENT, "170500")
    assert await world.events(DeviceRenumbered) == []

    await world.handle(a_renumbering(LENT, "170500"))

    (event,) = await world.events(DeviceRenumbered)
    assert (event.device_id, event.device_number, event.before) == (
        device_id(LENT),
        "170500",
        LENT,
    )
    assert (await device(world, LENT)).former_numbers == (LENT,)
    await assert_rows_are_folds(world)
    assert await found_by(world, "custody") == []


@pytest.mark.rule("INV-6a")
async def test_each_number_that_a_device_has_borne_finds_it(world: World) -> None:
    await world.handle_all(a_renumbering(LENT, "170500"), a_renumbering("170500", "170501"))

    await world.handle(a_device_returned("170500", on="2026-03-19"))
    await world.handle(a_scrapping(LENT, on="2026-03-20"))

    found = await device(world, LENT)
    assert (found.device_number, found.status) == ("170501", "scrapped")
    async with world.http(user=SENDER, roles=CARE, service_points=[SENDING]) as client:
        for number in (LENT, "170500", "170501"):
            page = (await client.get(f"/devices?device_number={number}")).json()
            assert [one["device_number"] for one in page["items"]] == ["170501"]


@pytest.mark.rule("INV-6a")
@pytest.mark.parametrize("used", [LENT, "170500", "170501"])
async def test_a_number_that_was_borne_is_given_to_no_other_device(world: World, used: str) -> None:
    await world.handle_all(a_renumbering(LENT, "170500"), a_renumbering(LENT, "170501"))

    given = await refusal(world.handle(a_renumbering(IN_STORE, used)))
    received = await refusal(world.handle(rollators_received(used)))

    assert (given.reason, given.rule, given.field) == ("DEVICE_NUMBER_TAKEN", "INV-6", "new_number")
    assert (received.reason, received.rule) == ("DEVICE_NUMBER_TAKEN", "INV-5")


async def test_a_device_may_have_its_own_number_back(world: World) -> None:
    await world.handle_all(a_renumbering(LENT, "170500"), a_renumbering("170500", LENT))

    assert (await device(world, LENT)).device_number == LENT
    await world.handle(a_renumbering(LENT, "170501"))
    used = {row.device_number for row in await world.rows(UsedNumberRow)}
    assert used == {LENT, "170500"}
    await assert_rows_are_folds(world)


async def scrapped(world: World) -> None:
    await world.handle(a_scrapping(IN_STORE, on="2026-03-20"))


async def nothing(world: World) -> None:
    pass


@pytest.mark.parametrize(
    ("before", "asked", "reason", "rule"),
    [
        (nothing, a_renumbering("999999", "170500"), "UNKNOWN_DEVICE", "INV-5"),
        (nothing, a_renumbering(LENT, "170500", by=OUTSIDER), "UNKNOWN_DEVICE", "INV-5"),
        (nothing, a_renumbering(IN_STORE, "170500", by=OUTSIDER), "UNKNOWN_DEVICE", "INV-5"),
        (nothing, a_renumbering(LENT, LENT), "SAME_NUMBER", "INV-6"),
        (nothing, a_renumbering(LENT, IN_STORE), "DEVICE_NUMBER_TAKEN", "INV-6"),
        (nothing, a_renumbering(LENT, "170500", by="k999okd"), "UNKNOWN_USER", "REF-3"),
        (scrapped, a_renumbering(IN_STORE, "170500"), "DEVICE_GONE", "INV-7"),
    ],
)
async def test_what_cannot_be_renumbered_is_refused_with_a_way_on(
    world: World, before: Any, asked: Any, reason: str, rule: str
) -> None:
    await before(world)
    earlier: list[Event] = await world.events()

    refused = await refusal(world.handle(asked))

    assert (refused.reason, refused.rule) == (reason, rule)
    assert refused.way_on
    assert await world.events() == earlier


@pytest.mark.rule("ACT-4b")
async def test_a_replaced_unit_gets_its_number_after_its_own_repair(world: World) -> None:
    await world.handle_all(
        a_work_order_registered("warranty_repair", LENT, work_order="A-1"),
        a_work_order_registered("warranty_repair", IN_STORE, work_order="A-2"),
        a_work_order_registered("adjustment", LENT, work_order="A-3"),
        a_work_order_finished("replaced", work_order="A-1", has_action=True),
    )

    refused = [
        await refusal(world.handle(a_renumbering(LENT, "170500", work_order=work)))
        for work in ("A-2", "A-3", "A-4")
    ]
    await world.handle(a_renumbering(LENT, "170500", work_order="A-1"))

    assert [(one.reason, one.rule) for one in refused] == [
        ("WORK_ORDER_OF_ANOTHER_DEVICE", "ACT-4"),
        ("NO_REPAIR", "ACT-4"),
        ("UNKNOWN_WORK_ORDER", "ACT-4"),
    ]
    (event,) = await world.events(DeviceRenumbered)
    assert event.work_order_id == work_order_id("A-1")


@pytest.mark.rule("ACT-4b")
@pytest.mark.parametrize("kind", ["repair", "installed_repair", "installation"])
async def test_a_unit_is_replaced_in_other_repairs_too(world: World, kind: str) -> None:
    await world.handle_all(
        a_work_order_registered(kind, LENT), a_work_order_finished("replaced", has_action=True)
    )

    await world.handle(a_renumbering(LENT, "170500", work_order="A-1"))

    (event,) = await world.events(DeviceRenumbered)
    assert event.work_order_id == work_order_id("A-1")


async def test_a_number_is_given_over_http_and_the_card_tells_of_it(world: World) -> None:
    await world.handle(a_work_order_registered("warranty_repair", LENT, work_order="A-1"))
    body: dict[str, Any] = {
        "device_number": "170500",
        "work_order_id": str(work_order_id("A-1")),
    }
    async with world.http(user=SENDER, roles=CARE, service_points=[SENDING]) as client:
        asked = await client.post(f"/devices/{device_id(LENT)}:renumber", json=body)
        given = await client.post(
            f"/devices/{device_id(LENT)}:renumber", json=body | {"confirm": True}
        )
        taken = await client.post(
            f"/devices/{device_id(LENT)}:renumber", json={"device_number": IN_STORE}
        )
        card = (await client.get(f"/devices/{device_id(LENT)}")).json()
        story = (await client.get(f"/devices/{device_id(LENT)}/story")).json()

    assert (asked.status_code, asked.json()["reason"]) == (409, "NOT_CONFIRMED")
    assert (taken.status_code, taken.json()["field"]) == (422, "device_number")
    assert (given.status_code, given.json()["device_number"]) == (200, "170500")
    assert (card["device_number"], card["former_numbers"]) == ("170500", [LENT])
    assert story["items"][-1]["summary"] == f"Fick individnummer 170500; hade förut {LENT}."
    assert story["items"][-1]["by"] == SENDER


# -- the card ------------------------------------------------------------------------------------


@pytest.mark.rule("INV-6b", "REF-12e", "REF-12m")
async def test_a_serial_number_is_set_by_customer_service_which_says_who_asked(
    world: World,
) -> None:
    by_unit = await refusal(world.handle(a_card_set(LENT, serial_number="SN-1")))
    unsaid = await refusal(world.handle(a_card_set(LENT, serial_number="SN-1", by=SERVICE)))
    await world.handle(a_card_set(LENT, serial_number="SN-1", by=SERVICE, asked_by=SENDER))

    assert (by_unit.reason, by_unit.rule) == ("CUSTOMER_SERVICE_ONLY", "INV-6")
    assert (unsaid.reason, unsaid.rule, unsaid.field) == ("ASKED_BY_MISSING", "REF-12", "asked_by")
    (event,) = await world.events(DeviceCardChanged)
    assert (event.serial_number, event.by, event.asked_by) == ("SN-1", SERVICE, SENDER)
    assert (await device(world, LENT)).serial_number == "SN-1"
    await assert_rows_are_folds(world)


@pytest.mark.rule("INV-5k", "INV-6c")
async def test_a_sip_number_is_added_and_changed_and_is_said_in_no_event(world: World) -> None:
    url = f"/devices/{device_id(LENT)}"
    async with world.http(user=SENDER, roles=CARE, service_points=[SENDING]) as client:
        for number in ("0900-980 01", "0900-980 02"):
            answer = await client.post(f"{url}:set-card", json={"sip_number": number})
            assert answer.status_code == 200
            assert (await client.get(url)).json()["sip_number"] == number
        story = (await client.get(f"{url}/story")).json()

    assert story["items"][-1]["summary"] == "Individkortet: SIP-numret ändrades."
    changes = await world.events(DeviceCardChanged)
    assert [one.has_sip_number for one in changes] == [True, True]
    assert all("980" not in one.model_dump_json(exclude={"device_id"}) for one in changes)


@pytest.mark.rule("INV-5k")
async def test_a_sip_number_is_that_of_whoever_has_the_device(world: World) -> None:
    url = f"/devices/{device_id(LENT)}"
    async with world.http(user=SENDER, roles=CARE, service_points=[SENDING]) as client:
        await client.post(f"{url}:set-card", json={"sip_number": "0900-980 01"})
        await world.handle(a_device_returned(LENT, on="2026-03-20"))
        card = (await client.get(url)).json()

    assert card["sip_number"] is None


@pytest.mark.rule("INV-5j")
async def test_a_device_is_found_by_the_sip_number_of_whoever_has_it(world: World) -> None:
    async def found(number: str, user: str = SENDER, **who: Any) -> list[str]:
        asking = {"roles": CARE, "service_points": [SENDING], **who}
        async with world.http(user=user, **asking) as client:
            answer = await client.post("/devices:find", json={"sip_number": number})
            assert answer.status_code == 200, answer.text
            return [one["device_number"] for one in answer.json()["items"]]

    url = f"/devices/{device_id(LENT)}"
    async with world.http(user=SENDER, roles=CARE, service_points=[SENDING]) as client:
        await client.post(f"{url}:set-card", json={"sip_number": "0900-980 01"})

    assert await found("0900-980 01") == [LENT]
    assert await found("090098001") == [LENT]
    assert await found("0900-980 0") == []
    assert await found("0900-980 01", OUTSIDER, service_points=[]) == []
    await world.handle(a_device_returned(LENT, on="2026-03-20"))
    assert await found("0900-980 01") == []


@pytest.mark.rule("INV-5j")
async def test_a_sip_number_is_asked_for_in_no_address(world: World) -> None:
    async with world.http(user=SENDER, roles=CARE, service_points=[SENDING]) as client:
        listed = await client.get("/devices", params={"sip_number": "0900-980 01"})
        wrong = await client.post("/devices:find", json={"sip_number": "hörtelefon"})

    assert (listed.status_code, wrong.status_code) == (422, 422)


@pytest.mark.rule("INV-5d")
async def test_the_card_tells_when_it_was_maintained_and_when_it_is_to_be(world: World) -> None:
    url = f"/devices/{device_id(LENT)}"
    days = {"maintained_on": "2026-03-10", "maintenance_due_on": "2027-03-10"}
    async with world.http(user=SENDER, roles=CARE, service_points=[SENDING]) as client:
        answer = await client.post(f"{url}:set-card", json=days)
        card = (await client.get(url)).json()
        story = (await client.get(f"{url}/story")).json()

    assert answer.status_code == 200
    assert {name: card[name] for name in days} == days
    told = story["items"][-1]["summary"]
    assert told.startswith("Individkortet: förebyggande underhåll gjordes")
    await assert_rows_are_folds(world)


@pytest.mark.rule("INV-5d")
async def test_the_next_day_of_maintenance_follows_from_the_last_one(world: World) -> None:
    first = {"maintained_on": "2026-02-10", "maintenance_due_on": "2026-03-19"}
    await world.handle(a_card_set(LENT, **first))
    await world.handle(a_card_set(LENT, maintenance_due_on="2026-03-25"))
    assert (await device(world, LENT)).maintenance_due_on is not None

    await world.handle(a_card_set(LENT, maintained_on="2026-03-18"))

    row = await device(world, LENT)
    assert (str(row.maintained_on), row.maintenance_due_on) == ("2026-03-18", None)


@pytest.mark.rule("INV-5p")
async def test_what_is_to_be_maintained_by_a_day_is_listed_but_for_what_is_gone(
    world: World,
) -> None:
    await world.handle_all(
        a_card_set(LENT, maintenance_due_on="2026-04-10"),
        a_card_set(IN_STORE, maintenance_due_on="2026-04-01"),
    )
    asked: dict[str, Any] = {"user": SENDER, "roles": CARE, "service_points": [SENDING]}

    async def due(day: str) -> list[tuple[str, str]]:
        async with world.http(**asked) as client:
            page = (await client.get(f"/devices?maintenance_due_by={day}")).json()
        return [(one["device_number"], one["maintenance_due_on"]) for one in page["items"]]

    assert await due("2026-03-31") == []
    assert await due("2026-04-01") == [(IN_STORE, "2026-04-01")]
    assert await due("2026-04-10") == [(LENT, "2026-04-10"), (IN_STORE, "2026-04-01")]
    await world.handle(a_scrapping(IN_STORE, on="2026-03-20"))
    assert await due("2026-04-10") == [(LENT, "2026-04-10")]


@pytest.mark.rule("ACT-8b", "INV-5d")
async def test_finished_maintenance_is_the_devices_last_one(world: World) -> None:
    await world.handle_all(
        a_work_order_registered("maintenance", LENT, work_order="A-1"),
        a_work_order_registered("maintenance", LENT, work_order="A-2"),
        a_work_order_registered("repair", IN_STORE, work_order="A-3"),
        a_work_order_registered("tied_to_order", None, work_order="A-4"),
    )

    await world.handle_all(
        a_work_order_finished(work_order="A-1", on="2026-03-18"),
        a_work_order_finished(work_order="A-2", on="2026-03-12"),
        a_work_order_finished(work_order="A-3", on="2026-03-19"),
        a_work_order_finished(work_order="A-4", on="2026-03-19"),
    )

    (event,) = await world.events(DeviceCardChanged)
    assert (event.device_id, str(event.maintained_on)) == (device_id(LENT), "2026-03-18")
    assert event.work_order_id == work_order_id("A-1")
    assert str((await device(world, LENT)).maintained_on) == "2026-03-18"
    await assert_rows_are_folds(world)


@pytest.mark.parametrize(
    ("fields", "reason", "rule"),
    [
        ({}, "NOTHING_TO_SET", "INV-5"),
        ({"maintained_on": "2026-03-21"}, "DAY_IN_THE_FUTURE", "DAY-1"),
        ({"maintained_on": "2026-03-10", "by": OUTSIDER}, "UNKNOWN_DEVICE", "INV-5"),
        (
            {"maintained_on": "2026-03-10", "maintenance_due_on": "2026-03-10"},
            "DUE_BEFORE_DONE",
            "DAY-5",
        ),
    ],
)
async def test_what_a_card_cannot_say_is_refused_with_a_way_on(
    world: World, fields: dict[str, Any], reason: str, rule: str
) -> None:
    refused = await refusal(world.handle(a_card_set(LENT, **fields)))

    assert (refused.reason, refused.rule) == (reason, rule)
    assert refused.way_on
    assert await world.events(DeviceCardChanged) == []
