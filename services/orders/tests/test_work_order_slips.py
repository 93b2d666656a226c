"""ACT-2: a work order's slip for the supplier, and its attachments (ORD-16)."""

from collections.abc import AsyncIterator
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest
from kvitt_contracts.types import Address
from kvitt_testkit.world import Given, World
from orders.app import service
from orders.people.models import PersonAccessRow

from contracts.tests.builders.inventory import a_device_registered, an_article_listed
from contracts.tests.builders.regions import a_customer_stated, a_user_contact_stated
from contracts.tests.builders.story import FITTING, OUTSIDER, SENDER, SENDING
from documents.tests.reading import pages
from services.orders.tests.pickups import DEVICES
from services.orders.tests.test_attachments import PDF, UNIT, sent_in
from services.orders.tests.work_orders import STAFF, a_unit_with_work
from services.orders.tests.worlds import MONDAY, patient

STRANGER: Final[dict[str, Any]] = {
    "user": OUTSIDER,
    "roles": ["prescriber"],
    "service_points": ["61202"],
}
SURGERY: Final = Address(street="Lasarettsgatan 2", postal_code="90185", city="Umeå")
DELIVERY: Final[dict[str, Any]] = {
    "to": {"kind": "recipient"},
    "order_phone": "090-785 00 00",
    "information": "Låneapparat är utlämnad.",
}


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A unit with work, whose first device is known by its number."""
    async with given(service, at=MONDAY) as world:
        await a_unit_with_work(world)
        await world.handle(an_article_listed("31222-07", name="Hörapparat Vinga"))
        await world.handle(a_device_registered(DEVICES[0], article="31222-07"))
        await world.handle(a_user_contact_stated(), subject=SENDER)
        stated = a_customer_stated(SENDING, version=9, name="Hörselenheten", address=SURGERY)
        await world.handle(stated, subject=SENDING)
        yield world


async def registered(world: World, client: httpx.AsyncClient, **changes: Any) -> httpx.Response:
    """What is answered to who has a device repaired."""
    body = {
        "kind": "warranty_repair",
        "recipient": {"kind": "patient", "person": await patient(world)},
        "service_point": SENDING,
        "device_number": DEVICES[0],
        "service_article": FITTING,
        "description": "Piper i höger öra.\nBatteriet tar slut på en dag.",
        "delivery": DELIVERY,
    }
    return await client.post("/work-orders", json=body | changes)


async def printed(world: World, target: str, *, status: int = 200, **caller: Any) -> Any:
    """What is answered to who prints the slip."""
    async with world.http(**(UNIT | caller)) as client:
        answer = await client.get(f"/work-orders/{target}/slip")
    assert answer.status_code == status, answer.text
    return answer


async def a_work_order(world: World, **changes: Any) -> str:
    """A warranty repair's id."""
    async with world.http(**UNIT) as client:
        answer = await registered(world, client, **changes)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["work_order_id"])


@pytest.mark.rule("ACT-2d")
async def test_the_slip_says_the_supplier_what_is_wrong_and_where_it_goes_back(
    world: World,
) -> None:
    target = await a_work_order(world)

    answer = await printed(world, target)

    assert answer.headers["cache-control"] == "no-store"
    (page,) = pages(answer.content)
    assert page == (
        "Arbetsorder 26100001 Arbetsordernummer 26100001"
        " Slag Garantireparation Registrerad 2026-03-02 Tjänsteprodukt 39001 Sittdyna Ängsull"
        " Hjälpmedel Rad Individnummer Artikel 1 170098 31222-07 Hörapparat Vinga"
        " Fel eller önskad åtgärd Piper i höger öra. Batteriet tar slut på en dag."
        " Beställare Namn Testa Förskrivare Telefon 090-785 00 00 090-785 00 01 070-174 06 05"
        " E-post testa.forskrivare@region.example"
        " Enhet 40201 Hörselenheten Adress Lasarettsgatan 2 901 85 Umeå"
        " Skickas tillbaka till Enhet 40201 Hörselenheten Adress Lasarettsgatan 2 901 85 Umeå"
        " Kommentar Låneapparat är utlämnad."
        " Arbetsorder 26100001 Sida 1 av 1"
    )


@pytest.mark.rule("ACT-2d")
async def test_the_slip_names_no_patient_and_no_home(world: World) -> None:
    target = await a_work_order(world)

    (page,) = pages((await printed(world, target)).content)

    for private in ("Tess", "Storgatan", "070-123"):
        assert private not in page


@pytest.mark.rule("REF-19d")
async def test_who_prints_what_is_said_of_a_patient_has_looked_at_them(world: World) -> None:
    target = await a_work_order(world)
    before = len(await world.rows(PersonAccessRow))

    await printed(world, target)

    assert len(await world.rows(PersonAccessRow)) == before + 1


@pytest.mark.rule("ACT-2d")
async def test_what_is_voided_has_no_slip(world: World) -> None:
    target = await a_work_order(world)
    async with world.http(**UNIT) as client:
        await client.post(f"/work-orders/{target}:void", json={"reason": "NOT_NEEDED"})

    told = (await printed(world, target, status=409)).json()

    assert (told["reason"], told["rule"]) == ("ENDED", "ACT-2")


@pytest.mark.rule("REF-18c")
async def test_the_slip_of_another_units_work_order_is_no_slip(world: World) -> None:
    target = await a_work_order(world)

    await printed(world, target, status=404, **STRANGER)


@pytest.mark.rule("ACT-2b", "ORD-16a", "ORD-16b")
async def test_what_is_attached_goes_along_and_both_sides_read_it(world: World) -> None:
    async with world.http(**UNIT) as client:
        made = (await sent_in(client)).json()
    target = await a_work_order(world, attachments=[made["attachment_id"]])

    for caller, status in ((UNIT, 200), (STAFF, 200), (STRANGER, 404)):
        async with world.http(**caller) as client:
            listed = await client.get(f"/work-orders/{target}/attachments")
            read = await client.get(f"/attachments/{made['attachment_id']}")
        assert (listed.status_code, read.status_code) == (status, status)
        if status == 200:
            (one,) = listed.json()["attachments"]
            assert one["about"] == {"kind": "work_order", "id": target}
            assert read.content == PDF


@pytest.mark.rule("ORD-16a")
async def test_a_file_is_put_to_a_work_order_later_too(world: World) -> None:
    target = await a_work_order(world)
    about = {"about": {"kind": "work_order", "id": target}}
    async with world.http(**UNIT) as client:
        made = (await sent_in(client)).json()
        answer = await client.post(f"/attachments/{made['attachment_id']}:attach", json=about)
        shown = await client.get(f"/work-orders/{target}/attachments")

    assert answer.status_code == 200, answer.text
    assert len(shown.json()["attachments"]) == 1


@pytest.mark.rule("ORD-16a")
async def test_a_work_order_with_a_file_that_is_not_there_is_not_registered(world: World) -> None:
    async with world.http(**UNIT) as client:
        answer = await registered(world, client, attachments=[str(uuid4())])

    told = answer.json()
    assert (answer.status_code, told["reason"], told["rule"]) == (
        422,
        "UNKNOWN_ATTACHMENT",
        "ORD-16",
    )
