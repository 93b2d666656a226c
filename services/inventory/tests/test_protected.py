"""REF-19: what concerns a person with protected identity is shown to the units concerned alone."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
from inventory.app import service
from inventory.devices.domain import is_shown
from kvitt_contracts.access import Grantee
from kvitt_contracts.inventory import Custody
from kvitt_contracts.types import CustomerId, Holder, Role, ServicePointId, UserId
from kvitt_testkit.world import Given, World, stockholm

from contracts.tests.builders.bmb import (
    a_transfer_accepted,
    a_transfer_drafted,
    a_transfer_requested,
)
from contracts.tests.builders.orders import (
    a_line,
    a_person_merged,
    a_person_protection_changed,
    a_person_registered,
    an_order_placed,
)
from contracts.tests.builders.regions import (
    a_device_on_loan_stated,
    the_catalogue,
    the_stores,
)
from contracts.tests.builders.story import (
    CUSHION,
    DAY,
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
    a_patient,
    device_id,
    order_id,
    person,
    transfer_id,
)

CARE = (Role.PRESCRIBER,)
MARKED, ANOTHERS = "170001", "170002"
STAFF: dict[str, Any] = {
    "user": SERVICE,
    "roles": (Role.CUSTOMER_SERVICE,),
    "service_points": ["40999"],
}
SYSTEM: dict[str, Any] = {"user": "ac-systemet", "roles": (Grantee.REGION_SYSTEM,)}


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A protected patient and another one, with a rollator and an order each, of one unit."""
    async with given(service, at=stockholm("2026-03-02 08:00")) as world:
        await world.handle_all(*the_stores(), *the_catalogue())
        await world.handle_all(
            a_person_registered(is_protected=True), a_person_registered(OTHER_PATIENT)
        )
        await world.handle_all(
            a_device_on_loan_stated(MARKED, customer_id=SENDING),
            a_device_on_loan_stated(ANOTHERS, person=OTHER_PATIENT, customer_id=SENDING),
            an_order_placed(a_line(CUSHION, order="O-1"), reference="O-1"),
            an_order_placed(
                a_line(CUSHION, order="O-2"), reference="O-2", recipient=a_patient(OTHER_PATIENT)
            ),
        )
        yield world


async def seen(world: World, **who: Any) -> tuple[list[str], list[str]]:
    """The devices and the orders that somebody is shown, in lists and one by one alike."""
    async with world.http(**who) as client:
        devices = (await client.get("/devices")).json()
        orders = (await client.get("/reservations?sort=order_number")).json()
        numbers = [line["device_number"] for line in devices["items"]]
        references = sorted(line["reference"] for line in orders["items"])
        assert (devices["total"], orders["total"]) == (len(numbers), len(references))
        for number in (MARKED, ANOTHERS):
            answer = await client.get(f"/devices/{device_id(number)}")
            assert answer.status_code == (200 if number in numbers else 404)
        for order in ("O-1", "O-2"):
            answer = await client.get(f"/reservations/{order_id(order)}")
            assert answer.status_code == (200 if order in references else 404)
    return numbers, references


ALL = ([MARKED, ANOTHERS], ["O-1", "O-2"])
OF_THE_OTHER = ([ANOTHERS], ["O-2"])


@pytest.mark.rule("REF-19e")
@pytest.mark.parametrize(
    ("who", "shown"),
    [
        ({"user": SENDER, "roles": CARE, "service_points": ["40999"]}, ALL),
        ({"user": "k082eva", "roles": CARE, "service_points": [SENDING]}, ALL),
        ({**STAFF, "service_points": [SENDING]}, ALL),
        (SYSTEM, ALL),
        (STAFF, OF_THE_OTHER),
        ({"user": OUTSIDER, "roles": CARE, "service_points": [OTHER]}, ([], [])),
    ],
    ids=[
        "prescriber",
        "unit",
        "customer service at the unit",
        "region's system",
        "customer service elsewhere",
        "another unit",
    ],
)
async def test_a_protected_persons_devices_and_orders_are_shown_to_their_unit_and_the_system(
    world: World, who: dict[str, Any], shown: tuple[list[str], list[str]]
) -> None:
    assert await seen(world, **who) == shown


@pytest.mark.rule("REF-19e")
async def test_who_is_protected_from_now_on_and_who_is_no_more(world: World) -> None:
    await world.handle(a_person_protection_changed(OTHER_PATIENT))
    both = await seen(world, **STAFF)
    await world.handle(a_person_protection_changed(PATIENT, is_protected=False))
    one = await seen(world, **STAFF)

    assert both == ([], [])
    assert one == ([MARKED], ["O-1"])


