"""ACT-7: which work orders one finds, one's own, colleagues' and a recipient's."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from kvitt_contracts.types import DeviceNumber, Role, ServicePointId, UserId
from kvitt_testkit.world import Given, World
from orders.app import service

from contracts.tests.builders.inventory import a_custody, a_custody_changed_by_order
from contracts.tests.builders.regions import a_person_stated, a_user_stated
from contracts.tests.builders.story import (
    OTHER,
    OUTSIDER,
    RECEIVING,
    SENDER,
    SENDING,
    SERVICE,
    a_care_unit,
    device_id,
    work_order_id,
)
from services.orders.tests.pickups import DEVICES
from services.orders.tests.work_orders import (
    STAFF,
    a_unit_with_work,
    a_work_order,
    a_work_order_in_words,
    finished,
    for_a_child,
    registered,
    with_service,
)
from services.orders.tests.worlds import MONDAY, patient

COLLEAGUE = "b001req"


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """Four open work orders of two units, and one that is finished."""
    async with given(service, at=MONDAY) as world:
        await a_unit_with_work(world)
        colleague = a_user_stated(COLLEAGUE, roles=("requester",))
        await world.handle(colleague, subject=COLLEAGUE)
        of_unit = a_custody_changed_by_order(DEVICES[1], to=a_custody(a_care_unit()))
        await world.handle(of_unit)
        await registered(world, reference="A-1")
        theirs = {"requester": UserId(COLLEAGUE), "by": UserId(COLLEAGUE)}
        await registered(world, a_work_order_in_words("installation", **theirs), "A-2")
        at_unit: dict[str, Any] = {
            "recipient": a_care_unit(),
            "device_number": DeviceNumber(DEVICES[1]),
        }
        await registered(world, a_work_order_in_words(**at_unit), "A-3")
        elsewhere: dict[str, Any] = {
            "service_point": ServicePointId(RECEIVING),
            "requester": UserId(OUTSIDER),
        }
        await world.handle(a_work_order(**elsewhere), subject="A-4")
        await registered(world, a_work_order_in_words(**for_a_child()), "A-5")
        await finished(world, reference="A-5")
        yield world


async def found(world: World, who: dict[str, Any] | None = None, **asked: Any) -> set[str]:
    """The references of what somebody of the sending unit finds, unless another is said."""
    user = who or {"user": SENDER, "roles": [Role.PRESCRIBER], "service_points": [SENDING]}
    async with world.http(**user) as client:
        answer = await client.get("/work-orders", params=asked)
        assert answer.status_code == 200, answer.text
        return {one["reference"] for one in answer.json()["items"]}


@pytest.mark.rule("ACT-7a")
async def test_one_finds_colleagues_open_work_orders_and_closed_ones_on_request(
    world: World,
) -> None:
    assert await found(world) == {"A-1", "A-2", "A-3"}
    assert await found(world, status="finished") == {"A-5"}
    assert await found(world, who=STAFF) == {"A-1", "A-2", "A-3", "A-4"}
    everywhere: dict[str, Any] = {
        "user": OUTSIDER,
        "roles": [Role.PRESCRIBER],
        "service_points": [RECEIVING],
    }
    assert await found(world, who=everywhere) == {"A-4"}


@pytest.mark.rule("ACT-7a")
@pytest.mark.parametrize(
    ("asked", "references"),
    [
        ({"service_point": RECEIVING}, []),
        ({"kind": "installation"}, ["A-2"]),
        ({"requester": COLLEAGUE}, ["A-2"]),
        ({"care_unit": "30110"}, ["A-3"]),
        ({"work_order_number": "26100003"}, ["A-3"]),
        ({"work_order_number": "2610"}, ["A-1", "A-2", "A-3"]),
        ({"device_id": str(device_id(DEVICES[1]))}, ["A-3"]),
        ({"registered_from": "2026-03-03"}, []),
        ({"registered_to": "2026-03-02"}, ["A-1", "A-2", "A-3"]),
        ({"technician": SERVICE}, []),
        ({"late": "true"}, []),
    ],
    ids=str,
)
async def test_they_are_searched_as_orders_are(
    world: World, asked: dict[str, Any], references: list[str]
) -> None:
    assert await found(world, **asked) == set(references)


@pytest.mark.rule("INV-5l")
async def test_a_devices_work_orders_are_found_by_it_ended_ones_too(world: World) -> None:
    asked: dict[str, Any] = {"status": ["assigned", "finished"]}
    await finished(world, reference="A-1")

    of_first = await found(world, device_id=str(device_id(DEVICES[0])), **asked)
    of_second = await found(world, device_id=str(device_id(DEVICES[1])), **asked)

    assert of_second == {"A-3"}
    assert of_first == {"A-1", "A-2"}


@pytest.mark.rule("ACT-7b")
async def test_a_recipient_shows_all_to_who_has_a_part_in_their_care(world: World) -> None:
    person = await patient(world)
    asked: dict[str, Any] = {"recipient": person}

    assert await found(world, **asked) == {"A-1", "A-2", "A-4"}
    async with world.http(user=SENDER, roles=[Role.PRESCRIBER], service_points=[SENDING]) as client:
        shown = await client.get(f"/work-orders/{work_order_id('A-4')}")
        assert shown.status_code == 200, shown.text
        files = await client.get(f"/work-orders/{work_order_id('A-4')}/attachments")
        assert files.status_code == 200, files.text  # ORD-16: who sees it reads them
    without_part: dict[str, Any] = {
        "user": "k900nyy",
        "roles": [Role.PRESCRIBER],
        "service_points": [OTHER],
    }
    stranger: dict[str, Any] = without_part | {"service_points": ["61202"]}
    assert await found(world, who=stranger, **asked) == set()
    async with world.http(**stranger) as client:
        hidden = await client.get(f"/work-orders/{work_order_id('A-4')}")
        assert hidden.status_code == 404
        files = await client.get(f"/work-orders/{work_order_id('A-4')}/attachments")
        assert files.status_code == 404


@pytest.mark.rule("REF-19e")
async def test_work_for_the_protected_is_shown_to_the_units_concerned(world: World) -> None:
    protected = a_person_stated(version=9, protected=True)
    await world.handle(protected, subject="ac-person-1")

    assert await found(world, who=STAFF | {"service_points": [OTHER]}) == {"A-3"}
    assert {"A-1", "A-2"} <= await found(world)


@pytest.mark.rule("ACT-7a")
async def test_late_ones_are_found_and_say_what_they_wait_for(world: World) -> None:
    await registered(world, a_work_order_in_words("warranty_repair", **with_service()), "A-6")
    await finished(world, "replaced", reference="A-6", by=SENDER)
    async with world.http(**STAFF) as staff:
        lines = (await staff.get("/work-orders", params={"status": "finished"})).json()["items"]

    waits = {one["reference"]: one["waits"] and one["waits"]["awaits"] for one in lines}
    assert waits == {"A-5": None, "A-6": "renumbering"}
