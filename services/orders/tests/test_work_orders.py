"""ACT-1, ACT-2, ACT-3, ACT-4, ACT-8: work orders, on real PostgreSQL."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
from kvitt_contracts.envelope import Command
from kvitt_contracts.orders import (
    Delivery,
    FinishWorkOrder,
    PlanWorkOrder,
    StartWorkOrder,
    VoidWorkOrder,
    WorkOrderFinished,
    WorkOrderRegistered,
    WorkOrderReminderDue,
    WorkOrderRenumbered,
)
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import (
    DeviceNumber,
    LineNumber,
    NamedPatient,
    ReasonCode,
    Reference,
    RegionPersonId,
    UserId,
    Word,
)
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm
from orders.app import service
from orders.work_orders.commands import FinishWorkOrderInWords, NoteWorkOrder
from orders.work_orders.domain import Kind, Status
from orders.work_orders.models import WorkOrderRow
from pydantic import ValidationError

from contracts.tests.builders.inventory import a_custody, a_custody_changed_by_order
from contracts.tests.builders.regions import a_person_joined, a_person_stated
from contracts.tests.builders.story import (
    SENDER,
    SERVICE,
    a_care_unit,
    device_id,
    line_id,
    order_id,
    work_order_id,
)
from services.orders.tests.pickups import DEVICES, requested_over_http
from services.orders.tests.vault import opened_row
from services.orders.tests.work_orders import (
    AT_HOME,
    CHILDS_DEVICE,
    STAFF,
    a_unit_with_work,
    a_work_order,
    a_work_order_in_words,
    finished,
    for_a_child,
    noted,
    refusal,
    registered,
    renumbered,
    with_service,
    work,
)
from services.orders.tests.worlds import MONDAY, patient, place


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A unit with patients who have devices, on a Monday."""
    async with given(service, at=MONDAY) as world:
        await a_unit_with_work(world)
        yield world


@pytest.mark.rule("ACT-2c")
async def test_a_work_order_has_a_number_of_a_series_of_its_own(world: World) -> None:
    await requested_over_http(world)
    await place(world)
    for reference in ("A-1", "A-2"):
        await world.handle(a_work_order(), subject=reference)

    first, second = await world.events(WorkOrderRegistered)
    assert (first.work_order_number, second.work_order_number) == ("26100001", "26100002")
    await assert_rows_are_folds(world)


@pytest.mark.rule("ACT-3a")
async def test_it_is_assigned_then_planned_then_started_then_finished(world: World) -> None:
    body = {
        "kind": "maintenance",
        "recipient": {"kind": "patient", "person": await patient(world)},
        "service_point": "40201",
        "device_number": "170098",
        "description": "Årlig översyn.",
        "delivery": {"to": {"kind": "recipient"}, "order_phone": "090-785 00 00"},
        "reference": "A-1",
    }
    async with world.http() as client:
        answer = await client.post("/work-orders", json=body)
        assert answer.status_code == 201, answer.text
        path = f"/work-orders/{answer.json()['work_order_id']}"
        assert answer.json()["status"] == "assigned"
        assert answer.json()["waits"]["awaits"] == "plan"
    async with world.http(**STAFF) as staff:
        steps = (
            ("plan", {"planned_on": "2026-03-09"}, "planned"),
            ("start", None, "started"),
            ("note", {"text": "Bromsvajern är bytt."}, "started"),
            ("finish", {"outcome": "done", "action": "Smord."}, "finished"),
        )
        for verb, said, status in steps:
            answer = await staff.post(f"{path}:{verb}", json=said)
            assert answer.status_code == 200, answer.text
            assert answer.json()["status"] == status
    async with world.http() as client:
        shown = (await client.get(path)).json()
        assert [note["text"] for note in shown["notes"]] == ["Bromsvajern är bytt."]
        assert (shown["action"], shown["waits"]) == ("Smord.", None)
        assert (await client.get("/work-orders")).json()["total"] == 0
        closed = await client.get("/work-orders", params={"status": "finished"})
        assert closed.json()["total"] == 1
        story = (await client.get(f"{path}/story")).json()
        assert len(story["items"]) == 5
    assert (await work(world)).status is Status.FINISHED


@pytest.mark.rule("ACT-2a", "ACT-8a")
async def test_maintenance_is_work_on_what_the_patient_has(world: World) -> None:
    stored = a_work_order(device_number=DeviceNumber("999999"))

    assert await refusal(world, stored) == ("UNKNOWN_DEVICE", "ACT-2", "device_number")
    theirs = a_work_order(device_number=DeviceNumber(CHILDS_DEVICE))
    assert await refusal(world, theirs) == ("NOT_AT_RECIPIENT", "ACT-2", "device_number")
    nothing = a_work_order(device_number=None)
    assert await refusal(world, nothing) == ("DEVICE_MISSING", "ACT-1", "device_number")
    await world.handle(a_work_order(), subject="A-1")
    row = await work(world)
    assert (row.kind, row.device_id) == (Kind.MAINTENANCE, device_id(DEVICES[0]))


