"""REF-26: a patient's consent lets a unit see what others have of them, and nothing more."""

from datetime import timedelta
from typing import Any

import pytest
from kvitt_contracts.orders import ConsentEnded, ConsentGiven, ConsentWithdrawn
from kvitt_contracts.types import PersonRef
from kvitt_testkit.world import Given, World, stockholm
from orders.app import service

from contracts.tests.builders.story import RECEIVING
from services.orders.tests.test_blocks import (
    CARE,
    OF_THE_UNIT,
    WHY,
    an_order_of_the_unit,
    blocked,
    sees,
)
from services.orders.tests.worlds import MONDAY

NEIGHBOUR: dict[str, Any] = {"user": "k085ghi", "roles": CARE, "service_points": [RECEIVING]}
"""Who has no part in the order, and no service point of it."""
SAID = {"service_point": RECEIVING, "until_on": "2026-03-03"}


async def consented(world: World, ref: PersonRef, **others: Any) -> dict[str, Any]:
    """The person's consent, which NEIGHBOUR receives: they have opened the person."""
    await world.register("k085ghi", roles=CARE, service_points=[RECEIVING])
    async with world.http(**NEIGHBOUR) as client:
        await client.post(f"/persons/{ref}:open", json=WHY)
        answer = await client.post(f"/persons/{ref}/consents", json=SAID | others)
    assert answer.status_code == 201, answer.text
    given: dict[str, Any] = answer.json()
    return given


@pytest.mark.rule("REF-26a", "REF-26d")
async def test_a_unit_sees_what_another_has_by_consent_alone(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        ref, order = await an_order_of_the_unit(world)
        assert not await sees(world, NEIGHBOUR, order)

        consent = await consented(world, ref)

        assert await sees(world, NEIGHBOUR, order)
        assert (consent["received_by"], consent["until_on"]) == ("k085ghi", "2026-03-03")
        (event,) = await world.events(ConsentGiven)
        assert (event.person, event.service_point) == (ref, RECEIVING)


@pytest.mark.rule("REF-26a")
async def test_by_a_consent_nothing_is_done(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        ref, order = await an_order_of_the_unit(world)
        await consented(world, ref)

        async with world.http(**NEIGHBOUR) as client:
            voided = await client.post(f"/orders/{order}:void")

        assert voided.status_code == 404


@pytest.mark.rule("REF-26b")
async def test_what_is_blocked_is_seen_by_a_consent_that_says_so(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        ref, order = await an_order_of_the_unit(world)
        await blocked(world, ref)

        await consented(world, ref)
        assert not await sees(world, NEIGHBOUR, order)

        await consented(world, ref, opens_blocks=True)
        assert await sees(world, NEIGHBOUR, order)


@pytest.mark.rule("REF-26c")
async def test_a_consent_ends_after_its_last_day(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        ref, order = await an_order_of_the_unit(world)
        await consented(world, ref)

        await world.advance(stockholm("2026-03-03 23:59"))
        assert await sees(world, NEIGHBOUR, order)
        await world.advance(stockholm("2026-03-04 00:00"))

        assert not await sees(world, NEIGHBOUR, order)
        assert len(await world.events(ConsentEnded)) == 1


@pytest.mark.rule("REF-26c")
async def test_a_consent_is_taken_back_at_any_time(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        ref, order = await an_order_of_the_unit(world)
        consent = await consented(world, ref)

        async with world.http(**NEIGHBOUR) as client:
            answer = await client.post(f"/consents/{consent['consent_id']}:withdraw")

        assert answer.json()["status"] == "withdrawn"
        assert not await sees(world, NEIGHBOUR, order)
        assert len(await world.events(ConsentWithdrawn)) == 1
        await world.advance(MONDAY + timedelta(days=3))
        assert await world.events(ConsentEnded) == []


@pytest.mark.rule("REF-26a")
@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"until_on": "2026-03-01"}, "UNTIL_IS_PAST"),
        ({"service_point": RECEIVING}, "NOT_CONNECTED_TO_SERVICE_POINT"),
    ],
)
async def test_a_consent_is_received_for_ones_own_unit_until_a_day_to_come(
    given: Given, said: dict[str, str], reason: str
) -> None:
    async with given(service, at=MONDAY) as world:
        ref, _ = await an_order_of_the_unit(world)

        async with world.http(**OF_THE_UNIT) as client:
            body = SAID | {"service_point": "40201"} | said
            answer = await client.post(f"/persons/{ref}/consents", json=body)

        assert (answer.status_code, answer.json()["reason"]) == (422, reason)


@pytest.mark.rule("REF-26d")
async def test_a_consent_to_one_unit_shows_nothing_to_another(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        ref, order = await an_order_of_the_unit(world)
        await consented(world, ref)

        assert await sees(world, NEIGHBOUR, order)
        assert not await sees(world, NEIGHBOUR | {"service_points": ["40400"]}, order)
