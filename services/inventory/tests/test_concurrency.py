"""Two at once: the second waits for the first one's lock, and sees what it has done."""

from collections.abc import AsyncIterator
from datetime import date

import pytest
from inventory.app import service
from inventory.cards.commands import SetCard
from inventory.days.models import CountRow
from inventory.devices.models import SipNumberRow
from inventory.refills.domain import Status
from inventory.refills.handlers import propose
from inventory.refills.models import RefilledStoreRow, RefillRow
from inventory.refills.queries import refilled_store_id
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import (
    DropRefill,
    HoldGranted,
    HoldRefused,
    LineDelivered,
    RefillProposed,
    ReservationDeclined,
    StockBackordered,
    StockReserved,
)
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import DeviceNumber, Role, StoreId, UserId, identify
from kvitt_testkit.meeting import meet
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm

from contracts.tests.builders.bmb import (
    a_transfer_accepted,
    a_transfer_requested,
    a_transfer_requested_from_store,
)
from contracts.tests.builders.orders import (
    a_customer_registered,
    a_device_line,
    a_line,
    a_person_registered,
    a_replenishment_line,
    a_replenishment_placed,
    a_withdrawal_placed,
    an_order_placed,
)
from contracts.tests.builders.regions import (
    a_balance_stated,
    a_device_on_loan_stated,
    a_device_returned,
    a_return_registered,
    a_safety_level_stated,
    a_scrapping,
    rollators_received,
    the_catalogue,
    the_stores,
)
from contracts.tests.builders.story import CUSHION, OWN, RECEIVER, ROLLATOR, SENDER, SENDING
from services.inventory.tests.worlds import balance


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """Two rollators on loan, one in the own store, one cushion in each store."""
    async with given(service, at=stockholm("2026-03-02 08:00")) as world:
        await world.handle_all(*the_stores(), *the_catalogue(), a_person_registered())
        await world.handle_all(a_device_on_loan_stated("170098"), a_device_on_loan_stated("170099"))
        await world.handle_all(rollators_received("170077"), a_balance_stated(CUSHION, 1))
        await world.handle(a_balance_stated(CUSHION, 1, store=OWN))
        yield world


@pytest.mark.rule("BMB-12a")
async def test_two_transfers_that_ask_at_once_do_not_both_get_the_device(world: World) -> None:
    await meet(
        world,
        a_transfer_requested(transfer="BMB-1"),
        world.handle(a_transfer_requested(transfer="BMB-2")),
    )

    assert len(await world.events(HoldGranted)) == 1
    (refused,) = await world.events(HoldRefused)
    assert refused.refused[0].reason == "IN_TRANSFER"


@pytest.mark.rule("ORD-8a")
async def test_two_withdrawals_at_once_do_not_both_get_the_device(world: World) -> None:
    await meet(
        world,
        a_withdrawal_placed(a_device_line("170077", order="O-1"), reference="O-1"),
        world.handle(a_withdrawal_placed(a_device_line("170077", order="O-2"), reference="O-2")),
    )

    assert len(await world.events(LineDelivered)) == 1
    assert len(await world.events(ReservationDeclined)) == 1
    await assert_rows_are_folds(world)


@pytest.mark.rule("INV-4d")
async def test_two_orders_at_once_do_not_both_get_the_last_one(world: World) -> None:
    await meet(
        world,
        an_order_placed(a_line(CUSHION, order="O-1"), reference="O-1"),
        world.handle(an_order_placed(a_line(CUSHION, order="O-2"), reference="O-2")),
    )

    assert len(await world.events(StockReserved)) == 1
    assert len(await world.events(StockBackordered)) == 1
    assert await balance(world, CUSHION) == (0, 1, 1)
    await assert_rows_are_folds(world)


async def test_changes_of_custody_at_once_are_all_counted(world: World) -> None:
    before = await world.row(CountRow, identify("ac", "region", "ac"))

    await meet(
        world,
        a_device_returned("170098", on=date(2026, 3, 2), store="500"),
        world.handle(a_device_on_loan_stated("170055")),
    )

    after = await world.row(CountRow, identify("ac", "region", "ac"))
    assert after.custody_changes == before.custody_changes + 2


async def test_two_returns_at_once_do_not_both_take_the_device_back(world: World) -> None:
    await world.register(SENDER, roles=(Role.PRESCRIBER,), service_points=[SENDING])

    with pytest.raises(Refused) as refused:
        await meet(
            world,
            a_return_registered("170098", "170099"),
            world.handle(a_return_registered("170099", "170098")),
        )

    assert refused.value.reason == "NOT_ON_LOAN"
    assert await balance(world, ROLLATOR, OWN) == (3, 0, 0)
    await assert_rows_are_folds(world)


