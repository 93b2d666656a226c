"""REF-11: what product areas and connected stores let a user see."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from inventory.app import service
from kvitt_contracts.inventory import OpenStocktaking
from kvitt_contracts.policy import Policies
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import Role, StoreId, UserId
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm

from contracts.tests.builders.areas import with_product_areas
from contracts.tests.builders.orders import a_person_registered, a_user_registered
from contracts.tests.builders.regions import (
    a_device_on_loan_stated,
    a_device_returned,
    a_return_registered,
    a_scrapping,
    a_store_stated,
    a_supplier_return,
    an_article_stated,
    rollators_received,
    the_stores,
)
from contracts.tests.builders.story import CENTRAL, OWN, PURCHASING, SENDER, SENDING, device_id
from services.inventory.tests.units import COLLEAGUE, STAFF, SYSTEM, Who, listed, shown

HEARING, SIGHT, PLAIN = "30021", "30022", "30023"
SECOND = "404"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00"
ME: Who = {"user": SENDER, "roles": (Role.PRESCRIBER,), "service_points": [SENDING]}


@pytest.fixture
async def world(given: Given, policies: Policies) -> AsyncIterator[World]:
    """Articles of two areas and of none, each with a device that SENDER has lent a patient, one in
    the unit's store, and one that came back; and a second store of the unit.
    """
    areas = with_product_areas(policies, "horsel", "syn")
    async with given(service, at=stockholm("2026-03-02 08:00"), policies=areas) as world:
        await world.handle_all(
            *the_stores(),
            a_store_stated(SECOND, "own", service_point=SENDING),
            an_article_stated(HEARING, product_area="horsel", iso_code="220606"),
            an_article_stated(SIGHT, product_area="syn", iso_code="220306"),
            an_article_stated(PLAIN),
            a_person_registered(),
        )
        for number in (HEARING, SIGHT, PLAIN):
            await world.handle_all(
                a_device_on_loan_stated(f"L{number}", article_number=number, customer_id=SENDING),
                a_device_on_loan_stated(f"R{number}", article_number=number, customer_id=SENDING),
                rollators_received(f"S{number}", article_number=number, store=OWN),
                a_device_returned(f"R{number}"),
            )
        await world.handle(rollators_received("S2", article_number=PLAIN, store=SECOND))
        yield world


async def limited(world: World, **limits: Any) -> None:
    """SENDER's limits, as orders tells them."""
    await world.handle(a_user_registered(**limits))


@pytest.mark.rule("REF-11a")
@pytest.mark.parametrize(
    ("areas", "seen"),
    [
        (("horsel",), [HEARING, PLAIN]),
        (("horsel", "syn"), [HEARING, SIGHT, PLAIN]),
        ((), [PLAIN]),
        (None, [HEARING, SIGHT, PLAIN]),
    ],
)
async def test_the_catalogue_has_the_articles_of_a_users_areas_and_those_of_none(
    world: World, areas: tuple[str, ...] | None, seen: list[str]
) -> None:
    await limited(world, product_areas=areas)

    async with world.http(**ME) as client:
        assert await listed(client, "/articles", "article_number") == seen
        for number in (HEARING, SIGHT, PLAIN):
            assert (await client.get(f"/articles/{number}")).status_code == (
                200 if number in seen else 404
            )
        classes = (await client.get("/articles:classes")).json()["items"]
        assert sum(one["articles"] for one in classes if len(one["iso_code"]) == 6) == len(seen)


@pytest.mark.rule("INV-1d")
async def test_the_catalogue_is_filtered_by_product_area(world: World) -> None:
    async with world.http(**ME) as client:
        assert await listed(client, "/articles?product_area=syn", "article_number") == [SIGHT]


@pytest.mark.rule("INV-2a", "REF-11a")
async def test_an_articles_files_are_read_by_who_sees_the_article(world: World) -> None:
    await limited(world, product_areas=("horsel",))
    said = {"Content-Type": "image/png", "X-Filename": "bild.png"}
    files = {}
    async with world.http(**STAFF) as client:
        for number in (HEARING, SIGHT):
            path = f"/articles/{number}/files"
            made = (await client.post(path, content=PNG, headers=said)).json()
            files[number] = f"/article-files/{made['file_id']}"
            await client.post(f"{files[number]}:show", json={"description": "Bild"})
        assert await shown(client, files[SIGHT]) == 200

    async with world.http(**ME) as client:
        assert await shown(client, files[HEARING]) == 200
        assert await shown(client, files[SIGHT]) == 404