@pytest.mark.rule("ACT-2a")
async def test_it_is_registered_from_a_fresh_order_and_its_line(world: World) -> None:
    await place(world, "O-1")
    tied: dict[str, Any] = {"device_number": None, "order": Reference("O-1")}

    unknown = a_work_order("tied_to_order", device_number=None, order=Reference("O-2"))
    assert await refusal(world, unknown) == ("UNKNOWN_ORDER", "ACT-2", "order")
    no_line = a_work_order("tied_to_order", **tied, line=LineNumber(2))
    assert await refusal(world, no_line) == ("UNKNOWN_LINE", "ACT-2", "line")
    await world.handle(a_work_order("tied_to_order", **tied, line=LineNumber(1)), subject="A-1")
    row = await work(world)
    assert (row.order_id, row.line_id) == (order_id("O-1"), line_id("O-1"))


@pytest.mark.rule("ACT-2a")
async def test_what_came_under_another_reference_of_the_person_is_theirs(world: World) -> None:
    await world.handle(a_person_joined("ac-person-1"), subject="ac-child")

    of_the_child = a_work_order(recipient=NamedPatient(person=RegionPersonId("ac-child")))
    await world.handle(of_the_child, subject="A-1")

    assert (await work(world)).status is Status.ASSIGNED


@pytest.mark.rule("ACT-2b")
async def test_texts_and_places_are_in_no_event(world: World) -> None:
    delivery = AT_HOME | {"door_code": "1789", "instructions": "Ring på hos grannen"}
    said = a_work_order_in_words(delivery=Delivery.model_validate(delivery))
    target = await registered(world, said)

    (event,) = await world.events(WorkOrderRegistered)
    assert (event.has_description, event.has_attachments) == (True, False)
    told = event.model_dump_json()
    assert not any(one in told for one in ("1789", "grannen", "Bromsen", "090-785"))
    async with world.http(**STAFF) as staff:
        place_of = await staff.post(f"/work-orders/{target}:resolve-delivery")
    shown = place_of.json()
    assert (shown["door_code"], shown["order_phone"]) == ("1789", "090-785 00 00")
    assert shown["address"] is not None


@pytest.mark.rule("ACT-2b")
async def test_a_phone_that_is_known_will_do(world: World) -> None:
    await world.handle(a_work_order(), subject="A-1")  # the patient's own
    of_unit = a_custody_changed_by_order(DEVICES[1], to=a_custody(a_care_unit()))
    await world.handle(of_unit)
    asked = a_work_order(recipient=a_care_unit(), device_number=DeviceNumber(DEVICES[1]))

    no_phone = ("PHONE_MISSING", "ACT-2", "delivery.order_phone")
    assert await refusal(world, asked, "A-2") == no_phone


@pytest.mark.rule("ACT-2e")
async def test_nothing_is_registered_on_an_inactive_recipient(world: World) -> None:
    await world.handle(a_person_stated(version=9, active=False), subject="ac-person-1")

    assert await refusal(world, a_work_order()) == ("RECIPIENT_INACTIVE", "REF-14", "recipient")
    assert await world.events(WorkOrderRegistered) == []


async def test_a_reference_names_one_work_order(world: World) -> None:
    await world.handle(a_work_order(), subject="A-1")

    used = ("ALREADY_REGISTERED", "ACT-2", "ce_subject")
    assert await refusal(world, a_work_order()) == used


@pytest.mark.rule("ACT-2a")
async def test_a_line_without_its_order_is_refused_not_passed_over(world: World) -> None:
    over_kafka = a_work_order(line=LineNumber(1))
    assert await refusal(world, over_kafka) == ("ORDER_MISSING", "ACT-1", "order")
    with pytest.raises(Refused) as refused:
        await registered(world, a_work_order_in_words(line_id=line_id()))
    assert (refused.value.reason, refused.value.field) == ("ORDER_MISSING", "order_id")


@pytest.mark.rule("ACT-2b", "ACT-4c")
@pytest.mark.parametrize("command", [NoteWorkOrder, FinishWorkOrderInWords])
def test_blanks_alone_are_no_text(command: type[Command]) -> None:
    said = {"text": " \n", "action": " \n", "outcome": "done", "by": SERVICE}
    with pytest.raises(ValidationError) as wrong:
        command.model_validate({one: said[one] for one in said if one in command.model_fields})

    assert [one["type"] for one in wrong.value.errors()] == ["string_too_short"]


@pytest.mark.rule("ACT-1d", "ACT-1j")
async def test_a_childs_age_is_what_the_vault_says(world: World) -> None:
    await world.handle(a_work_order("installed_repair", **for_a_child()), subject="A-1")

    adult = a_work_order("installed_repair")
    assert await refusal(world, adult, "A-2") == ("CHILDREN_ONLY", "ACT-1", "recipient")


