"""Delayed fees, over HTTP and from a region: who sees what waits, and who puts it off (BIL-4,
REF-12).
"""

from datetime import date
from typing import Any

import pytest
from billing.app import service
from billing.models import ChargeRow
from kvitt_contracts.billing import ChargePaused, PauseCharge
from kvitt_contracts.refusals import BillingMessageRefused
from kvitt_contracts.types import DeviceNumber, Role, UserId
from kvitt_testkit.world import Given, World, stockholm

from contracts.tests.builders.inventory import a_device_registered, a_device_renumbered
from contracts.tests.builders.story import CENTRAL, RECEIVER, SENDING, SERVICE, device_id
from services.billing.tests.waiting_fees import back, received_device

NOON = stockholm("2026-03-02 12:00")
STAFF = [Role.CUSTOMER_SERVICE]
DEVICE = device_id("75082")


def until(day: str, *, asked_by: str = RECEIVER) -> dict[str, Any]:
    """What customer service fills in."""
    return {"until_on": day, "asked_by": asked_by}


async def pause_address(world: World) -> str:
    """Where the one charge there is, is paused."""
    (charge,) = await world.rows(ChargeRow)
    return f"/charges/{charge.id}:pause"


@pytest.mark.rule("BIL-4a", "BIL-4b")
async def test_customer_service_sees_what_waits_and_puts_it_off(given: Given) -> None:
    async with given(service, at=NOON) as world:
        await received_device(world)
        await world.register(RECEIVER)
        async with world.http(roles=STAFF) as client:
            waiting = (await client.get(f"/charges?status=deferred&device_id={DEVICE}")).json()
            paused = await client.post(await pause_address(world), json=until("2026-08-20"))
            due = (await client.get("/charges?due_from=2026-09-01&due_to=2026-09-30")).json()

        (shown,) = waiting["items"]
        assert (shown["due_on"], shown["last_pause_on"]) == ("2026-06-01", "2026-05-18")
        assert paused.status_code == 200, paused.text
        assert (paused.json()["due_on"], paused.json()["until_on"]) == ("2026-09-01", "2026-08-20")
        assert [one["id"] for one in due["items"]] == [shown["id"]]


@pytest.mark.rule("REF-12j")
@pytest.mark.parametrize("role", [Role.PRESCRIBER, Role.REQUESTER])
async def test_nobody_else_puts_a_fee_off(given: Given, role: Role) -> None:
    async with given(service, at=NOON) as world:
        await received_device(world)
        async with world.http(roles=[role], service_points=[SENDING]) as client:
            listed = (await client.get("/charges")).json()
            refused = await client.post(await pause_address(world), json=until("2026-08-20"))

        assert listed["items"] == []  # what a patient is billed is none of theirs
        assert (refused.status_code, refused.json()["reason"]) == (403, "CUSTOMER_SERVICE_ONLY")


@pytest.mark.parametrize(
    ("day", "asked_by", "reason", "field"),
    [
        ("2026-05-01", RECEIVER, "NOT_LATER", "until_on"),
        ("2028-03-03", RECEIVER, "DAY_TOO_FAR_AHEAD", "until_on"),
        ("2026-08-20", "k999xyz", "UNKNOWN_USER", "asked_by"),
    ],
)
async def test_a_pause_that_cannot_be_is_refused_with_its_field(
    given: Given, day: str, asked_by: str, reason: str, field: str
) -> None:
    async with given(service, at=NOON) as world:
        await received_device(world)
        await world.register(RECEIVER)
        async with world.http(roles=STAFF) as client:
            refused = await client.post(
                await pause_address(world), json=until(day, asked_by=asked_by)
            )

        problem = refused.json()
        assert refused.status_code in (404, 422)
        assert (problem["reason"], problem["field"]) == (reason, field)
        assert problem["way_on"]


