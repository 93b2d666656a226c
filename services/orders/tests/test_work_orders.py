"""ACT-1, ACT-2, ACT-3, ACT-4, ACT-8: work orders, on real PostgreSQL."""

from collections.abc import AsyncIterator

import pytest
from kvitt_contracts.orders import WorkOrderRegistered
from kvitt_testkit.world import Given, World, assert_rows_are_folds
from orders.app import service
from orders.work_orders.domain import Status

from services.orders.tests.work_orders import STAFF, a_unit_with_work, a_work_order, work
from services.orders.tests.worlds import MONDAY, patient


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A unit with patients who have devices, on a Monday."""
    async with given(service, at=MONDAY) as world:
        await a_unit_with_work(world)
        yield world


@pytest.mark.rule("ACT-2c")
async def test_a_work_order_has_a_number_of_a_series_of_its_own(world: World) -> None:
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
