"""REF-19: whose care gives a person to whom, and what a reference in hand gives nobody."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from kvitt_contracts.orders import OrderPlaced
from kvitt_contracts.personnummer import PersonalNumber
from kvitt_contracts.types import PatientRecipient, PersonRef, Role
from kvitt_testkit.world import Given, World
from orders.app import service
from orders.people.domain import Look
from orders.people.models import PersonAccessRow

from contracts.tests.builders.bmb import (
    a_transfer_drafted,
    a_transfer_rejected,
    a_transfer_sent,
)
from contracts.tests.builders.inventory import (
    a_custody_changed_by_return,
    a_device_stated_on_loan,
)
from contracts.tests.builders.regions import (
    CHILD,
    HOME,
    OLD_WOMAN,
    a_customer_stated,
    a_person_stated,
)
from contracts.tests.builders.story import OTHER, PAYER, RECEIVER, RECEIVING, SENDER, SENDING
from services.orders.tests.builders import cared_for, prescriber, registry
from services.orders.tests.worlds import CLERK, MONDAY, a_body, logged, place, ref_of

CARE = [Role.PRESCRIBER, Role.REQUESTER]
SYSTEM: dict[str, Any] = {"user": "system", "roles": ["region_system"]}


def a_colleague(*service_points: str, user: str = "k900kol") -> dict[str, Any]:
    """Who works at service points: `world.http(**a_colleague(SENDING))`."""
    return {"user": user, "roles": CARE, "service_points": service_points}


STRANGER = a_colleague("61999", user="k3")
BY_NAME = {name: {"user": name, "roles": CARE} for name in (SENDER, RECEIVER)}


async def shows(
    world: World, who: dict[str, Any], *refs: PersonRef, purpose: str = "display"
) -> set[PersonRef]:
    """Those of the references that are resolved for somebody."""
    async with world.http(**who) as client:
        body = {"refs": [str(ref) for ref in refs], "purpose": purpose}
        answer = await client.post("/persons:resolve", json=body)
    assert answer.status_code == 200, answer.text
    return {PersonRef(ref) for ref in refs if str(ref) in str(answer.json()["persons"])}


async def an_order(world: World, ref: PersonRef) -> None:
    """By SENDER at SENDING."""
    await registry(world)
    await world.handle(a_custody_changed_by_return("D-ac-person-1"))
    await place(world)


async def a_device(world: World, ref: PersonRef) -> None:
    """SENDER has prescribed it, for the customer OTHER."""
    await cared_for(world)


async def old_stock(world: World, ref: PersonRef) -> None:
    """PAYER pays, whose customer is SENDING; the region has stated no customer."""
    await prescriber(world)
    holder = PatientRecipient(person=ref)
    await world.handle(a_device_stated_on_loan(holder=holder, payer=PAYER))


async def a_transfer(world: World, ref: PersonRef) -> None:
    """From SENDER at SENDING to RECEIVER at RECEIVING."""
    holder = PatientRecipient(person=ref)
    await world.handle_all(a_transfer_drafted(current_recipient=holder), a_transfer_sent())


async def a_transfer_to_a_stranger(world: World, ref: PersonRef) -> None:
    """Another's device is to be theirs, whom the sender does not know."""
    holder = PatientRecipient(person=ref)
    await world.handle_all(a_transfer_drafted(new_recipient=holder), a_transfer_sent())


async def a_transfer_to_whom_the_sender_found(world: World, ref: PersonRef) -> None:
    """As before, and the sender had looked for their number, days ago."""
    await a_transfer_to_a_stranger(world, ref)
    days_ago = datetime.now(UTC) - timedelta(days=3)
    await logged(world, Look.FOUND, at=days_ago, user=SENDER, person=ref)


async def a_transfer_to_whom_the_unit_treats(world: World, ref: PersonRef) -> None:
    """As before, of a person who has another device of the sending unit."""
    await a_transfer_to_a_stranger(world, ref)
    await cared_for(world, customer=SENDING)


async def a_draft(world: World, ref: PersonRef) -> None:
    """A transfer that nobody has sent."""
    await world.handle(a_transfer_drafted(new_recipient=PatientRecipient(person=ref)))


async def a_rejected_transfer(world: World, ref: PersonRef) -> None:
    """Sent, and not wanted."""
    await a_transfer(world, ref)
    await world.handle(a_transfer_rejected())


