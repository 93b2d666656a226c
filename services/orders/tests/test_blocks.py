"""REF-25: what a unit has of a patient who has asked for a block is out of other units' reach."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from kvitt_contracts.access import Grantee
from kvitt_contracts.orders import (
    BlockLifted,
    BlockOpened,
    BlockOpeningEnded,
    BlockRegistered,
)
from kvitt_contracts.types import OrderId, PersonRef, Role
from kvitt_testkit.world import Given, World
from orders.app import service
from orders.blocks.models import BlockOpeningRow
from orders.people.domain import Look
from orders.people.keys.sealing import ERASED
from orders.people.models import PersonAccessRow

from contracts.tests.builders.regions import a_customer_stated, a_person_joined, a_person_stated
from contracts.tests.builders.reservations import (
    a_line_delivered,
    a_stock_reserved,
    an_order_picking_started,
)
from contracts.tests.builders.story import RECEIVING, SENDER, SENDING
from services.orders.tests.builders import a_reserve_number, registry
from services.orders.tests.worlds import CLERK, MONDAY, placed_over_http, ref_of

CARE = [Role.PRESCRIBER, Role.REQUESTER]
OF_THE_UNIT: dict[str, Any] = {"user": "k083abc", "roles": CARE, "service_points": [SENDING]}
ELSEWHERE: dict[str, Any] = {"user": SENDER, "roles": CARE, "service_points": [RECEIVING]}
"""The prescriber of the unit's order, who has another unit now."""
ASKED = {"service_point": SENDING, "asked_on": "2026-03-02"}
WHY = {"reason": "Medvetslös, respiratorn larmar"}


async def an_order_of_the_unit(world: World) -> tuple[PersonRef, str]:
    """Of the person, at SENDING, by SENDER, who works at RECEIVING now."""
    await registry(world)
    await world.handle(a_customer_stated(RECEIVING), subject=RECEIVING)
    async with world.http(**CLERK) as client:
        order = await placed_over_http(world, client)
    return await ref_of(world), order["order_id"]


async def blocked(world: World, ref: PersonRef, **others: Any) -> dict[str, Any]:
    """The unit's block of the person."""
    async with world.http(**OF_THE_UNIT) as client:
        answer = await client.post(f"/persons/{ref}/blocks", json=ASKED | others)
    assert answer.status_code == 201, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


async def sees(world: World, who: dict[str, Any], order: str) -> bool:
    """Whether somebody sees an order, by itself and in the list alike."""
    async with world.http(**who) as client:
        one = (await client.get(f"/orders/{order}")).status_code
        listed = [line["order_id"] for line in (await client.get("/orders")).json()["items"]]
    assert (one == 200) is (order in listed)
    return one == 200


async def wishes(world: World, who: dict[str, Any], ref: PersonRef) -> dict[str, Any]:
    """What somebody is told of what the person has said."""
    async with world.http(**who) as client:
        answer = await client.get(f"/persons/{ref}/blocks")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def opened(world: World, ref: PersonRef) -> Any:
    """ELSEWHERE's opening in an emergency."""
    async with world.http(**ELSEWHERE) as client:
        return await client.post(f"/persons/{ref}/blocks:open", json=WHY)


@pytest.mark.rule("REF-25a", "REF-25b")
async def test_what_a_unit_has_of_who_asked_for_a_block_is_out_of_others_reach(
    given: Given,
) -> None:
    async with given(service, at=MONDAY) as world:
        ref, order = await an_order_of_the_unit(world)
        assert await sees(world, ELSEWHERE, order)

        block = await blocked(world, ref)

        assert not await sees(world, ELSEWHERE, order)
        assert await sees(world, OF_THE_UNIT, order)
        assert (block["asked_by"], block["asked_on"]) == ("patient", "2026-03-02")
        assert block["registered_by"] == OF_THE_UNIT["user"]
        (event,) = await world.events(BlockRegistered)
        assert (event.person, event.service_point) == (ref, SENDING)


