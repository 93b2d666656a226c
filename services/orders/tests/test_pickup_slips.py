"""PCK-4, PCK-6: a pickup's slip, on real PostgreSQL and over real HTTP."""

from collections.abc import AsyncIterator
from typing import Any, Final
from uuid import UUID

import pytest
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import Word
from kvitt_testkit.world import Given, World
from orders.app import service
from orders.people.models import PersonAccessRow

from contracts.tests.builders.areas import with_product_areas
from contracts.tests.builders.inventory import (
    a_device_registered,
    a_device_stated_on_loan,
    an_article_listed,
)
from contracts.tests.builders.pickups import a_claim_broken, a_claim_granted
from contracts.tests.builders.story import OUTSIDER, SENDER, SENDING, pickup_id
from documents.tests.reading import pages
from services.orders.tests.pickups import DEVICES, devices_on_loan, requested_over_http
from services.orders.tests.worlds import MONDAY

HEARING: Final[dict[str, Any]] = {
    "code": "horsel",
    "sources": ["central"],
    "checklist": ["Laddare", "Fodral och insats"],
}
DELIVERY: Final[dict[str, Any]] = {
    "to": {"kind": "recipient"},
    "order_phone": "090-785 00 00",
    "door_code": "1789",
    "instructions": "Ring på hos grannen",
    "information": "Ta med duschpallen",
}


@pytest.fixture
async def world(given: Given, policies: Policies) -> AsyncIterator[World]:
    """A patient with two devices on loan, of which one is of a product area with a checklist."""
    areas = with_product_areas(policies, HEARING, "syn")
    async with given(service, at=MONDAY, policies=areas) as world:
        await devices_on_loan(world)
        aid = an_article_listed("31222-07", name="Hörapparat Vinga", product_area="horsel")
        await world.handle(aid)
        await world.handle(an_article_listed())
        await world.handle(a_device_registered(DEVICES[0], article="31222-07"))
        await world.handle(a_device_registered(DEVICES[1]))
        yield world


async def printed(world: World, target: UUID, *, status: int = 200, **caller: Any) -> Any:
    """What is answered to who prints the slip."""
    who = {"user": SENDER, "roles": ["prescriber"], "service_points": [SENDING]} | caller
    async with world.http(**who) as client:
        answer = await client.get(f"/pickups/{target}/slip")
    assert answer.status_code == status, answer.text
    return answer


async def registered(world: World, *devices: str, **changes: Any) -> UUID:
    """A pickup whose devices are claimed."""
    target = await requested_over_http(world, *devices, reference="H-1", **changes)
    await world.handle(a_claim_granted(*devices))
    return target


@pytest.mark.rule("PCK-4a")
async def test_the_slip_says_what_is_fetched_why_and_from_whom(world: World) -> None:
    target = await registered(world, *DEVICES, delivery=DELIVERY)

    answer = await printed(world, target)

    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"] == "no-store"
    (page,) = pages(answer.content)
    assert page == (
        "Hämtorder 26100001 Hämtordernummer 26100001"
        " Registrerad 2026-03-02 Tjänsteställe 40201 Arbetsplats 40201 Beställd av k082lno"
        " Orsak Behövs inte längre"
        " Hämtas hos Namn Tess Testsson Adress Storgatan 1 903 25 Umeå"
        " Telefon, beställare 090-785 00 00 Telefon, mottagare 070-123 45 67 Portkod 1789"
        " Anvisningar Ring på hos grannen Övrigt Ta med duschpallen"
        " Det som hämtas Rad Individnummer Artikel Med"
        " 1 170098 31222-07 Hörapparat Vinga ☐ 2 170099 30012 Rollator Brukare 55 ☐"
        " Checklista, horsel ☐ Laddare ☐ Fodral och insats"
        " Hämtorder 26100001 Sida 1 av 1"
    )


@pytest.mark.rule("PCK-6a")
async def test_the_checklist_is_that_of_the_devices_product_area(world: World) -> None:
    target = await registered(world, DEVICES[1])

    (page,) = pages((await printed(world, target)).content)

    assert "Checklista" not in page


@pytest.mark.rule("PCK-4a")
async def test_what_has_come_back_is_not_on_the_slip(world: World) -> None:
    target = await registered(world, *DEVICES)
    await world.handle(a_claim_broken(DEVICES[0]))

    (page,) = pages((await printed(world, target)).content)

    assert "1 170099" in page
    assert "170098" not in page


@pytest.mark.rule("PCK-4a")
async def test_a_device_of_the_old_stock_is_on_the_slip_by_its_number(world: World) -> None:
    await world.handle(a_device_stated_on_loan("R-17", article="31222-07"))
    await requested_over_http(world, "R-17", reference="H-1")
    await world.handle(a_claim_granted("R-17"))

    (page,) = pages((await printed(world, pickup_id("H-1"))).content)

    assert "1 R-17 31222-07 Hörapparat Vinga" in page


async def test_a_word_of_the_region_that_nobody_has_named_is_said_as_it_is(world: World) -> None:
    target = await registered(world, DEVICES[0], cause=Word("too_bulky"))

    (page,) = pages((await printed(world, target)).content)

    assert "Orsak För stort att lämna in" in page


@pytest.mark.rule("PCK-4a")
async def test_there_is_no_slip_before_the_store_has_answered_nor_when_all_is_fetched(
    world: World,
) -> None:
    target = await requested_over_http(world, DEVICES[0], reference="H-1")
    early = (await printed(world, target, status=409)).json()
    await world.handle(a_claim_granted(DEVICES[0]))
    await world.handle(a_claim_broken(DEVICES[0]))

    late = (await printed(world, target, status=409)).json()

    assert [(one["reason"], one["rule"]) for one in (early, late)] == [
        ("WAITING", "PCK-4"),
        ("ENDED", "PCK-4"),
    ]
    assert all(one["way_on"] for one in (early, late))


@pytest.mark.rule("REF-19d")
async def test_who_prints_a_patients_slip_has_looked_at_them(world: World) -> None:
    target = await registered(world, DEVICES[0])
    before = len(await world.rows(PersonAccessRow))

    await printed(world, target)

    looks = await world.rows(PersonAccessRow)
    assert len(looks) == before + 1
    assert {(one.user_id, one.purpose) for one in looks if one.purpose == "delivery"} == {
        (SENDER, "delivery")
    }


@pytest.mark.rule("REF-18c")
async def test_the_slip_of_another_units_pickup_is_no_slip(world: World) -> None:
    target = await registered(world, DEVICES[0])

    elsewhere = {"user": OUTSIDER, "service_points": ["61202"]}
    answer = await printed(world, target, status=404, **elsewhere)

    assert answer.json()["reason"] == "UNKNOWN_PICKUP"