async def a_returned_device(world: World, ref: PersonRef) -> None:
    """In a store again."""
    await cared_for(world)
    await world.handle(a_custody_changed_by_return("D-ac-person-1"))


Part = Callable[[World, PersonRef], Awaitable[None]]
SENDS, RECEIVES = {SENDER, SENDING}, {RECEIVER, RECEIVING}
PARTS: list[tuple[Part, set[str]]] = [
    (an_order, {SENDER, SENDING}),
    (a_device, {SENDER, OTHER}),
    (old_stock, {SENDER, SENDING}),
    (a_transfer, SENDS | RECEIVES),
    (a_transfer_to_a_stranger, set()),
    (a_transfer_to_whom_the_sender_found, SENDS | RECEIVES),
    (a_transfer_to_whom_the_unit_treats, SENDS | RECEIVES),
    (a_draft, set()),
    (a_rejected_transfer, SENDS),
    (a_returned_device, set()),
]


@pytest.mark.rule("REF-19a")
@pytest.mark.parametrize(("part", "given_to"), PARTS, ids=lambda one: getattr(one, "__name__", ""))
async def test_a_part_in_the_care_gives_the_person(
    given: Given, part: Part, given_to: set[str]
) -> None:
    async with given(service, at=MONDAY) as world:
        await world.handle(a_person_stated(), subject="ac-person-1")
        ref = await ref_of(world)
        await part(world, ref)
        units = {unit: a_colleague(unit) for unit in (SENDING, RECEIVING, OTHER)}

        found = {name for name, who in (units | BY_NAME).items() if await shows(world, who, ref)}

        assert found == given_to


@pytest.mark.rule("REF-19a")
async def test_a_part_in_the_care_of_an_alias_gives_the_person_it_stands_for(given: Given) -> None:
    async with given(service) as world:
        await world.handle(a_person_stated(), subject="ac-person-1")
        await world.handle(a_person_stated(), subject="ac-person-2")
        refs = await ref_of(world, "ac-person-1"), await ref_of(world, "ac-person-2")
        await cared_for(world, "ac-person-2")

        assert await shows(world, a_colleague(OTHER), *refs) == set(refs)
        assert await shows(world, STRANGER, *refs) == set()


@pytest.mark.rule("REF-19a")
@pytest.mark.parametrize("knows", [Look.FOUND, Look.SHOWN])
async def test_whom_a_sender_knew_gives_nobody_the_stranger_who_is_asked_for_beside(
    given: Given, knows: Look
) -> None:
    async with given(service, at=MONDAY) as world:
        await registry(world)
        await place(world)
        child = a_person_stated(PersonalNumber(number=CHILD))
        await world.handle(child, subject="ac-person-2")
        known, stranger = await ref_of(world), await ref_of(world, "ac-person-2")
        await a_transfer_to_a_stranger(world, stranger)
        await logged(world, knows, at=datetime.now(UTC), user=SENDER, person=known)

        assert await shows(world, BY_NAME[SENDER], known, stranger) == {known}
        assert await shows(world, a_colleague(RECEIVING), known, stranger) == set()


@pytest.mark.rule("REF-19a")
async def test_a_draft_gives_nobody_a_person_whom_its_sender_knew(given: Given) -> None:
    async with given(service) as world:
        await world.handle(a_person_stated(), subject="ac-person-1")
        ref = await ref_of(world)
        await a_draft(world, ref)
        days_ago = datetime.now(UTC) - timedelta(days=3)
        await logged(world, Look.FOUND, at=days_ago, user=SENDER, person=ref)

        assert not await shows(world, BY_NAME[SENDER], ref)
        assert not await shows(world, a_colleague(RECEIVING), ref)


