"""REF-20: what waits, on whom and until when, of every kind, on real PostgreSQL."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from kvitt_contracts.orders import (
    AskCase,
    CloseFaultReport,
    ForwardFaultReport,
    NamedThing,
    NamePrescriber,
    ReportFault,
    ReportPickup,
    VoidPickup,
)
from kvitt_contracts.types import DeviceNumber, Reference, Role, ServicePointId, UserId, Word
from kvitt_testkit.world import Given, World, stockholm
from orders.app import service
from orders.waiting.models import SOURCES, WaitingThing

from contracts.tests.builders.inventory import a_custody, a_custody_changed_by_order
from contracts.tests.builders.pickups import a_claim_granted
from contracts.tests.builders.regions import a_customer_stated, a_person_stated, a_user_stated
from contracts.tests.builders.story import (
    OTHER,
    OUTSIDER,
    RECEIVING,
    SENDER,
    SENDING,
    SERVICE,
    case_id,
    fault_report_id,
    pickup_id,
)
from services.orders.tests.pickups import a_request, devices_on_loan
from services.orders.tests.worlds import MONDAY

LEFT = "k099gon"
"""Who prescribed a device, and prescribes nothing any more."""
MINE: dict[str, Any] = {"user": SENDER, "roles": [Role.PRESCRIBER], "service_points": [SENDING]}
THEIRS: dict[str, Any] = {**MINE, "user": OUTSIDER, "service_points": [RECEIVING]}
STAFF: dict[str, Any] = {
    "user": SERVICE,
    "roles": [Role.CUSTOMER_SERVICE],
    "service_points": [OTHER],
}
PICKUP, REPORT, CASE = pickup_id(), fault_report_id(), case_id()


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A pickup, a fault report and a case, all on a Monday; and another unit."""
    async with given(service, at=MONDAY) as world:
        await devices_on_loan(world)
        await world.handle(a_customer_stated(RECEIVING, store=None), subject=RECEIVING)
        await world.handle(a_user_stated(OUTSIDER, RECEIVING), subject=OUTSIDER)
        await world.handle(a_user_stated(LEFT, active=False), subject=LEFT)
        left = a_custody(prescriber=LEFT)
        await world.handle(a_custody_changed_by_order("170097", to=left))
        await world.handle(a_request(), subject="H-1")
        report = ReportFault(
            device_number=DeviceNumber("170097"),
            service_point=ServicePointId(SENDING),
            by=UserId(SERVICE),
        )
        await world.handle(report, subject="F-1")
        question = AskCase(
            kind=Word("urgent"),
            about=NamedThing(kind=Word("pickup"), reference=Reference("H-1")),
            service_point=ServicePointId(SENDING),
            by=UserId(SENDER),
        )
        await world.handle(question, subject="C-1")
        yield world


async def waits(world: World, asking: str = "", *, who: dict[str, Any] = MINE) -> list[Any]:
    """The list of what waits."""
    async with world.http(**who) as client:
        answer = await client.get(f"/waits{asking}")
    assert answer.status_code == 200, answer.text
    found: list[Any] = answer.json()["items"]
    return found


async def waits_for(world: World, thing: UUID) -> tuple[str, str, str, str] | None:
    """For what a thing waits, on whom, until when and what then; None when it is over."""
    for one in await waits(world):
        if one["id"] == str(thing):
            said = one["waits"]
            return said["awaits"], said["on"], said["until"], said["then"]
    return None


@pytest.mark.rule("REF-20a")
async def test_a_pickup_waits_for_the_store_and_then_for_who_fetches(world: World) -> None:
    told = "customer_service_told"
    assert await waits_for(world, PICKUP) == ("claim", "store", "2026-03-03", "refused")
    await world.handle(a_claim_granted())
    assert await waits_for(world, PICKUP) == ("fetching", "technicians", "2026-03-16", told)
    await world.handle(ReportPickup(technician=UserId(SERVICE)), subject="H-1")
    assert await waits_for(world, PICKUP) == ("arrival", "store", "2026-03-16", told)
    await world.advance(stockholm("2026-03-17 00:00"))
    assert await waits_for(world, PICKUP) == ("arrival", "store", "2026-03-16", "listed")
    await world.handle(VoidPickup(by=UserId(SENDER)), subject="H-1")
    assert await waits_for(world, PICKUP) == ("release", "store", "2026-03-16", "listed")