@pytest.mark.rule("REF-19e")
async def test_who_is_protected_is_so_under_every_earlier_reference(world: World) -> None:
    await world.handle_all(
        a_person_registered("P-40001"),
        a_person_registered("P-40002"),
        a_person_merged(OTHER_PATIENT, into="P-40001"),
        a_person_merged("P-40001", into="P-40002"),
    )
    before = await seen(world, **STAFF)
    await world.handle(a_person_protection_changed("P-40002"))

    assert before == OF_THE_OTHER
    assert await seen(world, **STAFF) == ([], [])


@pytest.mark.rule("REF-19e")
async def test_a_protected_persons_device_is_shown_to_the_unit_that_is_to_receive_it(
    world: World,
) -> None:
    await world.handle_all(a_transfer_drafted(MARKED), a_transfer_requested(MARKED))

    receives: dict[str, Any] = {"user": RECEIVER, "roles": CARE, "service_points": [RECEIVING]}
    assert await seen(world, **receives) == ([MARKED], [])


@pytest.mark.rule("REF-19e")
async def test_the_hold_of_a_protected_persons_device_is_shown_to_the_sides_of_its_transfer(
    world: World,
) -> None:
    await world.handle_all(
        a_transfer_drafted(MARKED),
        a_transfer_requested(MARKED),
        a_transfer_drafted(ANOTHERS, transfer="BMB-2"),
        a_transfer_requested(
            ANOTHERS, transfer="BMB-2", current_recipient=a_patient(OTHER_PATIENT)
        ),
    )

    sides: list[tuple[dict[str, Any], list[int]]] = [
        ({"user": RECEIVER, "roles": CARE, "service_points": [RECEIVING]}, [200, 200]),
        (SYSTEM, [200, 200]),
        (STAFF, [404, 200]),
    ]
    for who, statuses in sides:
        async with world.http(**who) as client:
            answers = [await client.get(f"/holds/{transfer_id(one)}") for one in ("BMB-1", "BMB-2")]
        assert [answer.status_code for answer in answers] == statuses


@pytest.mark.rule("REF-19e")
@pytest.mark.parametrize(
    ("who", "holders"),
    [
        ({"user": RECEIVER, "roles": CARE, "service_points": [RECEIVING]}, ["care_unit"]),
        ({"user": SENDER, "roles": CARE, "service_points": [RECEIVING]}, ["patient", "care_unit"]),
        ({**STAFF}, ["care_unit"]),
        (SYSTEM, ["patient", "care_unit"]),
    ],
    ids=[
        "the unit that has it now",
        "who prescribed it",
        "customer service",
        "the region's system",
    ],
)
async def test_a_devices_time_at_a_protected_person_is_shown_to_who_had_a_part_in_it(
    world: World, who: dict[str, Any], holders: list[str]
) -> None:
    await world.advance(stockholm("2026-03-09 08:00"))
    await world.handle_all(
        a_transfer_drafted(MARKED),
        a_transfer_requested(MARKED),
        a_transfer_accepted(
            MARKED,
            new_recipient=a_care_unit(),
            new_prescriber=RECEIVER,
            effective_on=date(2026, 3, 9),
        ),
    )

    async with world.http(**who) as client:
        answer = await client.get(f"/devices/{device_id(MARKED)}")

    card = answer.json()
    assert [one["holder"]["kind"] for one in card["history"]] == holders
    assert [one["holder"]["kind"] for one in card["periods"]] == holders
    assert (str(person()) in answer.text) == ("patient" in holders)
    assert (card["periods"][-1]["from_day"], card["periods"][-1]["to_day"]) == ("2026-03-09", None)


async def test_another_regions_protected_person_hides_nothing_here(world: World) -> None:
    await world.handle(a_person_registered(OTHER_PATIENT, is_protected=True), region="bd")

    assert await seen(world, **STAFF) == OF_THE_OTHER


@pytest.mark.rule("REF-19e")
@pytest.mark.parametrize(
    ("holder", "to", "of", "shown"),
    [
        (a_patient(), "k999ola", OTHER, False),
        (a_patient(), SENDER, OTHER, True),
        (a_patient(), "k999ola", SENDING, True),
        (a_patient(OTHER_PATIENT), "k999ola", OTHER, True),
        (a_care_unit(), "k999ola", OTHER, True),
    ],
    ids=["a stranger", "the prescriber", "the unit", "of nobody protected", "a care unit's"],
)
def test_an_earlier_custody_of_a_protected_person_is_shown_to_who_had_a_part_in_it(
    holder: Holder, to: str, of: str, shown: bool
) -> None:
    custody = Custody(
        holder=holder, customer_id=CustomerId(SENDING), prescriber=UserId(SENDER), since=DAY
    )

    assert shown == is_shown(custody, protected={person()}, to=UserId(to), of={ServicePointId(of)})
