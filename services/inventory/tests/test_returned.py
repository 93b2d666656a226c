"""ORD-20: what patients and units have had and given back."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from inventory.app import service
from kvitt_contracts.types import Role
from kvitt_testkit.world import Given, World, stockholm

from contracts.tests.builders.orders import (
    a_device_line,
    a_person_registered,
    a_withdrawal_placed,
)
from contracts.tests.builders.regions import (
    a_device_on_loan_stated,
    a_device_returned,
    rollators_received,
    the_catalogue,
    the_stores,
)
from contracts.tests.builders.story import (
    CARE_UNIT,
    OTHER_PATIENT,
    SENDER,
    SENDING,
    a_care_unit,
    person,
)
from services.inventory.tests.units import Who

ME: Who = {"user": SENDER, "roles": (Role.PRESCRIBER,), "service_points": [SENDING]}
MINE, THEIRS, STILL, UNITS = "170001", "170002", "170003", "170098"


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """Two patients and a ward have given a device each back; one patient has another still."""
    async with given(service, at=stockholm("2026-03-02 08:00")) as world:
        await world.handle_all(
            *the_stores(),
            *the_catalogue(),
            a_person_registered(),
            a_person_registered(OTHER_PATIENT),
            a_device_on_loan_stated(MINE, customer_id=SENDING),
            a_device_on_loan_stated(THEIRS, customer_id=SENDING, person=OTHER_PATIENT),
            a_device_on_loan_stated(STILL, customer_id=SENDING),
            rollators_received(UNITS),
            a_withdrawal_placed(a_device_line(UNITS), recipient=a_care_unit()),
        )
        await world.handle_all(*(a_device_returned(one) for one in (MINE, THEIRS, UNITS)))
        yield world


async def returned(world: World, **asked: Any) -> httpx.Response:
    """What is answered of what was given back."""
    async with world.http(**ME) as client:
        return await client.get("/devices:returned", params=asked)


async def numbers(world: World, **asked: Any) -> list[str]:
    """The devices that were given back."""
    answer = await returned(world, **asked)
    return sorted(one["device_number"] for one in answer.json()["items"])


@pytest.mark.rule("INV-7b", "ORD-20c")
async def test_what_is_returned_is_listed_by_recipient_with_its_day(world: World) -> None:
    both = [str(person()), str(person(OTHER_PATIENT))]

    assert await numbers(world, person=both[0]) == [MINE]
    assert await numbers(world, person=both) == [MINE, THEIRS]
    (line,) = (await returned(world, person=both[0])).json()["items"]
    assert line["recipient"] == {"kind": "patient", "person": both[0]}
    assert line["to_day"] == "2026-03-02"


@pytest.mark.rule("ORD-20c")
async def test_what_a_unit_has_returned_is_listed_too(world: World) -> None:
    assert await numbers(world, unit=[CARE_UNIT]) == [UNITS]
    assert await numbers(world, unit=["30999"]) == []


@pytest.mark.rule("ORD-20c")
async def test_patients_and_units_are_listed_together(world: World) -> None:
    of_all = await numbers(world, unit=[CARE_UNIT], person=[str(person())])

    assert of_all == sorted([MINE, UNITS])


@pytest.mark.rule("ORD-20c")
async def test_whose_it_was_is_to_be_said(world: World) -> None:
    answer = await returned(world)

    problem = answer.json()
    assert (answer.status_code, problem["reason"], problem["field"]) == (
        422,
        "RECIPIENT_MISSING",
        "person",
    )
