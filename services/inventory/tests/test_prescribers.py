"""ACT-6 on real PostgreSQL: the prescriber whom a fault report names."""

from collections.abc import AsyncIterator
from datetime import date

import pytest
from inventory.app import service
from inventory.devices.domain import periods
from inventory.devices.models import CustodyRow
from kvitt_chassis.transaction import NotYetKnown
from kvitt_contracts.inventory import ClaimRefused, CustodyChanged
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm

from contracts.tests.builders.bmb import a_transfer_rejected, a_transfer_requested
from contracts.tests.builders.orders import (
    a_customer_registered,
    a_fault_report_prescriber_named,
    a_person_registered,
    a_user_registered,
)
from contracts.tests.builders.regions import (
    a_device_on_loan_stated,
    a_device_returned,
    the_catalogue,
    the_stores,
)
from contracts.tests.builders.story import (
    PAYER,
    RECEIVER,
    RECEIVING,
    SENDER,
    SENDING,
    SERVICE,
    fault_report_id,
)
from services.inventory.tests.units import COLLEAGUE, STAFF
from services.inventory.tests.worlds import device


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A rollator that SENDER prescribed, who prescribes nothing any more; it is 20 March."""
    async with given(service, at=stockholm("2026-03-02 08:00")) as world:
        await world.handle_all(*the_stores(), *the_catalogue(), a_person_registered())
        await world.handle_all(
            a_user_registered(SENDER, SENDING, active=False),
            a_user_registered(RECEIVER, RECEIVING),
            a_device_on_loan_stated(),
        )
        await world.advance(stockholm("2026-03-20 08:00"))
        yield world


async def refused(world: World) -> list[str]:
    """Why prescribers were refused, the first one first."""
    answers = await world.events(ClaimRefused)
    assert {one.claimant.kind for one in answers} <= {"fault_report"}
    return [one.refused[0].reason for one in answers]


@pytest.mark.rule("ACT-6b")
async def test_the_device_has_the_named_prescriber_and_nothing_else_is_changed(
    world: World,
) -> None:
    before = (await device(world)).custody
    await world.handle(a_fault_report_prescriber_named())

    after = (await device(world)).custody
    assert (after.prescriber, after.since) == (RECEIVER, date(2026, 3, 20))
    assert (after.holder, after.payer_id, after.customer_id) == (
        before.holder,
        before.payer_id,
        before.customer_id,
    )
    (changed,) = await world.events(CustodyChanged)
    assert changed.cause.fault_report_id == fault_report_id()
    assert changed.charging is None
    await assert_rows_are_folds(world)


@pytest.mark.rule("ACT-6b")
async def test_a_device_in_a_transfer_gets_no_prescriber_until_it_is_free(world: World) -> None:
    await world.handle_all(a_transfer_requested(), a_fault_report_prescriber_named())
    assert await refused(world) == ["IN_TRANSFER"]

    await world.handle(a_fault_report_prescriber_named())
    await world.handle(a_transfer_rejected())
    await world.handle(a_fault_report_prescriber_named())

    assert await refused(world) == ["IN_TRANSFER", "IN_TRANSFER"]
    assert (await device(world)).custody.prescriber == RECEIVER
    await assert_rows_are_folds(world)


@pytest.mark.rule("ACT-6b")
async def test_who_prescribes_still_is_not_replaced(world: World) -> None:
    await world.handle(a_user_registered(SENDER, SENDING))
    await world.handle(a_fault_report_prescriber_named())

    assert await refused(world) == ["HAS_PRESCRIBER"]
    assert (await device(world)).custody.prescriber == SENDER


@pytest.mark.rule("ACT-6b")
async def test_what_has_come_back_gets_no_prescriber(world: World) -> None:
    await world.handle(a_device_returned(on="2026-03-10"))
    await world.handle(a_fault_report_prescriber_named())

    assert await refused(world) == ["NOT_AT_RECIPIENT"]


async def test_a_late_return_takes_the_named_prescriber_back(world: World) -> None:
    await world.handle(a_fault_report_prescriber_named())
    await world.handle(a_device_returned(on="2026-03-10"))

    rows = sorted(await world.rows(CustodyRow), key=lambda row: row.number)
    spans = periods([row.custody for row in rows])
    assert [(one.start.day, one.custody.payer_id) for one in spans] == [
        (2, PAYER),
        (10, None),
        (20, None),
    ]
    assert (await device(world)).custody.prescriber is None


async def test_a_device_that_is_not_known_yet_is_waited_for(world: World) -> None:
    with pytest.raises(NotYetKnown):
        await world.handle(a_fault_report_prescriber_named(device="179999"))


async def test_its_story_says_why_it_has_a_new_prescriber(world: World) -> None:
    await world.handle(a_fault_report_prescriber_named())
    number = (await device(world)).id
    async with world.http(**STAFF) as client:
        story = (await client.get(f"/devices/{number}/story")).json()

    last = story["items"][-1]
    assert last["rule"] == "ACT-6"
    assert last["summary"] == "Felanmälan: ny förskrivare från och med 20 mars 2026."


@pytest.mark.rule("BMB-14b")
async def test_a_unit_lists_what_it_pays_for_and_nobody_prescribes(world: World) -> None:
    await world.handle_all(
        a_customer_registered(SENDING),
        a_device_on_loan_stated("170001", customer_id=SENDING, prescriber=None),
        a_device_on_loan_stated("170002", customer_id=SENDING, prescriber=SENDER),
        a_device_on_loan_stated("170003", customer_id=SENDING, prescriber=RECEIVER),
        a_device_on_loan_stated("170004", customer_id=RECEIVING, prescriber=None),
        a_device_on_loan_stated("170005", customer_id=SENDING, prescriber=SERVICE),
    )
    await world.handle(a_user_registered(SERVICE, SENDING, role="customer_service"))
    async with world.http(**COLLEAGUE) as client:
        without = await client.get("/devices?without_prescriber=true")
        with_one = await client.get("/devices?without_prescriber=false")
    async with world.http(**STAFF) as client:
        of_unit = await client.get(f"/devices?without_prescriber=true&customer_id={RECEIVING}")

    def numbers(answer: object) -> list[str]:
        return [one["device_number"] for one in answer.json()["items"]]  # type: ignore[attr-defined]

    assert numbers(without) == ["170001", "170002", "170005", "170098"]
    assert numbers(with_one) == ["170003"]
    assert numbers(of_unit) == ["170004"]
