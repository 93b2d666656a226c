"""REF-25, REF-26: which devices and orders a block hides, and which a consent shows."""

from typing import Any

import pytest
from kvitt_testkit.world import World

from contracts.tests.builders.blocks import (
    a_block_lifted,
    a_block_opened,
    a_block_registered,
    a_consent_ended,
    a_consent_given,
)
from contracts.tests.builders.orders import a_person_merged, a_person_registered
from contracts.tests.builders.story import (
    OTHER,
    OTHER_PATIENT,
    OUTSIDER,
    SENDER,
    SENDING,
    person,
)
from services.inventory.tests.test_protected import (
    ALL,
    ANOTHERS,
    CARE,
    MARKED,
    OF_THE_OTHER,
    STAFF,
    seen,
    world,
)

__all__ = ["world"]

MOVED: dict[str, Any] = {"user": SENDER, "roles": CARE, "service_points": ["40999"]}
"""Who prescribed it all, and works at another unit now."""
OF_THE_UNIT: dict[str, Any] = {"user": "k082eva", "roles": CARE, "service_points": [SENDING]}
STRANGER: dict[str, Any] = {"user": OUTSIDER, "roles": CARE, "service_points": [OTHER]}
NOTHING: tuple[list[str], list[str]] = ([], [])
OF_THE_FIRST = ([MARKED], ["O-1"])
BLOCKED = a_block_registered(person(OTHER_PATIENT), service_point=SENDING)


@pytest.mark.rule("REF-25b", "REF-25d")
async def test_a_block_hides_what_the_unit_has_until_it_is_lifted(world: World) -> None:
    assert await seen(world, **MOVED) == ALL

    await world.handle(BLOCKED)

    assert await seen(world, **MOVED) == OF_THE_FIRST
    assert await seen(world, **OF_THE_UNIT) == ALL
    await world.handle(a_block_lifted())
    assert await seen(world, **MOVED) == ALL


@pytest.mark.rule("REF-25b")
async def test_a_block_follows_whom_the_person_turns_out_to_be(world: World) -> None:
    await world.handle(a_person_registered("P-40002"))
    await world.handle(a_person_merged(OTHER_PATIENT, into="P-40002"))

    await world.handle(a_block_registered(person("P-40002"), service_point=SENDING))

    assert await seen(world, **MOVED) == OF_THE_FIRST


@pytest.mark.rule("REF-25e")
async def test_who_opens_it_in_an_emergency_sees_what_the_unit_has(world: World) -> None:
    await world.handle_all(BLOCKED, a_block_opened(person(OTHER_PATIENT), by=OUTSIDER))

    assert await seen(world, **STRANGER) == OF_THE_OTHER


@pytest.mark.rule("REF-25f")
async def test_customer_service_sees_where_a_device_is_that_must_be_fetched(world: World) -> None:
    await world.handle(BLOCKED)

    assert await seen(world, **STAFF) == ([ANOTHERS], ["O-2"])


@pytest.mark.rule("REF-26a", "REF-26c", "REF-26d")
async def test_a_consent_shows_what_another_unit_has(world: World) -> None:
    assert await seen(world, **STRANGER) == NOTHING

    await world.handle(a_consent_given(person(OTHER_PATIENT), service_point=OTHER))
    assert await seen(world, **STRANGER) == OF_THE_OTHER

    await world.handle(a_consent_ended())
    assert await seen(world, **STRANGER) == NOTHING
