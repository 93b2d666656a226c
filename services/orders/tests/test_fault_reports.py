"""ACT-6: a fault on a rented device that nobody prescribes, from the report to its end."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from kvitt_contracts.orders import (
    AssessRisk,
    CloseFaultReport,
    FaultReportClosed,
    FaultReported,
    FaultReportEscalated,
    FaultReportForwarded,
    FaultReportPrescriberNamed,
    FaultReportPrescriberRefused,
    FaultReportPrescriberSet,
    ForwardFaultReport,
    NamePrescriber,
)
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import (
    DeviceNumber,
    PatientRecipient,
    Role,
    UserId,
    Word,
)
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm
from orders.app import service
from orders.care.models import CareDeviceRow
from orders.fault_reports.domain import Status
from orders.fault_reports.models import FaultReportRow
from sqlalchemy import update

from contracts.tests.builders.bmb import a_responsibles_set, a_responsibles_set_with_absence
from contracts.tests.builders.inventory import (
    a_claim_refused_of_fault_report,
    a_custody,
    a_custody_changed_by_fault_report,
    a_custody_changed_by_order,
    a_custody_changed_by_return,
    a_device_stated_on_loan,
)
from contracts.tests.builders.story import (
    OUTSIDER,
    RECEIVER,
    RECEIVING,
    SENDER,
    SENDING,
    SERVICE,
    STAND_IN,
    SUBSTITUTE,
    a_care_unit,
    device_id,
    person,
)
from services.orders.tests.faults import (
    F1,
    LEFT,
    MAIN,
    STAFF,
    a_place_of_faults,
    named,
    reason_of,
    reported,
    status,
)
from services.orders.tests.worlds import MONDAY


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A patient's rented device whose prescriber has left; RECEIVER is the main responsible."""
    async with given(service, at=MONDAY) as world:
        await a_place_of_faults(world)
        yield world


# -- the report ----------------------------------------------------------------------------------


@pytest.mark.rule("ACT-6a")
async def test_a_fault_on_a_device_whose_prescriber_has_left_waits_for_the_unit(
    world: World,
) -> None:
    await reported(world)

    (event,) = await world.events(FaultReported)
    assert (event.device_id, event.service_point) == (device_id(), RECEIVING)
    assert event.recipient == PatientRecipient(person=person())
    assert await status(world) is Status.WAITING
    await assert_rows_are_folds(world)


@pytest.mark.rule("ACT-6a")
async def test_a_device_with_a_current_prescriber_is_a_matter_for_them(world: World) -> None:
    await world.handle(a_custody_changed_by_order("170099", to=a_custody()))

    with pytest.raises(Refused) as refused:
        await reported(world, device_number=DeviceNumber("170099"))

    assert (refused.value.reason, refused.value.field) == ("HAS_PRESCRIBER", "device_number")
    assert SENDER in refused.value.way_on


@pytest.mark.rule("ACT-6a")
async def test_what_is_bought_or_in_a_store_is_not_rented(world: World) -> None:
    sold = a_custody_changed_by_order("170090", to=a_custody(), charging="sale")
    await world.handle_all(sold, a_custody_changed_by_return("170091"))

    reasons = []
    for number in ("170090", "170091", "999999"):
        with pytest.raises(Refused) as refused:
            await reported(world, device_number=DeviceNumber(number))
        reasons.append(refused.value.reason)
    assert reasons == ["NOT_RENTED", "NOT_ON_LOAN", "UNKNOWN_DEVICE"]


async def test_old_stock_without_a_prescriber_is_reported_too(world: World) -> None:
    await world.handle(a_device_stated_on_loan("170077", prescriber=None))

    await reported(world, device_number=DeviceNumber("170077"))

    assert await status(world) is Status.WAITING


async def test_of_a_loan_to_a_unit_from_before_units_were_read_it_is_not_said_that_it_is_in_a_store(
    world: World,
) -> None:
    await world.handle(a_custody_changed_by_order(to=a_custody(a_care_unit(), prescriber=LEFT)))
    async with world.worker.unit() as unit:
        await unit.session.execute(update(CareDeviceRow).values(unit=None))

    with pytest.raises(Refused) as refused:
        await reported(world)
    assert (refused.value.reason, refused.value.field) == ("UNIT_NOT_KNOWN", "device_number")
    assert "byte" in str(refused.value.way_on)


async def test_one_report_at_a_time_is_open_on_a_device(world: World) -> None:
    await reported(world)

    for report in ("F-1", "F-2"):
        with pytest.raises(Refused) as refused:
            await reported(world, report)
        assert refused.value.reason == "ALREADY_REPORTED"

    await world.handle(
        CloseFaultReport(outcome=Word("replaced"), by=UserId(SERVICE)), subject="F-1"
    )
    await reported(world, "F-2")
    assert len(await world.events(FaultReported)) == 2