async def test_a_device_is_not_scrapped_and_withdrawn_at_once(world: World) -> None:
    await world.register(SENDER, roles=(Role.PRESCRIBER,), service_points=[SENDING])

    withdrawal = a_withdrawal_placed(a_device_line("170077"))
    await meet(world, a_scrapping("170077"), world.handle(withdrawal))

    (declined,) = await world.events(ReservationDeclined)
    assert declined.reason == "DEVICE_GONE"
    assert await balance(world, ROLLATOR, OWN) == (0, 0, 0)
    await assert_rows_are_folds(world)


@pytest.mark.rule("BMB-12c")
async def test_a_device_is_not_scrapped_and_transferred_at_once(world: World) -> None:
    await world.register(SENDER, roles=(Role.PRESCRIBER,), service_points=[SENDING])

    transfer = a_transfer_requested_from_store("170077", store=OWN)
    await meet(world, a_scrapping("170077"), world.handle(transfer))

    (refused,) = await world.events(HoldRefused)
    assert [one.reason for one in refused.refused] == ["SCRAPPED"]
    assert await balance(world, ROLLATOR, OWN) == (0, 0, 0)


@pytest.mark.rule("INV-9c")
async def test_a_night_that_meets_the_order_of_its_last_proposal_proposes_no_other(
    world: World,
) -> None:
    await world.handle(a_customer_registered(SENDING, store=OWN))
    await world.handle(a_safety_level_stated(CUSHION, 5), subject=f"{OWN}/{CUSHION}")
    await world.advance(stockholm("2026-03-03 06:00"))
    (proposed,) = await world.events(RefillProposed)
    await world.pass_by(stockholm("2026-03-04 06:00"))

    line = a_replenishment_line(CUSHION, 4)
    placed = a_replenishment_placed(line, proposal_id=proposed.proposal_id)
    await meet(world, placed, world.fire_timers())

    assert len(await world.events(RefillProposed)) == 1
    await assert_rows_are_folds(world)


@pytest.mark.rule("INV-9c")
async def test_who_drops_what_is_proposed_drops_what_the_night_has_put_in_its_place(
    world: World,
) -> None:
    await world.register(SENDER, roles=(Role.PRESCRIBER,), service_points=[SENDING])
    await world.handle(a_customer_registered(SENDING, store=OWN))
    await world.handle(a_safety_level_stated(CUSHION, 5), subject=f"{OWN}/{CUSHION}")
    await world.advance(stockholm("2026-03-03 06:00"))
    level = a_safety_level_stated(CUSHION, 6, version=2)
    await world.handle(level, subject=f"{OWN}/{CUSHION}")

    async def night(tx: Transaction) -> None:
        store = await tx.lock(RefilledStoreRow, refilled_store_id(tx, StoreId(OWN)))
        await propose(store, stockholm("2026-03-04 00:00"), tx)

    dropped = world.handle(DropRefill(store=StoreId(OWN), by=UserId(SENDER)), subject=OWN)
    await meet(world, night, dropped)

    assert {row.status for row in await world.rows(RefillRow)} == {Status.DROPPED}
    assert len(await world.events(RefillProposed)) == 2
    await assert_rows_are_folds(world)


@pytest.mark.rule("INV-7a")
async def test_who_has_handed_a_device_over_at_once_does_not_return_it(world: World) -> None:
    await world.register(SENDER, roles=(Role.PRESCRIBER,), service_points=[SENDING])
    await world.handle(a_transfer_requested("170098"))
    accepted = a_transfer_accepted("170098", new_prescriber=RECEIVER)

    with pytest.raises(Refused) as refused:
        await meet(world, accepted, world.handle(a_return_registered("170098")))

    assert (refused.value.reason, refused.value.field) == ("NOT_YOUR_DEVICE", "devices.0")
    assert await balance(world, ROLLATOR, OWN) == (1, 0, 0)


@pytest.mark.rule("INV-5k")
async def test_a_number_for_whoever_had_a_device_is_not_given_to_whoever_has_it_now(
    world: World,
) -> None:
    await world.register(SENDER, roles=(Role.PRESCRIBER,), service_points=[SENDING])
    await world.handle(a_transfer_requested("170098"))
    accepted = a_transfer_accepted("170098", new_prescriber=RECEIVER)

    card = SetCard(
        device_number=DeviceNumber("170098"),
        serial_number=None,
        sip_number="010-20 30 40",
        maintained_on=None,
        maintenance_due_on=None,
        by=UserId(SENDER),
        asked_by=None,
    )
    with pytest.raises(Refused) as refused:
        await meet(world, accepted, world.command(card))

    assert refused.value.reason == "UNKNOWN_DEVICE"
    assert await world.rows(SipNumberRow) == []
