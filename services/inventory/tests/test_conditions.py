"""INV-15, INV-7 and PHY-1 on real PostgreSQL: what a region states has become of a device."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from inventory.app import service
from inventory.devices.domain import Claim, ClaimKind, DeviceStatus
from kvitt_contracts.envelope import Event
from kvitt_contracts.inventory import (
    BasketLineBroken,
    ClaimBroken,
    CustodyChanged,
    DeviceDamageRecorded,
    DeviceStatusChanged,
    HoldBroken,
    LineDelivered,
)
from kvitt_testkit.reconciled import found_by
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm

from contracts.tests.builders.baskets import a_basket_loan_requested, a_lent_device
from contracts.tests.builders.bmb import (
    a_transfer_accepted,
    a_transfer_requested,
    a_transfer_requested_from_store,
)
from contracts.tests.builders.orders import (
    a_customer_registered,
    a_device_line,
    a_person_registered,
    a_withdrawal_placed,
    an_order_placed,
)
from contracts.tests.builders.pickups import a_pickup_requested
from contracts.tests.builders.region_sales import a_sale_approved, a_sale_requested
from contracts.tests.builders.regions import (
    a_condition,
    a_device_on_loan_stated,
    a_device_returned,
    a_dispatch,
    a_sent_line,
    a_store_stated,
    an_article_stated,
    rollators_received,
    the_catalogue,
    the_stores,
)
from contracts.tests.builders.story import (
    CENTRAL,
    OWN,
    PAYER,
    ROLLATOR,
    SENDER,
    SENDING,
    SERVICE,
    a_care_unit,
    a_store,
    device_id,
)
from services.inventory.tests.stocktaking.rounds import (
    INVESTIGATION,
    assert_shelves_have_their_devices,
)
from services.inventory.tests.worlds import balance, device, refusal

LENT, IN_STORE, IN_CENTRAL = "170001", "170098", "170200"
STREAMER = "31845"


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A rollator on loan since the 2nd, one in a unit's store, one in the central; the 20th."""
    async with given(service, at=stockholm("2026-03-20 08:00")) as world:
        await world.handle_all(*the_stores(), *the_catalogue(), a_person_registered())
        await world.handle_all(
            a_store_stated(INVESTIGATION, "investigation"),
            a_device_on_loan_stated(LENT, customer_id=SENDING),
            rollators_received(IN_STORE),
            rollators_received(IN_CENTRAL, store=CENTRAL),
        )
        await world.register(SENDER, service_points=[SENDING])
        await world.register(SERVICE)
        yield world


async def agrees(world: World) -> None:
    """The table is the fold of its events, and every check finds nothing; bmb tells of no transfer
    here, so its holds are not compared.
    """
    await assert_rows_are_folds(world)
    for name in ("custody", "balances", "claims"):
        assert [one for one in await found_by(world, name) if one.table != "holds"] == []


async def statuses(world: World) -> list[tuple[str, int]]:
    """Which statuses a device got, since which day of March."""
    return [(one.kind, one.since_on.day) for one in await world.events(DeviceStatusChanged)]


# -- missing -------------------------------------------------------------------------------------


@pytest.mark.rule("INV-15e")
@pytest.mark.parametrize("kind", ["lost", "stolen"])
async def test_what_a_region_states_is_missing_is_recorded_and_searched_for(
    world: World, kind: str
) -> None:
    await world.handle(a_condition(LENT, kind, on="2026-03-19"))

    found = await device(world, LENT)
    assert (found.custody.holder, found.custody.payer_id) == (a_store(INVESTIGATION), None)
    assert (found.status, found.custody.since.day) == (DeviceStatus.LOST, 19)
    assert found.claim == Claim(kind=ClaimKind.INVESTIGATION, by=device_id(LENT))
    assert [(one.kind, one.outcome) for one in found.damages] == [(kind, "undecided")]
    assert (await world.events(CustodyChanged))[-1].cause.damage == kind
    assert await balance(world, ROLLATOR, INVESTIGATION) == (0, 1, 0)
    await agrees(world)


@pytest.mark.rule("INV-15e", "PHY-1a")
async def test_a_lost_device_leaves_the_transfer_that_is_open(world: World) -> None:
    await world.handle(a_transfer_requested(LENT))

    await world.handle(a_condition(LENT, on="2026-03-19"))

    assert [one.reason for one in await world.events(HoldBroken)] == ["LOST"]
    await agrees(world)


@pytest.mark.rule("INV-15e", "PHY-1a")
async def test_a_device_that_is_held_in_its_store_leaves_what_was_set_aside(world: World) -> None:
    await world.handle(a_transfer_requested_from_store(IN_STORE, store=OWN))
    assert await balance(world, ROLLATOR, OWN) == (0, 1, 0)

    await world.handle(a_condition(IN_STORE, on="2026-03-19"))

    assert [one.reason for one in await world.events(HoldBroken)] == ["LOST"]
    assert await balance(world, ROLLATOR, OWN) == (0, 0, 0)
    await assert_shelves_have_their_devices(world)
    await agrees(world)