async def test_of_several_who_report_a_device_at_once_one_is_heard(world: World) -> None:
    body = {"device_number": "170098", "service_point": RECEIVING}
    async with world.http(**STAFF) as client:
        answers = await asyncio.gather(
            *(client.post("/fault-reports", json=body) for _ in range(4))
        )

    refused = [one.json()["reason"] for one in answers if one.status_code != 201]
    assert refused == ["ALREADY_REPORTED"] * 3
    assert len(await world.events(FaultReported)) == 1


# -- the answer ----------------------------------------------------------------------------------


@pytest.mark.rule("ACT-6b")
async def test_the_main_responsible_names_a_prescriber_and_inventory_sets_it(world: World) -> None:
    await reported(world)
    await named(world)
    assert await status(world) is Status.NAMING

    await world.handle(a_custody_changed_by_fault_report())

    (asked,) = await world.events(FaultReportPrescriberNamed)
    assert (asked.device_id, asked.prescriber) == (device_id(), RECEIVER)
    (done,) = await world.events(FaultReportPrescriberSet)
    assert done.prescriber == RECEIVER
    assert await status(world) is Status.PRESCRIBED
    assert await world.timers() == {}
    await assert_rows_are_folds(world)


@pytest.mark.rule("ACT-6b")
async def test_what_claims_the_device_lets_the_report_wait_for_another_answer(
    world: World,
) -> None:
    await reported(world)
    await named(world)
    await world.handle(a_claim_refused_of_fault_report())

    (refused,) = await world.events(FaultReportPrescriberRefused)
    assert refused.reason == "IN_TRANSFER"
    assert await status(world) is Status.WAITING
    assert list(await world.timers()) == [("fault_report_answer", F1)]
    await named(world, SUBSTITUTE)
    assert await status(world) is Status.NAMING


@pytest.mark.rule("ACT-6b")
async def test_the_need_for_a_new_assessment_is_forwarded_to_a_prescriber_anywhere(
    world: World,
) -> None:
    await reported(world)
    forward = ForwardFaultReport(to=UserId(SENDER), by=UserId(RECEIVER))
    await world.handle(forward, subject="F-1")
    await world.handle(forward, subject="F-1")

    (event,) = await world.events(FaultReportForwarded)
    assert event.to == SENDER
    assert await status(world) is Status.FORWARDED
    again = NamePrescriber(prescriber=UserId(RECEIVER), by=UserId(RECEIVER))
    assert await reason_of(world, again) == ("NOT_WAITING", None)


@pytest.mark.rule("ACT-6b")
async def test_only_who_answers_for_the_unit_names_a_prescriber(world: World) -> None:
    await reported(world)

    for by in (SUBSTITUTE, STAND_IN, SENDER):
        command = NamePrescriber(prescriber=UserId(RECEIVER), by=UserId(by))
        assert await reason_of(world, command) == ("NOT_RESPONSIBLE", None)
        forward = ForwardFaultReport(to=UserId(SENDER), by=UserId(by))
        assert await reason_of(world, forward) == ("NOT_RESPONSIBLE", None)
    assert await world.events(FaultReportPrescriberNamed) == []


async def test_on_days_of_absence_the_stand_in_answers_too(given: Given, world: World) -> None:
    absence = a_responsibles_set_with_absence(
        absent_from_on="2026-03-02", absent_to_on="2026-03-03"
    )
    await world.handle(absence)
    await reported(world)
    await named(world, by=STAND_IN)

    assert await status(world) is Status.NAMING


async def test_where_there_is_no_main_whoever_works_there_answers(world: World) -> None:
    await world.handle(a_responsibles_set(main=None))
    await reported(world)
    await named(world, by=SUBSTITUTE)

    assert await status(world) is Status.NAMING


async def test_who_is_named_prescribes_at_the_unit(world: World) -> None:
    await reported(world)

    outside = NamePrescriber(prescriber=UserId(SENDER), by=UserId(RECEIVER))
    assert await reason_of(world, outside) == ("NOT_AT_SERVICE_POINT", "prescriber")
    gone = NamePrescriber(prescriber=UserId(LEFT), by=UserId(RECEIVER))
    assert await reason_of(world, gone) == ("NOT_A_PRESCRIBER", "prescriber")
    nobody = NamePrescriber(prescriber=UserId(OUTSIDER), by=UserId(RECEIVER))
    assert await reason_of(world, nobody) == ("UNKNOWN_USER", "prescriber")


@pytest.mark.rule("ACT-6a")
async def test_what_nobody_answers_in_two_working_days_is_told_to_customer_service(
    world: World,
) -> None:
    await reported(world)
    await world.advance(stockholm("2026-03-04 23:59"))
    assert await world.events(FaultReportEscalated) == []

    await world.advance(stockholm("2026-03-05 00:00"))

    (told,) = await world.events(FaultReportEscalated)
    assert told.service_point == RECEIVING
    await named(world)
    assert await status(world) is Status.NAMING


