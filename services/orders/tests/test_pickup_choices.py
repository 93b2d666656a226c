"""What is told before a pickup is ordered, and while it waits: on PostgreSQL, over real HTTP."""

from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import Role
from kvitt_testkit.world import Given, World
from orders.app import service

from contracts.tests.builders.areas import with_product_areas
from contracts.tests.builders.inventory import an_article_listed
from contracts.tests.builders.pickups import a_claim_granted
from contracts.tests.builders.regions import a_customer_stated
from contracts.tests.builders.story import OUTSIDER, RECEIVING, ROLLATOR
from services.orders.tests.pickups import DEVICES, devices_on_loan, requested_over_http
from services.orders.tests.test_blocks import ELSEWHERE, OF_THE_UNIT, WHY, blocked
from services.orders.tests.worlds import CLERK, MONDAY, patient, ref_of

OTHER: Final[dict[str, Any]] = {"user": OUTSIDER, "roles": [Role.PRESCRIBER]}


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A patient with two devices on loan, on a Monday."""
    async with given(service, at=MONDAY) as world:
        await devices_on_loan(world)
        yield world


@pytest.mark.rule("PCK-1e", "PCK-3b")
async def test_the_regions_causes_and_days_are_what_there_is_to_choose_from(world: World) -> None:
    async with world.http(**CLERK) as client:
        said = (await client.get("/pickups:choices")).json()

    assert said["causes"][:2] == ["not_needed", "deceased"]
    assert (said["earliest_on"], said["latest_on"]) == ("2026-03-06", "2026-03-16")
    assert said["also_open"] == []


@pytest.mark.rule("PCK-4b")
async def test_the_causes_are_those_of_the_devices_product_areas(
    given: Given, policies: Policies
) -> None:
    hearing = {"code": "horsel", "sources": ["central"], "pickup_reasons": ["sent_by_post"]}
    async with given(service, at=MONDAY, policies=with_product_areas(policies, hearing)) as world:
        await devices_on_loan(world)
        asked = {"device": [DEVICES[0]]}
        async with world.http(**CLERK) as client:
            of_none = (await client.get("/pickups:choices", params=asked)).json()
            await world.handle(an_article_listed(ROLLATOR, product_area="horsel"))
            of_hearing = (await client.get("/pickups:choices", params=asked)).json()
            of_all = (await client.get("/pickups:choices")).json()

    assert "sent_by_post" not in of_none["causes"]
    assert of_hearing["causes"] == ["sent_by_post"]
    assert {"not_needed", "sent_by_post"} < set(of_all["causes"])
    assert "does_not_work" in of_all["return_causes"]


@pytest.mark.rule("PCK-2b")
async def test_a_pickup_that_is_open_already_is_warned_of_before_another_is_ordered(
    world: World,
) -> None:
    await requested_over_http(world, DEVICES[0])
    person = await patient(world)

    async with world.http(**CLERK) as client:
        said = (await client.get("/pickups:choices", params={"person": person})).json()
        of_nobody = (await client.get("/pickups:choices")).json()

    assert said["also_open"] == ["26100001"]
    assert of_nobody["also_open"] == []


@pytest.mark.rule("REF-25b")
async def test_what_another_unit_has_blocked_is_not_warned_of(world: World) -> None:
    await world.handle(a_customer_stated(RECEIVING), subject=RECEIVING)
    mine = await requested_over_http(world, DEVICES[0])
    person = await ref_of(world)
    await blocked(world, person)
    choices, asked = "/pickups:choices", {"person": str(person)}

    async with world.http(**ELSEWHERE) as client:
        await client.post(f"/persons/{person}:open", json=WHY)
        elsewhere = (await client.get(choices, params=asked)).json()
        hidden = await client.get(f"/pickups/{mine}")
    async with world.http(**OF_THE_UNIT) as client:
        of_the_unit = (await client.get(choices, params=asked)).json()
    async with world.http(**CLERK) as client:
        of_who_serves = (await client.get(choices, params=asked)).json()

    assert (hidden.status_code, elsewhere["also_open"]) == (404, [])
    assert of_the_unit["also_open"] == of_who_serves["also_open"] == ["26100001"]


@pytest.mark.rule("REF-19a")
async def test_a_person_beyond_reach_is_nobody(world: World) -> None:
    person = await patient(world)

    async with world.http(**OTHER) as client:
        answer = await client.get("/pickups:choices", params={"person": person})

    assert answer.status_code == 404
    assert answer.json()["reason"] == "UNKNOWN_PERSON"


@pytest.mark.rule("PCK-2a")
async def test_a_pickup_is_pending_until_inventory_has_answered(world: World) -> None:
    pickup = await requested_over_http(world, DEVICES[0], reference="H-1")

    async with world.http(**CLERK) as client:
        asked = (await client.get(f"/pickups/{pickup}")).json()
        await world.handle(a_claim_granted())
        stands = (await client.get(f"/pickups/{pickup}")).json()
        voiding = await client.post(f"/pickups/{pickup}:void", json={})

    assert (asked["pending"], stands["pending"]) == (True, False)
    assert (voiding.status_code, voiding.json()["pending"]) == (202, True)