@pytest.mark.rule("INV-15e", "PHY-1a")
async def test_a_loss_that_is_told_late_takes_back_the_transfer_after_it(world: World) -> None:
    await world.handle_all(
        a_transfer_requested(LENT), a_transfer_accepted(LENT, effective_on="2026-03-10")
    )
    assert (await device(world, LENT)).custody.payer_id != PAYER

    await world.handle(a_condition(LENT, on="2026-03-05"))

    said = [one.custody for one in await world.events(CustodyChanged)][-2:]
    assert [(one.since.day, one.holder, one.payer_id) for one in said] == [
        (5, a_store(INVESTIGATION), None),
        (10, a_store(INVESTIGATION), None),
    ]
    assert await statuses(world) == [("lost", 5)]
    await agrees(world)


@pytest.mark.rule("INV-15e", "PHY-1a")
async def test_what_is_lost_on_its_way_does_not_arrive(world: World) -> None:
    await world.handle(an_order_placed(a_device_line(None)))
    sent = a_dispatch(a_sent_line(1, 1, IN_CENTRAL), on="2026-03-19", arrives_on="2026-03-23")
    await world.handle(sent)

    refused = await refusal(world.handle(a_condition(IN_CENTRAL, on="2026-03-18")))
    await world.handle(a_condition(IN_CENTRAL, on="2026-03-20"))
    await world.advance(stockholm("2026-03-23 08:00"))

    assert (refused.reason, refused.rule, refused.field) == ("MOVED_SINCE", "PHY-1", "since_on")
    assert await world.events(LineDelivered) == []
    assert (await device(world, IN_CENTRAL)).custody.holder == a_store(INVESTIGATION)
    assert await balance(world, ROLLATOR, CENTRAL) == (0, 0, 0)
    assert await balance(world, ROLLATOR, INVESTIGATION) == (0, 1, 0)
    await agrees(world)


@pytest.mark.rule("INV-15e")
async def test_a_lost_device_leaves_its_basket_its_pickup_and_its_sale(world: World) -> None:
    await world.handle_all(
        a_device_on_loan_stated("170002"),
        a_device_on_loan_stated("170003"),
        a_basket_loan_requested(a_lent_device(device=IN_STORE)),
        a_pickup_requested("170002"),
        a_sale_requested("170003"),
    )

    for number in (IN_STORE, "170002", "170003"):
        await world.handle(a_condition(number, on="2026-03-20"))

    assert [one.reason for one in await world.events(BasketLineBroken)] == ["LOST"]
    assert [one.reason for one in await world.events(ClaimBroken)] == ["LOST", "LOST"]
    await agrees(world)


# -- found ---------------------------------------------------------------------------------------


@pytest.mark.rule("INV-15f")
async def test_what_was_lost_is_found_and_is_free_in_the_store_that_is_named(world: World) -> None:
    await world.handle(a_condition(LENT, on="2026-03-18"))

    await world.handle(a_condition(LENT, "found", on="2026-03-19"))

    found = await device(world, LENT)
    assert (found.custody.holder, found.claim, found.status) == (
        a_store(OWN),
        None,
        DeviceStatus.IN_USE,
    )
    assert [one.outcome for one in found.damages] == ["found"]
    assert await statuses(world) == [("lost", 18), ("in_use", 19)]
    assert await balance(world, ROLLATOR, INVESTIGATION) == (0, 0, 0)
    assert await balance(world, ROLLATOR, OWN) == (2, 0, 0)
    await agrees(world)


# -- scrapped ------------------------------------------------------------------------------------


@pytest.mark.rule("INV-15g")
async def test_what_is_scrapped_in_its_store_leaves_the_balance(world: World) -> None:
    await world.handle(a_condition(IN_STORE, "scrapped", on="2026-03-19"))

    assert await statuses(world) == [("scrapped", 19)]
    assert await balance(world, ROLLATOR, OWN) == (0, 0, 0)
    await agrees(world)


@pytest.mark.rule("INV-15g", "PHY-1a")
async def test_what_is_scrapped_from_a_loan_is_paid_by_nobody_from_that_day(world: World) -> None:
    await world.handle_all(
        a_transfer_requested(LENT), a_transfer_accepted(LENT, effective_on="2026-03-10")
    )

    await world.handle(a_condition(LENT, "scrapped", on="2026-03-05", store=CENTRAL))

    said = [one.custody for one in await world.events(CustodyChanged)][-2:]
    assert [(one.since.day, one.holder, one.payer_id) for one in said] == [
        (5, a_store(CENTRAL), None),
        (10, a_store(CENTRAL), None),
    ]
    assert await statuses(world) == [("scrapped", 5)]
    assert await balance(world, ROLLATOR, CENTRAL) == (1, 0, 0)
    await agrees(world)


