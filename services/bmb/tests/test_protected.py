"""Who is shown a transfer of a person with protected identity: its units, its people, the region's
system.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from bmb.register.models import PersonRow
from kvitt_contracts.access import Grantee
from kvitt_contracts.types import PersonRef, Role
from kvitt_testkit.world import World, stockholm

from contracts.tests.builders.inventory import a_device_stated_on_loan
from contracts.tests.builders.orders import (
    a_person_merged,
    a_person_protection_changed,
    a_person_registered,
)
from contracts.tests.builders.story import (
    CARE_UNIT,
    OTHER,
    OTHER_PATIENT,
    OUTSIDER,
    PATIENT,
    RECEIVER,
    RECEIVING,
    SENDER,
    SENDING,
    SERVICE,
    a_care_unit,
    person,
    transfer_id,
)
from services.bmb.tests.worlds import TO_PATIENT, Registered, a_save, registered, sent

__all__ = ["registered"]

PRESCRIBER = (Role.PRESCRIBER,)
STAFF = (Role.CUSTOMER_SERVICE,)
AFTER_DEADLINE = stockholm("2026-05-09 00:00")


@asynccontextmanager
async def customer_service(
    world: World, *, at: Sequence[str] = (), region: str = "ac"
) -> AsyncIterator[httpx.AsyncClient]:
    """One at customer service, who works at none of the units unless told."""
    async with world.http(user=SERVICE, region=region, roles=STAFF, service_points=at) as client:
        yield client


async def seen(client: httpx.AsyncClient, *, region: str = "ac") -> tuple[int, int]:
    """How many transfers the list has, and the status of the answer to the one by its id."""
    listed = (await client.get("/transfers")).json()
    assert len(listed["items"]) == listed["total"]
    one = await client.get(f"/transfers/{transfer_id(region=region)}")
    return listed["total"], one.status_code


async def protected(world: World) -> set[PersonRef]:
    """Who is protected."""
    return {row.person for row in await world.rows(PersonRow) if row.is_protected}


SHOWN, WITHHELD = (1, 200), (0, 404)


async def test_that_a_person_is_protected_is_known_from_the_start_and_when_it_changes(
    registered: Registered,
) -> None:
    async with registered() as world:
        await world.handle(a_person_registered("P-40001", is_protected=True))
        await world.handle(a_person_registered("P-40002"))
        known = await protected(world)
        await world.handle(a_person_protection_changed("P-40001", is_protected=False))
        await world.handle(a_person_protection_changed("P-40002"))
        since = await protected(world)

    assert (known, since) == ({person("P-40001")}, {person("P-40002")})


@pytest.mark.rule("REF-19e")
@pytest.mark.parametrize("name", [PATIENT, OTHER_PATIENT], ids=["current", "new"])
async def test_a_protected_recipients_transfer_is_not_in_customer_services_region_wide_list(
    registered: Registered, name: str
) -> None:
    async with registered() as world:
        await sent(world, new_recipient=TO_PATIENT)
        async with customer_service(world) as client:
            before = await seen(client)
            await world.handle(a_person_protection_changed(name))
            while_protected = await seen(client)
            await world.handle(a_person_protection_changed(name, is_protected=False))
            afterwards = await seen(client)

    assert (before, while_protected, afterwards) == (SHOWN, WITHHELD, SHOWN)


@pytest.mark.rule("REF-19e")
async def test_what_concerns_nobody_protected_is_listed_beside_what_does(
    registered: Registered,
) -> None:
    async with registered() as world:
        await world.handle(a_person_protection_changed(PATIENT))
        await world.handle(a_device_stated_on_loan("157792", holder=a_care_unit(CARE_UNIT)))
        await sent(world)
        await world.handle(a_save(devices=("157792",)), subject="BMB-2")
        async with customer_service(world) as client:
            listed = (await client.get("/transfers")).json()

    assert [line["id"] for line in listed["items"]] == [str(transfer_id("BMB-2"))]
    assert listed["total"] == 1


@pytest.mark.rule("REF-19e")
@pytest.mark.parametrize(
    ("who", "is_seen"),
    [
        ({"user": SENDER, "roles": PRESCRIBER}, SHOWN),
        ({"user": RECEIVER, "roles": PRESCRIBER}, SHOWN),
        ({"user": "k082eva", "roles": PRESCRIBER, "service_points": [SENDING]}, SHOWN),
        ({"user": "k201eva", "roles": PRESCRIBER, "service_points": [RECEIVING]}, SHOWN),
        ({"user": SERVICE, "roles": STAFF, "service_points": [RECEIVING]}, SHOWN),
        ({"user": "ac-systemet", "roles": [Grantee.REGION_SYSTEM]}, SHOWN),
        ({"user": SERVICE, "roles": STAFF, "service_points": [OTHER]}, WITHHELD),
        ({"user": OUTSIDER, "roles": PRESCRIBER, "service_points": [OTHER]}, WITHHELD),
    ],
    ids=[
        "sender",
        "new prescriber",
        "sending unit",
        "receiving unit",
        "customer service at a unit",
        "region system",
        "customer service elsewhere",
        "another unit",
    ],
)
async def test_a_protected_persons_transfer_is_shown_to_its_units_its_people_and_the_system(
    registered: Registered, who: dict[str, Any], is_seen: tuple[int, int]
) -> None:
    async with registered() as world:
        await sent(world)
        await world.handle(a_person_protection_changed(PATIENT))
        async with world.http(**who) as client:
            assert await seen(client) == is_seen


@pytest.mark.rule("REF-19e")
async def test_who_is_protected_is_so_under_an_earlier_reference_too(
    registered: Registered,
) -> None:
    async with registered() as world:
        await world.handle_all(a_person_registered("P-40001"), a_person_registered("P-40002"))
        await sent(world)
        await world.handle_all(
            a_person_merged(PATIENT, into="P-40001"), a_person_merged("P-40001", into="P-40002")
        )
        async with customer_service(world) as client:
            before = await seen(client)
            await world.handle(a_person_protection_changed("P-40002"))
            since = await seen(client)

    assert (before, since) == (SHOWN, WITHHELD)


@pytest.mark.rule("REF-19e")
async def test_customer_service_takes_no_other_step_with_it(registered: Registered) -> None:
    async with registered() as world:
        await sent(world)
        body, address = {"message": "Fel enhet"}, f"/transfers/{transfer_id()}:reject"
        async with customer_service(world) as client:
            before = await client.post(address, json=body)
            await world.handle(a_person_protection_changed(PATIENT))
            since = await client.post(address, json=body)

    assert (before.json()["reason"], since.json()["reason"]) == (
        "NOT_RESPONSIBLE",
        "UNKNOWN_TRANSFER",
    )


@pytest.mark.rule("REF-19e")
async def test_customer_service_unlocks_it_by_its_id_and_is_not_told_whom_it_concerns(
    registered: Registered,
) -> None:
    async with registered(region="bd") as world:
        message = "Ring den gode mannen först"
        await sent(world, region="bd", message=message)
        await world.handle(a_person_protection_changed(PATIENT), region="bd")
        await world.advance(AFTER_DEADLINE)
        address = f"/transfers/{transfer_id(region='bd')}:unlock"
        async with customer_service(world, region="bd") as client:
            answer = await client.post(address, json={"asked_by": SENDER})

    shown = answer.json()
    assert (answer.status_code, shown["status"]) == (200, "unlocked")
    assert shown["recipient_is_withheld"]
    assert (shown["recipient"], shown["current_recipient"], shown["message"]) == (None, None, None)
    assert str(person(PATIENT)) not in answer.text


@pytest.mark.rule("REF-19e")
async def test_what_concerns_nobody_protected_is_unlocked_with_its_recipient_shown(
    registered: Registered,
) -> None:
    async with registered(region="bd") as world:
        await sent(world, region="bd")
        await world.advance(AFTER_DEADLINE)
        address = f"/transfers/{transfer_id(region='bd')}:unlock"
        async with customer_service(world, region="bd") as client:
            shown = (await client.post(address, json={"asked_by": SENDER})).json()

    assert not shown["recipient_is_withheld"]
    assert shown["recipient"]["person"] == str(person(PATIENT))


async def test_another_regions_protected_person_withholds_nothing_here(
    registered: Registered,
) -> None:
    async with registered() as world:
        await sent(world)
        await world.handle(a_person_registered(PATIENT, is_protected=True), region="bd")
        async with customer_service(world) as client:
            assert await seen(client) == SHOWN