@pytest.mark.rule("ACT-3b")
async def test_technicians_notes_show_in_their_order(world: World) -> None:
    target = await registered(world)
    await noted(world, "Delen är beställd.")
    await world.advance(stockholm("2026-03-03 09:00"))
    await noted(world, "Delen har kommit.")

    async with world.http() as client:
        shown = (await client.get(f"/work-orders/{target}")).json()
    assert [one["text"] for one in shown["notes"]] == ["Delen är beställd.", "Delen har kommit."]
    assert {one["technician"] for one in shown["notes"]} == {SERVICE}


@pytest.mark.rule("ACT-3c", "ACT-4a")
async def test_a_region_ends_a_warranty_repair_and_the_event_names_who_asked(world: World) -> None:
    await world.handle(a_work_order("warranty_repair", **with_service()), subject="A-1")
    ended = FinishWorkOrder(
        outcome=Word("repaired"), finished_on=date(2026, 3, 1), by=UserId(SENDER)
    )

    await world.handle(ended, subject="A-1")

    (event,) = await world.events(WorkOrderFinished)
    assert (event.requester, event.outcome, event.has_action) == (SENDER, "repaired", False)
    assert event.finished_on == date(2026, 3, 1)


@pytest.mark.rule("ACT-4a")
async def test_the_action_that_was_taken_is_recorded(world: World) -> None:
    await registered(world, a_work_order_in_words("warranty_repair", **with_service()))

    await finished(world, "repaired", action="Högtalaren är bytt.", by=SENDER)

    (event,) = await world.events(WorkOrderFinished)
    assert event.has_action
    assert "Högtalaren" not in event.model_dump_json()
    kept = await opened_row(world, WorkOrderRow, (await work(world)).id)
    assert kept.action == "Högtalaren är bytt."


@pytest.mark.rule("ACT-3e", "ACT-4b")
async def test_customer_service_is_told_of_what_got_no_number_in_fourteen_days(
    world: World,
) -> None:
    for reference, thing in (("A-1", DEVICES[0]), ("A-2", DEVICES[1])):
        asked = {**with_service(), "device_number": DeviceNumber(thing)}
        await world.handle(a_work_order("warranty_repair", **asked), subject=reference)
        await finished(world, "replaced", reference=reference, by=SENDER)
    await renumbered(world, "A-2")

    await world.advance(stockholm("2026-03-16 23:59"))
    assert await world.events(WorkOrderReminderDue) == []
    await world.advance(stockholm("2026-03-17 00:00"))

    (event,) = await world.events(WorkOrderReminderDue)
    assert (event.work_order_id, event.waits_for) == (work_order_id("A-1"), "renumbering")
    assert (await work(world)).is_late
    await renumbered(world)
    assert not (await work(world)).is_late
    assert await world.timers() == {}
    await assert_rows_are_folds(world)


@pytest.mark.rule("ACT-4b")
async def test_what_got_its_number_before_the_end_waits_for_none_after_it(world: World) -> None:
    await world.handle(a_work_order("warranty_repair", **with_service()), subject="A-1")
    await renumbered(world)
    await renumbered(world)
    assert (await work(world)).status is Status.ASSIGNED

    await finished(world, "replaced", by=SENDER)

    row = await work(world)
    assert (row.awaits_number, row.due_on) == (False, None)
    assert await world.timers() == {}
    assert len(await world.events(WorkOrderRenumbered)) == 1
    await assert_rows_are_folds(world)


@pytest.mark.rule("ACT-3e")
async def test_customer_service_is_told_once_of_what_is_not_done_in_thirty_days(
    world: World,
) -> None:
    await registered(world)
    await registered(world, reference="A-2")
    await finished(world, reference="A-2")

    await world.advance(stockholm("2026-04-01 23:59"))
    assert await world.events(WorkOrderReminderDue) == []
    await world.advance(stockholm("2026-06-01 00:00"))

    (event,) = await world.events(WorkOrderReminderDue)
    assert (event.work_order_id, event.waits_for) == (work_order_id("A-1"), "finish")


async def test_a_region_plans_starts_and_voids(world: World) -> None:
    by = UserId(SERVICE)
    for reference in ("A-1", "A-2"):
        await world.handle(a_work_order(), subject=reference)
    planned = PlanWorkOrder(planned_on=date(2026, 3, 9), technician=by, by=by)

    await world.handle(planned, subject="A-1")
    await world.handle(StartWorkOrder(technician=by), subject="A-1")
    voided = VoidWorkOrder(reason=ReasonCode("NOT_NEEDED"), by=UserId(SENDER))
    await world.handle(voided, subject="A-2")

    assert (await work(world)).status is Status.STARTED
    assert (await work(world, "A-2")).status is Status.VOIDED
    assert len(await world.timers()) == 1