@pytest.mark.rule("INV-15g")
async def test_what_is_scrapped_leaves_the_pickup_that_is_on_its_way(world: World) -> None:
    await world.handle(a_pickup_requested(LENT))

    await world.handle(a_condition(LENT, "scrapped", on="2026-03-19", store=CENTRAL))

    (broken,) = await world.events(ClaimBroken)
    assert (broken.device_id, broken.reason) == (device_id(LENT), "SCRAPPED")
    assert (await device(world, LENT)).claim is None
    await agrees(world)


@pytest.mark.rule("INV-15g")
async def test_what_a_transfer_has_set_aside_is_scrapped_out_of_it(world: World) -> None:
    await world.handle(a_transfer_requested_from_store(IN_STORE, store=OWN))

    await world.handle(a_condition(IN_STORE, "scrapped", on="2026-03-19"))

    assert [one.reason for one in await world.events(HoldBroken)] == ["SCRAPPED"]
    assert await balance(world, ROLLATOR, OWN) == (0, 0, 0)
    await agrees(world)


@pytest.mark.rule("INV-15g")
async def test_what_is_scrapped_on_its_way_does_not_arrive(world: World) -> None:
    await world.handle(an_order_placed(a_device_line(None)))
    sent = a_dispatch(a_sent_line(1, 1, IN_CENTRAL), on="2026-03-19", arrives_on="2026-03-23")
    await world.handle(sent)

    await world.handle(a_condition(IN_CENTRAL, "scrapped", on="2026-03-20"))
    await world.advance(stockholm("2026-03-23 08:00"))

    assert await world.events(LineDelivered) == []
    assert await balance(world, ROLLATOR, CENTRAL) == (0, 0, 0)
    await agrees(world)


@pytest.mark.rule("INV-15g")
async def test_what_a_pickup_sends_on_is_scrapped_in_the_central_store_that_it_comes_to(
    world: World,
) -> None:
    await world.handle_all(
        an_article_stated(STREAMER, return_at_once=True),
        a_customer_registered(SENDING, store=OWN),
        a_device_on_loan_stated("170300", article_number=STREAMER, customer_id=SENDING),
        a_device_returned("170300", on="2026-03-10"),
        a_pickup_requested("170300", recipient=a_care_unit(), service_point=SENDING),
    )

    await world.handle(a_condition("170300", "scrapped", on="2026-03-19", store=CENTRAL))

    assert [one.reason for one in await world.events(ClaimBroken)] == ["SCRAPPED"]
    assert (await device(world, "170300")).custody.holder == a_store(CENTRAL)
    assert await balance(world, STREAMER, OWN) == (0, 0, 0)
    assert await balance(world, STREAMER, CENTRAL) == (0, 0, 0)
    await agrees(world)


@pytest.mark.rule("INV-15g")
async def test_what_is_searched_for_is_given_up_and_is_found_no_more(world: World) -> None:
    await world.handle(a_condition(LENT, on="2026-03-18"))

    await world.handle(a_condition(LENT, "scrapped", on="2026-03-19"))
    refused = await refusal(world.handle(a_condition(LENT, "found", on="2026-03-20")))

    assert await balance(world, ROLLATOR, INVESTIGATION) == (0, 0, 0)
    assert (await device(world, LENT)).status is DeviceStatus.SCRAPPED
    assert refused.reason == "NOT_INVESTIGATED"
    await agrees(world)


# -- damaged -------------------------------------------------------------------------------------


@pytest.mark.rule("INV-15e")
async def test_what_is_damaged_is_recorded_and_stays_where_it_is(world: World) -> None:
    await world.handle(a_transfer_requested(LENT))
    before = await device(world, LENT)

    await world.handle(a_condition(LENT, "damaged", on="2026-03-19"))

    (told,) = await world.events(DeviceDamageRecorded)
    assert (told.kind, told.happened_on.day, told.outcome) == ("damaged", 19, "undecided")
    found = await device(world, LENT)
    assert (found.custody, found.claim) == (before.custody, before.claim)
    await agrees(world)


# -- again, late, and refused --------------------------------------------------------------------


async def nothing(world: World) -> None:
    pass


async def lost(world: World) -> None:
    await world.handle(a_condition(LENT, on="2026-03-18"))


async def found_and_lent(world: World) -> None:
    """It is found, and is lent again the day after."""
    await lost(world)
    await world.handle(a_condition(LENT, "found", on="2026-03-19"))
    await world.handle(a_withdrawal_placed(a_device_line(LENT)))


