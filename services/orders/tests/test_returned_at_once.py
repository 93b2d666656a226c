"""PCK-7: pickups of what the central store is to have back at once, on real PostgreSQL."""

from collections.abc import AsyncIterator
from datetime import date

import pytest
from kvitt_contracts.orders import PickupOverdue, PickupRequested, PickupReturnAwaited
from kvitt_contracts.policy import Policies
from kvitt_contracts.policy_parts import PickupPolicy
from kvitt_testkit.reconciled import plant
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm
from orders.app import service

from contracts.tests.builders.areas import with_policy
from contracts.tests.builders.inventory import (
    a_custody,
    a_custody_changed_by_order,
    a_custody_changed_by_return,
    a_device_registered,
    an_article_listed,
)
from contracts.tests.builders.pickups import a_claim_broken, a_claim_granted, a_claim_released
from contracts.tests.builders.story import CUSHION, ROLLATOR, device_id, pickup_id
from services.orders.tests.pickups import DEVICES, a_request, devices_on_loan, pickup
from services.orders.tests.worlds import CLERK, MONDAY

OTHER_DEVICE = "170300"


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A patient with two devices that are to be returned at once, and one that is not; a Monday."""
    async with given(service, at=MONDAY) as world:
        await world.handle(an_article_listed(ROLLATOR, return_at_once=True))
        await world.handle(an_article_listed(CUSHION))
        await devices_on_loan(world)
        loan = a_custody_changed_by_order(OTHER_DEVICE, to=a_custody(), article=CUSHION)
        await world.handle(loan)
        yield world


async def registered(world: World, *devices: str, **changes: object) -> None:
    """A pickup whose devices inventory has claimed."""
    await world.handle(a_request(*devices, **changes), subject="H-1")
    await world.handle(a_claim_granted(*devices))


async def waits(world: World) -> dict[str, str]:
    """What the pickup waits for, as its page says it."""
    async with world.http(**CLERK) as client:
        shown: dict[str, str] = (await client.get(f"/pickups/{pickup_id()}")).json()["waits"]
    return shown


@pytest.mark.rule("PCK-7a")
async def test_each_line_says_what_is_to_be_returned_at_once(world: World) -> None:
    await world.handle(a_request(DEVICES[0], OTHER_DEVICE), subject="H-1")

    (requested,) = await world.events(PickupRequested)
    assert [line.return_at_once for line in requested.lines] == [True, False]


@pytest.mark.rule("PCK-7b")
async def test_the_unit_is_reminded_after_the_policys_days_and_again_until_it_is_back(
    world: World,
) -> None:
    await registered(world, *DEVICES)

    await world.advance(stockholm("2026-03-05 23:59"))
    assert await world.events(PickupReturnAwaited) == []
    await world.advance(stockholm("2026-03-06 00:00"))
    (first,) = await world.events(PickupReturnAwaited)
    assert first.devices == (device_id(DEVICES[0]), device_id(DEVICES[1]))
    assert first.since_on == date(2026, 3, 2)
    await world.handle(a_claim_broken(DEVICES[0]))
    await world.advance(stockholm("2026-03-09 00:00"))
    _, second = await world.events(PickupReturnAwaited)
    assert (second.devices, second.since_on) == ((device_id(DEVICES[1]),), date(2026, 3, 2))
    await world.handle(a_claim_broken(DEVICES[1]))
    await world.advance(stockholm("2026-04-30 00:00"))

    assert len(await world.events(PickupReturnAwaited)) == 2
    await assert_rows_are_folds(world)


@pytest.mark.rule("PCK-7b")
async def test_what_is_taken_back_from_the_pickup_is_not_reminded_of(world: World) -> None:
    await registered(world, DEVICES[0], OTHER_DEVICE)
    await world.handle(a_claim_released(DEVICES[0]))

    await world.advance(stockholm("2026-03-16 23:59"))
    assert await world.events(PickupReturnAwaited) == []
    await world.advance(stockholm("2026-03-17 00:00"))
    assert len(await world.events(PickupOverdue)) == 1


@pytest.mark.rule("PCK-7b")
async def test_what_is_fetched_later_is_not_reminded_of_before_it_may_begin(world: World) -> None:
    await registered(world, earliest_on=date(2026, 3, 10))

    await world.advance(stockholm("2026-03-13 23:59"))
    assert await world.events(PickupReturnAwaited) == []
    await world.advance(stockholm("2026-03-14 00:00"))
    assert len(await world.events(PickupReturnAwaited)) == 1


@pytest.mark.rule("PCK-7b")
async def test_a_pickup_waits_until_the_earlier_day_and_then_for_its_last(world: World) -> None:
    await registered(world, DEVICES[0], OTHER_DEVICE)

    shown = await waits(world)
    assert (shown["until"], shown["then"]) == ("2026-03-05", "reminded")
    await world.handle(a_claim_broken(DEVICES[0]))

    shown = await waits(world)
    assert (shown["until"], shown["then"]) == ("2026-03-16", "customer_service_told")
    assert (await pickup(world)).due_on == date(2026, 3, 16)


@pytest.mark.rule("PCK-7b")
async def test_the_earlier_of_the_units_own_last_day_and_the_policys_counts(world: World) -> None:
    await registered(world, latest_on=date(2026, 3, 3))

    shown = await waits(world)
    assert (shown["until"], shown["then"]) == ("2026-03-03", "customer_service_told")
    await world.advance(stockholm("2026-03-05 23:59"))
    assert await world.events(PickupReturnAwaited) == []


@pytest.mark.rule("PCK-7a")
async def test_what_stands_in_a_units_own_store_is_asked_for_as_any_other(world: World) -> None:
    back = a_custody_changed_by_return(DEVICES[0])
    await world.handle(back)

    await world.handle(a_request(DEVICES[0]), subject="H-1")

    (requested,) = await world.events(PickupRequested)
    assert [line.return_at_once for line in requested.lines] == [True]


@pytest.mark.rule("PCK-7a")
async def test_what_was_never_lent_is_sent_on_from_a_store_too(world: World) -> None:
    await world.handle(a_device_registered("170400", article=ROLLATOR))

    await world.handle(a_request("170400"), subject="H-1")

    (requested,) = await world.events(PickupRequested)
    assert [(one.device_id, one.return_at_once) for one in requested.lines] == [
        (device_id("170400"), True)
    ]


@pytest.mark.rule("PCK-7b")
async def test_a_loan_that_began_before_its_article_was_read_is_reminded_of(world: World) -> None:
    await world.handle(a_device_registered(DEVICES[0], article=ROLLATOR))
    await plant(world, "UPDATE care_devices SET article_number = NULL")

    await world.handle(a_request(DEVICES[0]), subject="H-1")

    (requested,) = await world.events(PickupRequested)
    assert [line.return_at_once for line in requested.lines] == [True]


@pytest.mark.rule("PCK-7b")
async def test_a_last_day_by_the_policy_that_is_sooner_is_what_it_waits_for(
    given: Given, policies: Policies
) -> None:
    soon = with_policy(policies, pickup=PickupPolicy(overdue_days=2, return_at_once_days=5))
    async with given(service, at=MONDAY, policies=soon) as world:
        await world.handle(an_article_listed(ROLLATOR, return_at_once=True))
        await devices_on_loan(world)
        await registered(world)

        shown = await waits(world)

    assert (shown["until"], shown["then"]) == ("2026-03-04", "customer_service_told")
