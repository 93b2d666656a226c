"""ACT-6c: both sides say how a device with a fault may be used meanwhile."""

from collections.abc import AsyncIterator

import pytest
from kvitt_contracts.orders import (
    AssessRisk,
)
from kvitt_contracts.types import (
    UserId,
    Word,
)
from kvitt_testkit.world import Given, World
from orders.app import service

from contracts.tests.builders.story import (
    RECEIVER,
    SERVICE,
    SUBSTITUTE,
)
from services.orders.tests.faults import F1, MAIN, STAFF, a_place_of_faults, reason_of, reported
from services.orders.tests.worlds import MONDAY


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A patient's rented device whose prescriber has left; RECEIVER is the main responsible."""
    async with given(service, at=MONDAY) as world:
        await a_place_of_faults(world)
        yield world


async def assessed(world: World, side: str, use: str, by: str) -> None:
    """One side has assessed how the device may be used."""
    command = AssessRisk(side=Word(side), use=Word(use), by=UserId(by))
    await world.handle(command, subject="F-1")


@pytest.mark.rule("ACT-6c")
@pytest.mark.parametrize(
    ("responsible", "technician", "use"),
    [
        ("allowed", "restricted", "restricted"),
        ("forbidden", "allowed", "forbidden"),
        ("restricted", "restricted", "restricted"),
        ("allowed", None, "allowed"),
    ],
)
async def test_the_stricter_of_both_assessments_holds(
    world: World, responsible: str, technician: str | None, use: str
) -> None:
    await reported(world)
    await assessed(world, "responsible", responsible, RECEIVER)
    if technician is not None:
        await assessed(world, "technician", technician, SERVICE)

    async with world.http(**MAIN) as client:
        shown = (await client.get(f"/fault-reports/{F1}")).json()
    assert (shown["by_responsible"], shown["by_technician"]) == (responsible, technician)
    assert shown["use"] == use


@pytest.mark.rule("ACT-6c")
async def test_each_side_assesses_for_itself(world: World) -> None:
    await reported(world)

    for side, by, why in (
        ("technician", RECEIVER, "NOT_OF_THAT_SIDE"),
        ("responsible", SUBSTITUTE, "NOT_RESPONSIBLE"),
        ("patient", RECEIVER, "UNKNOWN_WORD"),
    ):
        command = AssessRisk(side=Word(side), use=Word("allowed"), by=UserId(by))
        assert (await reason_of(world, command))[0] == why


async def test_why_stands_as_long_as_the_assessment_that_it_explains(world: World) -> None:
    await reported(world)
    async with world.http(**MAIN) as client:
        risk = {"side": "responsible", "use": "restricted"}
        why = {**risk, "text": "Bara inomhus."}
        await client.post(f"/fault-reports/{F1}:assess-risk", json=why)
        repeated = await client.post(f"/fault-reports/{F1}:assess-risk", json=risk)
        assert repeated.json()["responsible_text"] == "Bara inomhus."

        await assessed(world, "responsible", "forbidden", RECEIVER)

        shown = (await client.get(f"/fault-reports/{F1}")).json()
    assert (shown["by_responsible"], shown["responsible_text"]) == ("forbidden", None)


@pytest.mark.rule("ACT-6c")
async def test_a_first_assessment_replaces_none_that_was_made_meanwhile(world: World) -> None:
    await reported(world)
    stricter = {"side": "technician", "use": "forbidden", "text": "Bromsvajern är av."}
    first = {"side": "technician", "use": "allowed", "is_first": True}
    async with world.http(**STAFF) as client:
        address = f"/fault-reports/{F1}:assess-risk"
        await client.post(address, json={**stricter, "is_first": True})

        refused = await client.post(address, json=first)
        shown = (await client.get(f"/fault-reports/{F1}")).json()
        changed = await client.post(address, json={**first, "is_first": False})

    assert (refused.status_code, refused.json()["reason"]) == (409, "ALREADY_ASSESSED")
    assert (shown["by_technician"], shown["technician_text"]) == ("forbidden", "Bromsvajern är av.")
    assert changed.json()["by_technician"] == "allowed"