async def scrapped(world: World) -> None:
    await world.handle(a_condition(LENT, "scrapped", on="2026-03-19", store=OWN))


async def damaged(world: World) -> None:
    await world.handle(a_condition(LENT, "damaged", on="2026-03-19"))


async def returned(world: World) -> None:
    await world.handle(a_device_returned(LENT, on="2026-03-10"))


async def sold(world: World) -> None:
    await world.handle_all(a_sale_requested(LENT), a_sale_approved(LENT))


async def promised(world: World) -> None:
    await world.handle(an_order_placed(a_device_line(None)))


@pytest.mark.rule("PHY-1b", "PHY-1k")
@pytest.mark.parametrize(
    ("before", "again"),
    [
        (lost, a_condition(LENT, on="2026-03-18", version=2)),
        (found_and_lent, a_condition(LENT, on="2026-03-18", version=2)),
        (found_and_lent, a_condition(LENT, "found", on="2026-03-19", version=2)),
        (scrapped, a_condition(LENT, "scrapped", on="2026-03-19", store=OWN, version=2)),
        (damaged, a_condition(LENT, "damaged", on="2026-03-19", version=2)),
    ],
    ids=["lost", "lost and found", "found and lent again", "scrapped", "damaged"],
)
async def test_a_condition_told_again_changes_nothing(
    world: World, before: Any, again: Any
) -> None:
    await before(world)
    earlier: list[Event] = await world.events()

    await world.handle(again)

    assert await world.events() == earlier


@pytest.mark.rule("PHY-1c", "PHY-1j", "PHY-1k")
@pytest.mark.parametrize(
    ("before", "asked", "reason", "rule", "field"),
    [
        (lost, a_condition(LENT, on="2026-03-17"), "ALREADY_MISSING", "INV-10", "device_number"),
        (scrapped, a_condition(LENT, on="2026-03-20"), "DEVICE_GONE", "INV-7", "device_number"),
        (
            scrapped,
            a_condition(LENT, "scrapped", on="2026-03-18"),
            "DEVICE_GONE",
            "INV-7",
            "device_number",
        ),
        (sold, a_condition(LENT, on="2026-03-02"), "DEVICE_GONE", "INV-7", "device_number"),
        (returned, a_condition(LENT, on="2026-03-09"), "MOVED_SINCE", "PHY-1", "since_on"),
        (
            returned,
            a_condition(LENT, "scrapped", on="2026-03-09"),
            "MOVED_SINCE",
            "PHY-1",
            "since_on",
        ),
        (
            lost,
            a_condition(LENT, "found", on="2026-03-17"),
            "MOVED_SINCE",
            "PHY-1",
            "since_on",
        ),
        (nothing, a_condition(LENT, "found", on="2026-03-19"), "NOT_INVESTIGATED", "INV-10", None),
        (
            lost,
            a_condition(LENT, "found", on="2026-03-19", store=INVESTIGATION),
            "FOUND_IN_NO_STORE",
            "INV-10",
            "store",
        ),
        (
            lost,
            a_condition(LENT, "found", on="2026-03-19", store=None),
            "STORE_MISSING",
            "INV-15",
            "store",
        ),
        (
            nothing,
            a_condition(LENT, on="2026-03-19", store=OWN),
            "STORE_NOT_ASKED_FOR",
            "INV-15",
            "store",
        ),
        (
            nothing,
            a_condition(LENT, "scrapped", on="2026-03-19"),
            "STORE_MISSING",
            "INV-7",
            "store",
        ),
        (
            nothing,
            a_condition(IN_STORE, "scrapped", on="2026-03-19", store=CENTRAL),
            "NOT_IN_STORE",
            "INV-7",
            "store",
        ),
        (
            promised,
            a_condition(IN_CENTRAL, "scrapped", on="2026-03-19"),
            "RESERVED_FOR_ORDERS",
            "ORD-4",
            "device_number",
        ),
        (
            promised,
            a_condition(IN_CENTRAL, on="2026-03-19"),
            "RESERVED_FOR_ORDERS",
            "ORD-4",
            "device_number",
        ),
        (nothing, a_condition(LENT, on="2026-03-21"), "DAY_IN_THE_FUTURE", "DAY-1", "since_on"),
    ],
)
async def test_what_cannot_have_become_of_a_device_is_refused_with_field_rule_and_way_on(
    world: World, before: Any, asked: Any, reason: str, rule: str, field: str | None
) -> None:
    await before(world)
    earlier: list[Event] = await world.events()

    refused = await refusal(world.handle(asked))

    assert (refused.reason, refused.rule, refused.field) == (reason, rule, field)
    assert refused.way_on
    assert await world.events() == earlier
