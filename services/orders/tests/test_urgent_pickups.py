"""PCK-3, BIL-8, BIL-15: pickups that are fetched at once, on real PostgreSQL."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
from kvitt_contracts.orders import (
    MakePickupUrgent,
    PickupClosed,
    PickupMadeUrgent,
    ReportPickup,
    VoidPickup,
)
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import LineNumber, Money, PayerId, Role, UserId, Word
from kvitt_testkit.world import Given, World, assert_rows_are_folds
from orders.app import service
from orders.pickups.domain import end_lines

from contracts.tests.builders.areas import with_policy
from contracts.tests.builders.pickups import (
    a_claim_broken,
    a_claim_granted,
    a_claim_released,
)
from contracts.tests.builders.regions import a_customer_stated, a_payer_stated, a_user_stated
from contracts.tests.builders.story import (
    OTHER_PAYER,
    OUTSIDER,
    PAYER,
    RECEIVING,
    SENDER,
    SENDING,
    SERVICE,
    device_id,
    pickup_id,
)
from services.orders.tests.pickups import (
    DEVICES,
    a_request,
    devices_on_loan,
    pickup,
    refusal,
)
from services.orders.tests.worlds import MONDAY

FEE = Money(net_ore=60000)
URGENT = MakePickupUrgent(by=UserId(SENDER))
PRICES: list[dict[str, Any]] = [
    {
        "valid_from_on": day,
        "prices": [{"service": "urgent_pickup", "price": {"net_ore": net_ore}}],
    }
    for day, net_ore in (("2025-01-01", 50000), ("2026-01-01", 60000), ("2026-03-03", 70000))
]


@pytest.fixture
async def world(given: Given, policies: Policies) -> AsyncIterator[World]:
    """A relative's pickup of two devices, claimed; an urgent one has its price."""
    async with given(
        service, at=MONDAY, policies=with_policy(policies, price_list=PRICES)
    ) as world:
        await devices_on_loan(world)
        ordered = a_request(*DEVICES, ordered_by=Word("relative"), by=UserId(SERVICE))
        await world.handle(ordered, subject="H-1")
        await world.handle(a_claim_granted(*DEVICES))
        yield world


@pytest.mark.rule("PCK-3c", "BIL-15a")
async def test_the_unit_makes_it_urgent_for_the_fee_of_that_day(world: World) -> None:
    await world.handle(URGENT, subject="H-1")

    (event,) = await world.events(PickupMadeUrgent)
    assert (event.fee, event.payer_id, event.by) == (FEE, PAYER, SENDER)
    row = await pickup(world)
    assert (row.is_urgent, row.fee, row.payer_id) == (True, FEE, PAYER)
    await assert_rows_are_folds(world)


async def test_what_is_urgent_already_keeps_its_fee_and_payer(world: World) -> None:
    await world.handle(a_payer_stated(OTHER_PAYER), subject=OTHER_PAYER)
    await world.handle(URGENT, subject="H-1")
    again = MakePickupUrgent(payer_id=PayerId(OTHER_PAYER), by=UserId(SENDER))
    await world.handle(again, subject="H-1")

    (event,) = await world.events(PickupMadeUrgent)
    assert event.payer_id == PAYER


@pytest.mark.rule("PCK-3c")
async def test_another_payer_is_named_where_it_differs(world: World) -> None:
    unknown = MakePickupUrgent(payer_id=PayerId("20998"), by=UserId(SENDER))
    assert await refusal(world, unknown) == ("UNKNOWN_PAYER", "REF-4", "payer_id")

    await world.handle(a_payer_stated(OTHER_PAYER), subject=OTHER_PAYER)
    other = MakePickupUrgent(payer_id=PayerId(OTHER_PAYER), by=UserId(SENDER))
    await world.handle(other, subject="H-1")

    assert (await pickup(world)).payer_id == OTHER_PAYER