@pytest.mark.rule("REF-20a")
async def test_a_fault_report_waits_for_each_that_is_to_act(world: World) -> None:
    by = UserId(SENDER)
    told = "customer_service_told"
    assert await waits_for(world, REPORT) == ("answer", "service_point", "2026-03-04", told)
    await world.handle(NamePrescriber(prescriber=by, by=by), subject="F-1")
    assert await waits_for(world, REPORT) == ("claim", "store", "2026-03-04", told)


@pytest.mark.rule("REF-20a")
async def test_a_forwarded_report_waits_for_a_user_and_a_closed_one_for_nothing(
    world: World,
) -> None:
    by = UserId(SENDER)
    await world.handle(ForwardFaultReport(to=by, by=by), subject="F-1")
    assert await waits_for(world, REPORT) == ("assessment", "user", "2026-03-04", "listed")
    closing = CloseFaultReport(outcome=Word("assessed_anew"), by=UserId(SERVICE))
    await world.handle(closing, subject="F-1")
    assert await waits_for(world, REPORT) is None


@pytest.mark.rule("REF-20a")
async def test_what_waits_says_the_same_in_its_own_view(world: World) -> None:
    listed = {one["id"]: one["waits"] for one in await waits(world)}

    async with world.http(**MINE) as client:
        for path in (f"pickups/{PICKUP}", f"fault-reports/{REPORT}", f"cases/{CASE}"):
            shown = (await client.get(f"/{path}")).json()
            assert shown["waits"] == listed[path.partition("/")[2]]


@pytest.mark.rule("REF-20b")
async def test_what_waits_is_listed_for_a_unit_the_latest_first(world: World) -> None:
    first, *_ = await waits(world)
    assert first["id"] == str(PICKUP)
    await world.handle(a_claim_granted())
    await world.advance(stockholm("2026-03-05 08:00"))

    found = await waits(world, f"?service_point={SENDING}")

    assert [(one["kind"], one["late"]) for one in found][2:] == [("pickup", False)]
    assert {one["kind"] for one in found[:2] if one["late"]} == {"fault_report", "case"}
    assert found[2]["number"] == "26100001"
    assert await waits(world, who=THEIRS) == []
    assert await waits(world, f"?service_point={RECEIVING}") == []


@pytest.mark.rule("REF-20b")
async def test_the_list_is_narrowed_by_owner_and_to_what_is_late(world: World) -> None:
    await world.handle(a_claim_granted())
    await world.advance(stockholm("2026-03-05 08:00"))

    async def kinds(asking: str) -> set[str]:
        return {one["kind"] for one in await waits(world, asking, who=STAFF)}

    assert await kinds("") == {"pickup", "fault_report", "case"}
    assert await kinds("?late=true") == {"fault_report", "case"}
    assert await kinds("?owner=technicians") == {"pickup"}
    assert await kinds("?owner=customer_service") == {"case"}
    assert await kinds("?owner=service_point") == {"fault_report"}


@pytest.mark.rule("REF-20b")
async def test_the_list_goes_on_after_its_last_row(world: World) -> None:
    async with world.http(**MINE) as client:
        first = (await client.get("/waits?limit=2")).json()
        second = (await client.get(first["next"])).json()

    assert (first["total"], len(first["items"]), len(second["items"])) == (3, 2, 1)
    ids = [one["id"] for one in (*first["items"], *second["items"])]
    assert set(ids) == {str(PICKUP), str(REPORT), str(CASE)}


async def test_what_concerns_a_protected_person_waits_for_the_units_concerned(
    world: World,
) -> None:
    protected = a_person_stated(version=3, protected=True)
    await world.handle(protected, subject="ac-person-1")

    kinds = {one["kind"] for one in await waits(world, who=STAFF)}
    assert "pickup" not in kinds
    assert "case" in kinds


async def test_the_column_of_owners_is_what_the_rule_says(world: World) -> None:
    await world.handle(a_claim_granted())

    for source in SOURCES:
        for row in await world.rows(source.row):
            wait = source.wait(row)
            assert row.waits_on == (wait.on if wait is not None else None)
            assert (row.due_on is None) == (wait is None)
            assert row.due_on is None or row.due_on >= date(2026, 3, 2)
    assert WaitingThing.__table__.c.keys()[0] == "region"
