"""ORD-17: what is printed for a patient about devices, on real PostgreSQL and over real HTTP."""

from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
from kvitt_contracts.policy import Policies
from kvitt_contracts.policy_parts import HandoutPolicy
from kvitt_contracts.types import PatientRecipient
from kvitt_testkit.world import Given, World
from orders.app import service
from orders.care.models import CareDeviceRow
from orders.customer_orders.lines import LineState, OrderLine
from orders.customer_orders.models import OrderRow
from orders.handouts.record import said_of
from orders.people.domain import Look
from orders.people.models import PersonAccessRow

from contracts.tests.builders.areas import with_policy
from contracts.tests.builders.inventory import (
    a_custody,
    a_custody_changed_by_order,
    a_custody_changed_by_return,
    a_custody_changed_by_transfer,
    a_device_registered,
    an_article_listed,
)
from contracts.tests.builders.regions import a_person_stated
from contracts.tests.builders.reservations import a_line_delivered
from contracts.tests.builders.story import (
    OUTSIDER,
    RECEIVING,
    SENDER,
    SENDING,
    device_id,
    line_id,
    order_id,
)
from documents.tests.reading import pages
from services.orders.tests.builders import a_line, an_order_command
from services.orders.tests.cases import a_place_of_cases
from services.orders.tests.pickups import DEVICES
from services.orders.tests.worlds import MONDAY, patient, ref_of