async def test_each_wait_for_an_answer_is_told_when_nobody_answers_it(world: World) -> None:
    await reported(world)
    await world.advance(stockholm("2026-03-05 00:00"))
    await named(world)
    assert not (await world.row(FaultReportRow, F1)).is_escalated
    await world.handle(a_claim_refused_of_fault_report())
    await world.advance(stockholm("2026-03-10 00:00"))

    assert len(await world.events(FaultReportEscalated)) == 2
    await assert_rows_are_folds(world)


async def test_a_named_prescriber_whom_inventory_never_answers_is_told_too(world: World) -> None:
    await reported(world)
    await named(world)
    await world.advance(stockholm("2026-03-05 00:00"))

    assert len(await world.events(FaultReportEscalated)) == 1
    assert await status(world) is Status.NAMING
    await world.handle(a_custody_changed_by_fault_report())
    assert await status(world) is Status.PRESCRIBED


async def test_a_closed_report_takes_no_more(world: World) -> None:
    await reported(world)
    closing = CloseFaultReport(outcome=Word("repaired"), by=UserId(SERVICE))
    await world.handle(closing, subject="F-1")
    await world.handle(closing, subject="F-1")

    (closed,) = await world.events(FaultReportClosed)
    assert closed.outcome == "repaired"
    assert await world.timers() == {}
    other = CloseFaultReport(outcome=Word("replaced"), by=UserId(SERVICE))
    assert await reason_of(world, other) == ("ALREADY_CLOSED", None)
    risk = AssessRisk(side=Word("technician"), use=Word("allowed"), by=UserId(SERVICE))
    assert await reason_of(world, risk) == ("ALREADY_CLOSED", None)
    wrong = CloseFaultReport(outcome=Word("thrown"), by=UserId(SERVICE))
    assert await reason_of(world, wrong) == ("UNKNOWN_WORD", "outcome")


# -- over HTTP -----------------------------------------------------------------------------------


@pytest.mark.rule("ACT-6a")
async def test_over_http_a_report_is_made_answered_and_told(world: World) -> None:
    body = {"device_number": "170098", "service_point": RECEIVING, "text": "Bromsen tar inte."}
    async with world.http(**STAFF) as client:
        made = await client.post("/fault-reports", json=body)
        assert made.status_code == 201, made.text
        report = made.json()["fault_report_id"]
    async with world.http(**MAIN) as client:
        (line,) = (await client.get("/fault-reports?status=waiting")).json()["items"]
        shown = (await client.get(f"/fault-reports/{report}")).json()
        name = f"/fault-reports/{report}:name-prescriber"
        answer = await client.post(name, json={"prescriber": RECEIVER})
        story = (await client.get(f"/fault-reports/{report}/story")).json()

    assert line["fault_report_id"] == report
    assert shown["text"] == "Bromsen tar inte."
    assert (answer.status_code, answer.json()["pending"]) == (202, True)
    assert [one["summary"] for one in story["items"]] == [
        f"Ett fel anmäldes; {RECEIVING} ska svara.",
        f"{RECEIVER} angavs som förskrivare.",
    ]
    assert story["next"] == [
        {"at": None, "what": "Lagret svarar."},
        {
            "at": "2026-03-04T23:00:00Z",
            "what": "Har ingen svarat då får kundtjänst veta det.",
        },
    ]
    (event,) = await world.events(FaultReported)
    assert event.has_text
    await assert_rows_are_folds(world)


async def test_over_http_the_risk_is_assessed_forwarded_and_closed(world: World) -> None:
    await reported(world)
    async with world.http(**MAIN) as client:
        risk = {"side": "responsible", "use": "restricted", "text": "Bara inomhus."}
        assessed = await client.post(f"/fault-reports/{F1}:assess-risk", json=risk)
        forwarded = await client.post(f"/fault-reports/{F1}:forward", json={"to": SENDER})
        waits = (await client.get(f"/fault-reports/{F1}/story")).json()["next"]
    async with world.http(**STAFF) as client:
        closed = await client.post(f"/fault-reports/{F1}:close", json={"outcome": "assessed_anew"})

    assert assessed.json()["responsible_text"] == "Bara inomhus."
    assert forwarded.json()["forwarded_to"] == SENDER
    assert waits == []
    assert closed.json()["status"] == "closed"


async def test_others_do_not_see_a_report(world: World) -> None:
    await reported(world)
    async with world.http(user=SENDER, roles=[Role.PRESCRIBER], service_points=[SENDING]) as client:
        listed = (await client.get("/fault-reports")).json()
        shown = await client.get(f"/fault-reports/{F1}")

    assert listed["items"] == []
    assert (shown.status_code, shown.json()["reason"]) == (404, "UNKNOWN_FAULT_REPORT")