@pytest.mark.rule("BIL-15a", "PCK-3g")
async def test_without_a_price_an_urgent_pickup_costs_nothing(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await devices_on_loan(world)
        await world.handle(a_request(), subject="H-1")
        await world.handle(a_claim_granted())

        await world.handle(URGENT, subject="H-1")
        await world.handle(a_claim_broken())

        (event,) = await world.events(PickupMadeUrgent)
        (closed,) = await world.events(PickupClosed)
        assert (event.fee, event.payer_id) == (None, PAYER)
        assert (closed.fee, closed.payer_id) == (None, None)


@pytest.mark.rule("PCK-3g")
async def test_the_fee_is_due_when_something_was_fetched(world: World) -> None:
    await world.handle(URGENT, subject="H-1")
    await world.handle(VoidPickup(numbers=(LineNumber(2),), by=UserId(SENDER)), subject="H-1")
    await world.handle(a_claim_released(DEVICES[1]))
    await world.handle(a_claim_broken(DEVICES[0]))

    (closed,) = await world.events(PickupClosed)
    assert (closed.fee, closed.payer_id) == (FEE, PAYER)


@pytest.mark.rule("PCK-3g")
@pytest.mark.parametrize(("is_reported", "fee"), [(True, FEE), (False, None)])
async def test_where_nothing_was_fetched_the_fee_is_due_only_after_a_journey(
    world: World, is_reported: bool, fee: Money | None
) -> None:
    await world.handle(URGENT, subject="H-1")
    if is_reported:
        await world.handle(ReportPickup(technician=UserId(SERVICE)), subject="H-1")
    devices = [device_id(device) for device in DEVICES]

    *_, closed = end_lines((await pickup(world)).state(), devices, outcome=Word("lost"))

    assert isinstance(closed, PickupClosed)
    assert closed.fee == fee


@pytest.mark.rule("PCK-3g")
@pytest.mark.parametrize(("is_reported", "fees"), [(True, [FEE]), (False, [])])
async def test_who_takes_all_back_after_a_journey_pays_for_it(
    world: World, is_reported: bool, fees: list[Money]
) -> None:
    await world.handle(URGENT, subject="H-1")
    if is_reported:
        await world.handle(ReportPickup(technician=UserId(SERVICE)), subject="H-1")
    await world.handle(VoidPickup(by=UserId(SENDER)), subject="H-1")
    await world.handle(a_claim_released(*DEVICES))

    assert [closed.fee for closed in await world.events(PickupClosed)] == fees
    assert (await pickup(world)).status == ("closed" if is_reported else "voided")
    await assert_rows_are_folds(world)


async def test_a_pickup_that_is_not_urgent_costs_nothing(world: World) -> None:
    for device in DEVICES:
        await world.handle(a_claim_broken(device))

    (closed,) = await world.events(PickupClosed)
    assert (closed.fee, closed.payer_id) == (None, None)


async def test_what_waits_is_over_or_is_anothers_is_not_made_urgent(world: World) -> None:
    await world.handle(a_customer_stated(RECEIVING, store=None), subject=RECEIVING)
    await world.handle(a_user_stated(OUTSIDER, RECEIVING), subject=OUTSIDER)
    await world.handle(a_request(), subject="H-2")

    assert await refusal(world, URGENT, "H-2") == ("WAITING", "PCK-3", None)
    stranger = MakePickupUrgent(by=UserId(OUTSIDER))
    assert await refusal(world, stranger) == ("NOT_YOUR_PICKUP", "REF-3", "by")
    assert await refusal(world, URGENT, "H-9") == ("UNKNOWN_PICKUP", "PCK-3", None)
    for device in DEVICES:
        await world.handle(a_claim_broken(device))
    assert await refusal(world, URGENT) == ("ENDED", "PCK-3", None)


@pytest.mark.rule("PCK-3c")
async def test_over_http_a_pickup_is_made_urgent_and_found_among_the_urgent(world: World) -> None:
    mine: dict[str, Any] = {
        "user": SENDER,
        "roles": [Role.PRESCRIBER],
        "service_points": [SENDING],
    }
    async with world.http(**mine) as client:
        shown = await client.post(f"/pickups/{pickup_id()}:make-urgent", json={})
        listed = (await client.get("/pickups?urgent=true")).json()["items"]
        others = (await client.get("/pickups?urgent=false")).json()["items"]

    assert shown.status_code == 200, shown.text
    assert shown.json()["fee"] == {"net_ore": 60000, "vat_percent": 25}
    assert ([one["pickup_number"] for one in listed], others) == (["26100001"], [])
    assert listed[0]["waits"]["until"] == str(date(2026, 3, 16))