@pytest.mark.rule("REF-25a")
@pytest.mark.parametrize(
    ("asked", "reason", "field"),
    [
        ({"service_point": RECEIVING}, "NOT_CONNECTED_TO_SERVICE_POINT", "service_point"),
        ({"asked_on": "2026-03-03"}, "ASKED_LATER", "asked_on"),
        ({"asked_by": "guardian"}, "INVALID_FIELD", "asked_by"),
    ],
)
async def test_a_block_is_asked_of_ones_own_unit_by_who_may(
    given: Given, asked: dict[str, str], reason: str, field: str
) -> None:
    async with given(service, at=MONDAY) as world:
        ref, _ = await an_order_of_the_unit(world)

        async with world.http(**OF_THE_UNIT) as client:
            answer = await client.post(f"/persons/{ref}/blocks", json=ASKED | asked)

        assert answer.status_code == 422
        if reason != "INVALID_FIELD":
            assert (answer.json()["reason"], answer.json()["field"]) == (reason, field)


@pytest.mark.rule("REF-25a")
async def test_a_unit_blocks_a_person_once(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        ref, _ = await an_order_of_the_unit(world)
        await blocked(world, ref)

        async with world.http(**CLERK) as client:
            again = await client.post(f"/persons/{ref}/blocks", json=ASKED)

        assert (again.status_code, again.json()["reason"]) == (409, "ALREADY_BLOCKED")


@pytest.mark.rule("REF-25b")
async def test_a_block_follows_whom_the_person_turns_out_to_be(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        ref, order = await an_order_of_the_unit(world)
        await blocked(world, ref)
        await world.handle(a_person_stated(a_reserve_number()), subject="ac-person-2")

        await world.handle(a_person_joined("ac-person-1"), subject="ac-person-2")

        async with world.http(**CLERK) as client:
            new = await placed_over_http(world, client)
        assert not await sees(world, ELSEWHERE, order)
        assert not await sees(world, ELSEWHERE, new["order_id"])


@pytest.mark.rule("REF-25b")
async def test_what_is_blocked_while_somebody_lists_is_on_no_later_page(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        ref, _ = await an_order_of_the_unit(world)
        async with world.http(**CLERK) as client:
            for _ in range(2):
                await placed_over_http(world, client)
        async with world.http(**ELSEWHERE) as client:
            first = (await client.get("/orders", params={"limit": 1})).json()
            await blocked(world, ref)

            following = (await client.get(first["next"])).json()

        assert len(first["items"]) == 1
        assert following["items"] == []


@pytest.mark.rule("REF-25c")
async def test_that_something_is_blocked_is_told_and_not_what(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        ref, _ = await an_order_of_the_unit(world)
        await blocked(world, ref)
        async with world.http(**ELSEWHERE) as client:
            await client.post(f"/persons/{ref}:open", json=WHY)

        told = await wishes(world, ELSEWHERE, ref)

        assert (told["is_blocked"], told["blocks"]) == (True, [])
        mine = await wishes(world, OF_THE_UNIT, ref)
        assert (mine["is_blocked"], len(mine["blocks"])) == (False, 1)


@pytest.mark.rule("REF-25d")
async def test_a_block_ends_when_the_patient_wants_it(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        ref, order = await an_order_of_the_unit(world)
        block = await blocked(world, ref)

        async with world.http(**OF_THE_UNIT) as client:
            lifted = await client.post(f"/blocks/{block['block_id']}:lift")

        assert lifted.json()["status"] == "lifted"
        assert await sees(world, ELSEWHERE, order)
        assert len(await world.events(BlockLifted)) == 1
        await blocked(world, ref)
        assert not await sees(world, ELSEWHERE, order)


@pytest.mark.rule("REF-25e")
async def test_what_is_blocked_is_opened_in_an_emergency_until_the_hours_have_passed(
    given: Given,
) -> None:
    async with given(service, at=MONDAY) as world:
        ref, order = await an_order_of_the_unit(world)
        await blocked(world, ref)

        answer = await opened(world, ref)

        assert answer.status_code == 200, answer.text
        assert await sees(world, ELSEWHERE, order)
        (event,) = await world.events(BlockOpened)
        assert event.service_point == SENDING
        assert timedelta(hours=8) <= event.until - MONDAY < timedelta(hours=9)
        (kept,) = await world.rows(BlockOpeningRow)
        assert "respirator" not in kept.reason_stored  # type: ignore[attr-defined]
        told = await wishes(world, OF_THE_UNIT, ref)
        assert [one["reason"] for one in told["openings"]] == [WHY["reason"]]
        looks = [one for one in await world.rows(PersonAccessRow) if one.look is Look.OPENED]
        assert [(one.user_id, one.reason) for one in looks] == [(SENDER, None)]

        await world.advance(MONDAY + timedelta(hours=9))

        assert not await sees(world, ELSEWHERE, order)
        assert len(await world.events(BlockOpeningEnded)) == 1


@pytest.mark.rule("REF-25e")
async def test_where_nothing_is_blocked_there_is_nothing_to_open(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        ref, _ = await an_order_of_the_unit(world)

        answer = await opened(world, ref)

        assert (answer.status_code, answer.json()["reason"]) == (409, "NOTHING_BLOCKED")


@pytest.mark.rule("REF-25e", "REF-23d")
async def test_why_somebody_opened_it_is_erased_with_the_person(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        ref, order = await an_order_of_the_unit(world)
        await blocked(world, ref)
        await opened(world, ref)

        async with world.http(**CLERK) as client:
            body = {"why": "Dom av den 1 mars", "is_ordered": True}
            erased = await client.post(f"/persons/{ref}:erase", json=body)

        assert erased.status_code == 200, erased.text
        (kept,) = await world.rows(BlockOpeningRow)
        assert kept.reason_stored == ERASED  # type: ignore[attr-defined]
        await world.advance(MONDAY + timedelta(hours=9))
        assert not await sees(world, ELSEWHERE, order)


@pytest.mark.rule("REF-25f")
async def test_customer_service_sees_what_is_under_way_and_not_what_is_over(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        ref, order = await an_order_of_the_unit(world)
        await blocked(world, ref)
        assert await sees(world, CLERK, order)

        await world.handle(a_stock_reserved(order=OrderId(UUID(order))))
        await world.handle(an_order_picking_started(order=OrderId(UUID(order))))
        await world.handle(a_line_delivered(OrderId(UUID(order))))

        assert not await sees(world, CLERK, order)
        assert await sees(world, OF_THE_UNIT, order)


@pytest.mark.rule("REF-24e")
async def test_a_person_is_told_what_they_have_said(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        ref, _ = await an_order_of_the_unit(world)
        await blocked(world, ref)

        async with world.http(user="system", roles=[Grantee.REGION_SYSTEM]) as client:
            told = (await client.post(f"/persons/{ref}:export")).json()

        said = [(one["service_point"], one["asked_on"]) for one in told["blocks"]]
        assert said == [(SENDING, "2026-03-02")]


@pytest.mark.rule("REF-25b")
async def test_the_log_does_not_tell_that_the_unit_has_looked(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        ref, _ = await an_order_of_the_unit(world)
        async with world.http(**OF_THE_UNIT) as client:
            await client.post("/persons:resolve", json={"refs": [str(ref)], "purpose": "display"})
        await blocked(world, ref)

        async with world.http(**CLERK) as client:
            log = (await client.get("/person-accesses")).json()["items"]
            asked = (await client.get("/person-accesses", params={"person": str(ref)})).json()

        theirs = [one for one in log if one["user_id"] == OF_THE_UNIT["user"]]
        assert theirs
        assert all(one["person"] is None and one["person_is_withheld"] for one in theirs)
        assert all(one["user_id"] != OF_THE_UNIT["user"] for one in asked["items"])