@pytest.mark.rule("REF-19a")
async def test_a_reference_in_hand_gives_nobody_anything(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await registry(world)
        ref, nobody = await ref_of(world), uuid4()
        async with world.http(**STRANGER) as client:
            resolved, unknown = [
                await client.post(
                    "/persons:resolve", json={"refs": [str(one)], "purpose": "display"}
                )
                for one in (ref, nobody)
            ]
            seen, unseen = [await client.get(f"/persons/{one}") for one in (ref, nobody)]
            edited = await client.post(f"/persons/{ref}:contact", json={"phone": "070-1740605"})
            body = await a_body(world)
            placed = await client.post("/orders", json={**body, "prescriber": STRANGER["user"]})
            listed = await client.get("/persons")

        assert resolved.json() == {"persons": [], "unknown": [str(ref)]}
        assert unknown.json() == {"persons": [], "unknown": [str(nobody)]}
        assert (seen.status_code, seen.json()) == (404, unseen.json())
        assert {edited.status_code, placed.status_code} == {404}
        assert (placed.json()["field"], placed.json()["rule"]) == ("recipient.person", "REF-19")
        assert "persons:find" in placed.json()["way_on"]
        assert listed.status_code == 403
        assert OLD_WOMAN not in resolved.text + seen.text + edited.text + placed.text
        assert await world.events(OrderPlaced) == []


@pytest.mark.rule("REF-19d")
async def test_who_was_asked_for_and_not_shown_is_logged(given: Given) -> None:
    async with given(service) as world:
        await world.handle(a_person_stated(), subject="ac-person-1")
        ref = await ref_of(world)

        await shows(world, STRANGER, ref)

        (line,) = await world.rows(PersonAccessRow)
        assert (line.user_id, line.look, line.person) == (STRANGER["user"], "out_of_reach", ref)


@pytest.mark.rule("REF-19a")
@pytest.mark.parametrize("purpose", ["delivery", "invoicing"])
async def test_an_order_gives_its_recipient_to_who_serves_the_region(
    given: Given, purpose: str
) -> None:
    async with given(service, at=MONDAY) as world:
        await registry(world)
        ref = await ref_of(world)
        before = [await shows(world, who, ref, purpose=purpose) for who in (CLERK, SYSTEM)]
        await place(world)

        after = [await shows(world, who, ref, purpose=purpose) for who in (CLERK, SYSTEM)]

        assert before == [set(), set()]
        assert after == [{ref}, {ref}]
        assert await shows(world, CLERK, ref, purpose="display") == set()


@pytest.mark.rule("REF-19e")
async def test_a_protected_recipient_is_given_to_the_units_and_the_regions_system_alone(
    given: Given,
) -> None:
    async with given(service, at=MONDAY) as world:
        await registry(world)
        await place(world)
        await world.handle(a_person_stated(version=2, protected=True), subject="ac-person-1")
        ref = await ref_of(world)

        assert await shows(world, CLERK, ref, purpose="delivery") == set()
        assert await shows(world, SYSTEM, ref, purpose="delivery") == {ref}
        assert await shows(world, a_colleague(SENDING), ref) == {ref}
        await logged(world, Look.FOUND, at=datetime.now(UTC), user=CLERK["user"], person=ref)
        assert await shows(world, CLERK, ref, purpose="delivery") == {ref}


@pytest.mark.rule("REF-19e")
async def test_an_opening_without_an_order_gives_no_address_of_who_is_protected(
    given: Given,
) -> None:
    async with given(service) as world:
        await world.handle(a_person_stated(protected=True), subject="ac-person-1")
        ref = await ref_of(world)
        await logged(world, Look.FOUND, at=datetime.now(UTC), user=CLERK["user"], person=ref)

        assert await shows(world, CLERK, ref, purpose="delivery") == set()
        assert await shows(world, CLERK, ref, purpose="display") == {ref}
        await world.handle(a_person_stated(version=2, protected=False), subject="ac-person-1")
        assert await shows(world, CLERK, ref, purpose="delivery") == {ref}


@pytest.mark.rule("REF-19e")
async def test_orders_of_a_protected_person_are_the_units_and_the_regions_systems_alone(
    given: Given,
) -> None:
    async with given(service, at=MONDAY) as world:
        await registry(world)
        await world.handle(a_customer_stated(OTHER, store="602"), subject=OTHER)
        await place(world)
        await world.handle(a_person_stated(version=2, protected=True), subject="ac-person-1")
        (placed,) = await world.events(OrderPlaced)
        path = f"/orders/{placed.order_id}"
        seen = {}
        for name, who in {
            "clerk": CLERK,
            "clerk of the unit": {**CLERK, "user": "s002", "service_points": [SENDING]},
            "unit": a_colleague(SENDING),
            "system": SYSTEM,
        }.items():
            async with world.http(**who) as client:
                listed = (await client.get("/orders")).json()["total"]
                seen[name] = listed, (await client.get(path)).status_code
                where = await client.post(f"{path}:resolve-delivery")
                assert name != "clerk" or (where.status_code, HOME.street in where.text) == (
                    404,
                    False,
                )

        assert seen == {
            "clerk": (0, 404),
            "clerk of the unit": (1, 200),
            "unit": (1, 200),
            "system": (1, 200),
        }