@pytest.mark.rule("BIL-4b")
async def test_a_pause_after_its_last_day_is_refused(given: Given) -> None:
    async with given(service, at=stockholm("2026-05-19 08:00")) as world:
        await received_device(world)
        await world.register(RECEIVER)
        async with world.http(roles=STAFF) as client:
            refused = await client.post(await pause_address(world), json=until("2026-08-20"))

        assert (refused.status_code, refused.json()["reason"]) == (409, "PAUSE_TOO_LATE")
        assert refused.json()["values"]["last_pause_on"] == "2026-05-18"
        assert refused.json()["rule"] == "BIL-4"
        assert "retur" in refused.json()["way_on"]


async def test_what_a_return_has_ended_is_shown_and_not_paused(given: Given) -> None:
    async with given(service, at=NOON) as world:
        await received_device(world)
        await world.handle(back(on="2026-03-20"))
        await world.register(RECEIVER)
        async with world.http(roles=STAFF) as client:
            ended = (await client.get("/charges?status=cancelled")).json()
            refused = await client.post(await pause_address(world), json=until("2026-08-20"))

        assert [one["device_id"] for one in ended["items"]] == [str(DEVICE)]
        assert refused.json()["reason"] == "CHARGE_CANCELLED"


async def test_an_unknown_charge_is_not_there(given: Given) -> None:
    async with given(service, at=NOON) as world, world.http(roles=STAFF) as client:
        answer = await client.post(f"/charges/{DEVICE}:pause", json=until("2026-08-20"))

        assert (answer.status_code, answer.json()["reason"]) == (404, "UNKNOWN_CHARGE")


# -- from a region's topic -------------------------------------------------------------------------


def a_pause(day: str, *, device: str = "75082") -> PauseCharge:
    """Customer service's pause, as the region's own system says it."""
    return PauseCharge(
        device_number=DeviceNumber(device),
        until_on=date.fromisoformat(day),
        by=UserId(SERVICE),
        asked_by=UserId(RECEIVER),
    )


@pytest.mark.rule("BIL-4a", "REF-12j")
async def test_a_regions_system_pauses_a_device_by_its_number(given: Given) -> None:
    async with given(service, at=NOON) as world:
        await received_device(world)
        await world.register(RECEIVER)
        await world.register(SERVICE)

        await world.handle(a_pause("2026-08-20"), subject="75082")

        (paused,) = await world.events(ChargePaused)
        assert (paused.due_on, paused.by) == (date(2026, 9, 1), SERVICE)


@pytest.mark.rule("BIL-4a")
@pytest.mark.parametrize(
    ("device", "is_back", "reason"),
    [("75082", True, "CHARGE_CANCELLED"), ("75083", False, "NOT_DEFERRED")],
)
async def test_what_does_not_wait_is_refused_with_what_became_of_it(
    given: Given, device: str, is_back: bool, reason: str
) -> None:
    async with given(service, at=NOON) as world:
        await received_device(world)
        await world.handle(a_device_registered("75083", store=CENTRAL))
        if is_back:
            await world.handle(back(on="2026-03-20"))
        await world.register(RECEIVER)
        await world.register(SERVICE)

        refused = await world.refuse(a_pause("2026-08-20", device=device), subject=device)

        assert (refused.reason, refused.rule) == (reason, "BIL-4")
        assert len(await world.events(BillingMessageRefused)) == 1


async def test_a_renumbered_device_is_paused_by_either_of_its_numbers(given: Given) -> None:
    async with given(service, at=NOON) as world:
        await received_device(world)
        await world.handle(a_device_renumbered("75082", to="R-75082"))
        await world.register(RECEIVER)
        await world.register(SERVICE)

        await world.handle(a_pause("2026-08-20", device="R-75082"), subject="R-75082")
        await world.handle(a_pause("2026-09-20"), subject="75082")

        days = [paused.due_on for paused in await world.events(ChargePaused)]
        assert days == [date(2026, 9, 1), date(2026, 10, 1)]


async def test_an_unknown_device_is_refused_and_named_by_its_field(given: Given) -> None:
    async with given(service, at=NOON) as world:
        await world.register(SERVICE)
        refused = await world.refuse(a_pause("2026-08-20"), subject="75082")

        assert (refused.reason, refused.field) == ("UNKNOWN_DEVICE", "device_number")
