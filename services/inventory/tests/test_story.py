"""REF-6: why a device is as it is, and what comes next."""

from datetime import date
from typing import Any, get_args

import pytest
from inventory.app import service
from inventory.devices import story
from kvitt_contracts.access import Grantee
from kvitt_contracts.examples import examples
from kvitt_contracts.inventory import DeviceEvent
from kvitt_testkit.world import World

from contracts.tests.builders.bmb import (
    a_transfer_accepted,
    a_transfer_locked,
    a_transfer_requested,
)
from contracts.tests.builders.orders import (
    a_device_line,
    a_person_protection_changed,
    a_withdrawal_placed,
)
from contracts.tests.builders.regions import (
    a_device_on_loan_stated,
    a_device_returned,
    rollators_received,
)
from contracts.tests.builders.story import OTHER, RECEIVER, SENDER, device_id


async def told(world: World, **who: Any) -> dict[str, Any]:
    """The story of the device, as customer service is told it, or whoever asks."""
    async with world.http(**who) as client:
        answer = await client.get(f"/devices/{device_id()}/story")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.rule("REF-6c", "INV-5h")
async def test_a_devices_story_says_where_it_was_by_whom_and_by_which_rule(world: World) -> None:
    await world.handle(rollators_received("170098"))
    await world.handle(a_withdrawal_placed(a_device_line()), actor=SENDER)
    await world.handle(a_device_returned())

    found = await told(world)

    assert [(one["rule"], one["by"]) for one in found["items"]] == [
        ("INV-5", "regionen"),
        ("BIL-1", SENDER),
        ("INV-7", "regionen"),
    ]
    assert [one["summary"] for one in found["items"]] == [
        "Registrerades i förråd 402 2 mars 2026.",
        "Leverans: ut ur förråd 402 och betalare 20011 från och med 2 mars 2026.",
        "Återlämnades till förråd 402 2 mars 2026.",
    ]
    assert found["next"] == []


@pytest.mark.rule("REF-6d")
async def test_a_device_in_a_transfer_says_what_it_waits_for_and_when_it_changes(
    world: World,
) -> None:
    await world.handle_all(a_device_on_loan_stated(), a_transfer_requested())
    waiting = await told(world)
    await world.handle(a_transfer_accepted(new_prescriber=RECEIVER, effective_on=date(2026, 3, 9)))
    accepted = await told(world)

    assert waiting["next"] == [
        {"at": None, "what": "Ett byte väntar på att kvitteras eller få verkan."}
    ]
    assert accepted["next"] == [{"at": "2026-03-08T23:00:00Z", "what": "Bytet får verkan."}]


@pytest.mark.rule("REF-6d")
async def test_a_locked_device_says_that_it_is(world: World) -> None:
    await world.handle_all(a_device_on_loan_stated(), a_transfer_requested(), a_transfer_locked())

    (comes,) = (await told(world))["next"]

    assert comes["at"] is None
    assert "låser hjälpmedlet" in comes["what"]


@pytest.mark.rule("REF-19e")
async def test_what_happened_at_a_protected_person_is_not_told_to_who_has_no_part_in_it(
    world: World,
) -> None:
    await world.handle_all(
        a_device_on_loan_stated(), a_device_returned(), a_person_protection_changed()
    )
    none: dict[str, Any] = {"user": "s001kun", "service_points": [OTHER]}
    system: dict[str, Any] = {"user": "ac-systemet", "roles": (Grantee.REGION_SYSTEM,)}

    known = [[one["rule"] for one in (await told(world, **who))["items"]] for who in (none, system)]

    assert known == [["INV-7"], ["INV-5", "INV-7"]]


@pytest.mark.parametrize("kind", get_args(DeviceEvent), ids=lambda kind: kind.wire_type)
def test_each_event_of_a_device_is_told(kind: Any) -> None:
    for example in examples(kind.wire_type):
        event: Any = example.message
        assert story.tell(event).summary.endswith(".")


def test_the_timers_that_are_told_are_the_services() -> None:
    assert story.TIMERS.keys() <= service.handlers.timers.keys()