HERS: Final[dict[str, Any]] = {
    "user": SENDER,
    "roles": ["prescriber"],
    "service_points": [SENDING],
}


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A patient who has two devices by a unit, since the second of February."""
    async with given(service, at=MONDAY) as world:
        await a_lent_pair(world)
        yield world


async def a_lent_pair(world: World) -> None:
    """A patient who has two devices by a unit."""
    await a_place_of_cases(world)
    await world.handle(an_article_listed("31222-07", name="Rollator"))
    at = PatientRecipient(person=await ref_of(world))
    for device in DEVICES[:2]:
        await world.handle(a_device_registered(device, article="31222-07"))
        lent = a_custody(at, customer=SENDING)
        await world.handle(a_custody_changed_by_order(device, to=lent))


async def printed(world: World, kind: str, *devices: str, status: int = 200, **caller: Any) -> Any:
    """What is answered to who prints."""
    body = {"kind": kind, "service_point": SENDING, "devices": devices}
    async with world.http(**{**HERS, **caller}) as client:
        answer = await client.post(f"/persons/{await patient(world)}:print", json=body)
    assert answer.status_code == status, answer.text
    return answer


async def given_back(world: World, device: str = DEVICES[0], *, on: str = "2026-02-20") -> None:
    """The patient has given a device back."""
    before = a_custody(PatientRecipient(person=await ref_of(world)), customer=SENDING)
    await world.handle(a_custody_changed_by_return(device, before=before, since=on))


@pytest.mark.rule("ORD-17b")
@pytest.mark.parametrize(
    ("kind", "title", "term", "day"),
    [
        ("loan_agreement", "Låneförbindelse", "ska lämnas tillbaka", "Lånas från"),
        ("ownership", "Ägarbevis", "mottagarens egna", "Utlämnat"),
    ],
)
async def test_a_loan_or_what_is_owned_is_signed_by_the_patient(
    world: World, kind: str, title: str, term: str, day: str
) -> None:
    answer = await printed(world, kind, DEVICES[0])

    (page,) = pages(answer.content)
    assert page.startswith(f"{title} Mottagare Tess Testsson Personnummer 18900101-9802")
    assert f"Artikel {day} 1 {DEVICES[0]} 31222-07 Rollator 2026-02-02" in page
    assert term in page
    assert "Mottagarens underskrift" in page
    assert DEVICES[1] not in page
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.rule("ORD-17b")
async def test_the_terms_are_the_regions(given: Given, policies: Policies) -> None:
    own = with_policy(policies, handouts=HandoutPolicy(loan_terms=("Lånet gäller i ett år.",)))
    async with given(service, at=MONDAY, policies=own) as world:
        await a_lent_pair(world)

        (page,) = pages((await printed(world, "loan_agreement", DEVICES[0])).content)

        assert "Lånet gäller i ett år." in page
        assert "ska lämnas tillbaka" not in page


@pytest.mark.rule("ORD-17c")
async def test_the_list_has_all_that_the_patient_has_or_what_is_chosen(world: World) -> None:
    (every,) = pages((await printed(world, "device_list")).content)
    (one,) = pages((await printed(world, "device_list", DEVICES[1])).content)

    assert [device in every for device in DEVICES[:2]] == [True, True]
    assert [device in one for device in DEVICES[:2]] == [False, True]
    assert "underskrift" not in every


@pytest.mark.rule("ORD-17d")
async def test_a_receipt_says_what_was_given_back_and_when(world: World) -> None:
    await given_back(world)

    (page,) = pages((await printed(world, "return_receipt", DEVICES[0])).content)

    assert page.startswith("Returkvitto Mottagare Tess Testsson")
    assert f"Artikel Återlämnat 1 {DEVICES[0]} 31222-07 Rollator 2026-02-20" in page


@pytest.mark.rule("ORD-17b", "ORD-17c", "ORD-17d")
@pytest.mark.parametrize(
    ("kind", "devices", "reason", "field"),
    [
        ("loan_agreement", (), "DEVICES_MISSING", "devices"),
        ("device_list", (DEVICES[1], DEVICES[1]), "DEVICE_TWICE", "devices.1"),
        ("ownership", (DEVICES[1], "404404"), "NOT_WITH_RECIPIENT", "devices.1"),
        ("loan_agreement", (DEVICES[0],), "NOT_WITH_RECIPIENT", "devices.0"),
        ("return_receipt", (DEVICES[0], DEVICES[1]), "NOT_GIVEN_BACK", "devices.1"),
        ("return_receipt", ("404404",), "NOT_GIVEN_BACK", "devices.0"),
    ],
)
async def test_nothing_is_printed_that_is_not_so(
    world: World, kind: str, devices: tuple[str, ...], reason: str, field: str
) -> None:
    await given_back(world)

    answer = (await printed(world, kind, *devices, status=422)).json()

    assert (answer["reason"], answer["field"], answer["rule"]) == (reason, field, "ORD-17")


@pytest.mark.rule("ORD-17e")
async def test_a_look_at_the_patient_is_logged_and_who_has_no_part_prints_nothing(
    world: World,
) -> None:
    await printed(world, "device_list")
    away = {"user": OUTSIDER, "service_points": [RECEIVING]}
    await printed(world, "device_list", status=404, **away)

    rows = await world.rows(PersonAccessRow)
    looks = [(one.user_id, one.look) for one in rows if one.look is not Look.DONE]
    assert looks == [(SENDER, "shown"), (OUTSIDER, "out_of_reach")]


@pytest.mark.rule("ORD-17e")
async def test_another_units_device_is_as_good_as_not_the_patients(world: World) -> None:
    at = PatientRecipient(person=await ref_of(world))
    theirs = a_custody(at, customer=RECEIVING, prescriber=OUTSIDER)
    await world.handle(a_custody_changed_by_order("170555", to=theirs))

    (page,) = pages((await printed(world, "device_list")).content)
    answer = await printed(world, "device_list", "170555", status=422)

    assert "170555" not in page
    assert answer.json()["reason"] == "NOT_WITH_RECIPIENT"


async def test_a_unit_that_is_not_ones_own_is_not_printed(world: World) -> None:
    body = {"kind": "device_list", "service_point": RECEIVING}
    async with world.http(**HERS) as client:
        answer = await client.post(f"/persons/{await patient(world)}:print", json=body)

    assert (answer.status_code, answer.json()["field"]) == (422, "service_point")


@pytest.mark.rule("ORD-17b")
async def test_a_loan_that_another_pays_for_goes_on_from_its_first_day(world: World) -> None:
    at = PatientRecipient(person=await ref_of(world))
    before = a_custody(at, customer=SENDING)
    after = a_custody(at, customer=SENDING, since="2026-02-16")
    change = a_custody_changed_by_transfer(DEVICES[0], to=after, before=before)
    await world.handle(change)

    row = await world.row(CareDeviceRow, device_id(DEVICES[0]))

    assert str(row.since_on) == "2026-02-02"


async def test_who_takes_a_device_over_from_another_patient_was_given_nothing_back(
    world: World,
) -> None:
    await world.handle(a_person_stated(), subject="ac-person-2")
    before = a_custody(PatientRecipient(person=await ref_of(world)), customer=SENDING)
    after = a_custody(
        PatientRecipient(person=await ref_of(world, "ac-person-2")), since="2026-02-16"
    )
    change = a_custody_changed_by_transfer(DEVICES[0], to=after, before=before)
    await world.handle(change)

    row = await world.row(CareDeviceRow, device_id(DEVICES[0]))

    assert (str(row.since_on), row.returned_by) == ("2026-02-16", None)


@pytest.mark.rule("ORD-17a")
async def test_an_orders_lines_are_said_for_the_patient_record_without_the_patient(
    world: World,
) -> None:
    await world.handle(an_order_command(a_line(quantity=3)), subject="ORD-R")
    await world.handle(a_line_delivered("ORD-R", quantity=2))

    async with world.http(**HERS) as client:
        answer = await client.get(f"/orders/{order_id('ORD-R')}/record-text")

    number = (await world.row(OrderRow, order_id("ORD-R"))).order_number
    assert answer.json()["text"].splitlines() == [
        f"Hjälpmedelsbeställning {number}, 2026-03-02, förskrivare k082lno",
        "Sittdyna Ängsull (30457), 3 st, 2 levererade",
    ]


@pytest.mark.rule("ORD-17a")
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "Rollator (31222-07), 1 st, beställt"),
        ({"delivered": 1}, "Rollator (31222-07), 1 st, levererat"),
        ({"device_number": "170098"}, "Rollator (31222-07), 1 st, individ 170098, beställt"),
        ({"reached": LineState.VOIDED}, "Rollator (31222-07), 1 st, makulerat"),
        ({"quantity": 2, "delivered": 1}, "Rollator (31222-07), 2 st, 1 levererade"),
    ],
)
def test_each_line_says_what_it_is_and_where(changes: dict[str, Any], said: str) -> None:
    line = OrderLine.model_validate(
        {
            "line_id": line_id(),
            "number": 1,
            "article_number": "31222-07",
            "article_type": "main_device",
            "marked": True,
            "quantity": 1,
            "payer_id": "123456",
            **changes,
        }
    )

    assert said_of(line, "Rollator") == said