@pytest.mark.rule("REF-11a")
async def test_devices_on_a_patient_are_those_of_a_users_areas(world: World) -> None:
    await limited(world, product_areas=("horsel",))
    mine, in_store = [f"L{HEARING}", f"L{PLAIN}"], [f"S{n}" for n in (HEARING, SIGHT, PLAIN)]

    async with world.http(**ME) as client:
        devices = await listed(client, "/devices", "device_number")
        assert [one for one in devices if one.startswith("L")] == mine
        assert set(in_store) <= set(devices)  # the unit answers for what its store has
        assert await shown(client, f"/devices/{device_id(f'L{SIGHT}')}") == 200


@pytest.mark.rule("REF-11a")
async def test_what_a_patient_had_is_of_a_users_areas(world: World) -> None:
    async with world.http(**ME) as client:
        person = (await client.get(f"/devices/{device_id(f'L{SIGHT}')}")).json()["holder"]["person"]
        returned = f"/devices:returned?person={person}"
        assert len(await listed(client, returned, "device_number")) == 3
        await limited(world, product_areas=("syn",))
        assert await listed(client, returned, "device_number") == [f"R{SIGHT}", f"R{PLAIN}"]


@pytest.mark.rule("REF-11a")
@pytest.mark.parametrize("who", [COLLEAGUE, STAFF, SYSTEM])
async def test_who_has_no_areas_sees_every_article(world: World, who: Who) -> None:
    await limited(world, product_areas=("horsel",))

    async with world.http(**who) as client:
        assert len(await listed(client, "/articles", "article_number")) == 3


@pytest.mark.rule("REF-11a")
async def test_an_article_is_of_an_area_that_the_region_has(world: World) -> None:
    with pytest.raises(Refused) as refused:
        await world.handle(an_article_stated("30024", product_area="cpap"))

    assert (refused.value.reason, refused.value.rule, refused.value.field) == (
        "UNKNOWN_PRODUCT_AREA",
        "REF-11",
        "product_area",
    )
    await assert_rows_are_folds(world)


@pytest.mark.rule("REF-11d")
async def test_a_user_sees_the_stores_that_they_are_connected_to_and_the_central_ones(
    world: World,
) -> None:
    async with world.http(**ME) as client:
        assert await listed(client, "/stores", "store") == [OWN, SECOND, CENTRAL, PURCHASING]
        await limited(world, stores=(SECOND,))
        assert await listed(client, "/stores", "store") == [SECOND, CENTRAL, PURCHASING]
        assert (await client.get(f"/stores/{OWN}/balances")).status_code == 404
        assert set(await listed(client, "/stock-moves", "store")) == {SECOND}
        devices = await listed(client, "/devices", "device_number")
        assert [one for one in devices if one.startswith("S")] == ["S2"]


@pytest.mark.rule("REF-11d")
async def test_in_a_store_that_a_user_is_not_connected_to_they_do_nothing(world: World) -> None:
    await limited(world, stores=(SECOND,))

    mine, sold = f"L{PLAIN}", f"S{PLAIN}"
    for command, subject, reason in (
        (a_return_registered(mine), "R-1", "NOT_YOUR_STORE"),
        (a_scrapping(sold), sold, "NOT_IN_YOUR_STORE"),
        (a_supplier_return(sold), "SR-1", "NOT_YOUR_STORE"),
        (OpenStocktaking(store=StoreId(OWN), by=UserId(SENDER)), OWN, "STORE_ELSEWHERE"),
    ):
        with pytest.raises(Refused) as refused:
            await world.handle(command, subject=subject)
        assert refused.value.reason == reason
    async with world.http(**ME) as client:
        assert (await client.get(f"/stores/{OWN}/stocktaking")).status_code == 404
        assert (await client.get(f"/stores/{SECOND}/stocktaking")).status_code != 403
    await world.handle(a_return_registered(mine, store=SECOND), subject="R-1")
