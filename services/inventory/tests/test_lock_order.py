"""Rows are locked in one order, and a handler that leaves it is seen."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from inventory.app import service
from inventory.devices.models import DeviceRow
from inventory.holds.models import HoldRow
from inventory.reservations.models import PlacedOrderRow, ReservationRow
from kvitt_chassis.handlers import Handlers
from kvitt_chassis.lock_order import LockOrderBroken
from kvitt_chassis.service import Service
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.regions import PickingBegun
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm
from sqlalchemy import text

from contracts.tests.builders.bmb import (
    a_transfer_accepted,
    a_transfer_rejected,
    a_transfer_requested,
    a_transfer_requested_from_store,
)
from contracts.tests.builders.orders import (
    a_device_line,
    a_line,
    a_person_registered,
    an_order_placed,
    an_order_void_requested,
)
from contracts.tests.builders.regions import (
    a_balance_stated,
    a_device_on_loan_stated,
    a_device_returned,
    a_dispatch,
    a_picking_begun,
    a_sent_line,
    rollators_received,
    the_catalogue,
    the_stores,
)
from contracts.tests.builders.story import (
    BATTERY,
    CUSHION,
    ROLLATOR,
    device_id,
    order_id,
    transfer_id,
)
from services.inventory.tests.worlds import balance, device

_MOVE_CLOCK = text('UPDATE clock SET "offset" = CAST(:to AS timestamptz) - now()')


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A rollator on loan, another in the central store, and an order that waits for two."""
    async with given(service, at=stockholm("2026-03-02 08:00")) as world:
        await world.handle_all(*the_stores(), *the_catalogue(), a_person_registered())
        await world.handle(a_device_on_loan_stated("170098"))
        await world.handle(rollators_received("170077", store="500"))
        await world.handle(an_order_placed(a_device_line(None, quantity=2)))
        yield world


WRONG: dict[str, list[tuple[type[Any], Any]]] = {
    "a device after a hold": [(HoldRow, transfer_id()), (DeviceRow, device_id())],
    "a device after a reservation": [(ReservationRow, order_id()), (DeviceRow, device_id())],
    "a hold after a reservation": [(ReservationRow, order_id()), (HoldRow, transfer_id())],
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("ahead", [True, False], ids=["named ahead", "by the handler"])
async def test_a_handler_that_locks_in_another_order_is_seen(
    given: Given, wrong: list[tuple[type[Any], Any]], ahead: bool
) -> None:
    """`ahead`: the first is named ahead, the second is found by the handler."""
    planted = Handlers()
    (first, key), then = wrong

    @planted.on(PickingBegun, loads=lambda _, __: [(first, key)] if ahead else [])
    async def lock_the_wrong_way(fact: PickingBegun, tx: Transaction) -> None:
        await tx.find(first, key)
        await tx.find(*then)

    upside_down = Service(
        "inventory",
        handlers=planted,
        base=service.base,
        users=service.access.users,
        lock_order=service.lock_order,
    )
    async with given(upside_down, at=stockholm("2026-03-02 08:00")) as world:
        with pytest.raises(LockOrderBroken) as broken:
            await world.handle(a_picking_begun())

    assert (broken.value.row_type, broken.value.after) == (then[0], first)


async def test_a_return_out_of_a_transfer_serves_who_waits_in_the_order_of_locks(
    world: World,
) -> None:
    await world.handle(a_transfer_requested("170098"))

    await world.handle(a_device_returned("170098", on=date(2026, 3, 2), store="500"))

    assert (await world.row(HoldRow, transfer_id())).status == "ended"
    assert await balance(world, ROLLATOR) == (0, 2, 0)
    await assert_rows_are_folds(world)


async def test_a_transfer_into_a_store_serves_who_waits_in_the_order_of_locks(
    world: World,
) -> None:
    await world.handle(a_transfer_requested("170098"))

    await world.handle(
        a_transfer_accepted("170098", new_store="500", effective_on=date(2026, 3, 5))
    )
    await world.advance(stockholm("2026-03-05 00:00"))

    assert await balance(world, ROLLATOR) == (0, 2, 0)
    await assert_rows_are_folds(world)


@contextmanager
def reservations_locked(world: World) -> Iterator[list[UUID]]:
    """The ids of the reservations that are locked meanwhile, in the order of their locks."""
    locked: list[UUID] = []
    with world.statements() as sent:
        yield locked
    for one in sent:
        if "FROM reservations" in one and "FOR NO KEY UPDATE" in one:
            (keys,) = (value for value in one.values if isinstance(value, list))
            locked.extend(UUID(str(key)) for key in keys)


FIRST, LAST = sorted(("O-2", "O-3"), key=order_id)
"""Two orders by their ids."""


async def test_who_waits_for_one_article_is_locked_by_id_and_served_by_waiting(
    world: World,
) -> None:
    await world.handle(an_order_placed(a_line(CUSHION, 3, order=LAST), reference=LAST))
    await world.handle(an_order_placed(a_line(CUSHION, 3, order=FIRST), reference=FIRST))

    with reservations_locked(world) as locked:
        await world.handle(a_balance_stated(CUSHION, 4))

    assert locked == [order_id(FIRST), order_id(LAST)]
    served = await world.row(ReservationRow, order_id(LAST))
    assert [line.missing for line in served.lines] == [0]


async def test_who_waits_for_several_articles_of_a_released_order_is_locked_by_id(
    world: World,
) -> None:
    await world.handle_all(a_balance_stated(CUSHION, 1), a_balance_stated(BATTERY, 1))
    both = (a_line(CUSHION, order="O-4"), a_line(BATTERY, number=2, order="O-4"))
    await world.handle(an_order_placed(*both, reference="O-4"))
    await world.handle(an_order_placed(a_line(CUSHION, order=LAST), reference=LAST))
    await world.handle(an_order_placed(a_line(BATTERY, order=FIRST), reference=FIRST))

    with reservations_locked(world) as locked:
        await world.handle(an_order_void_requested("O-4"))

    assert locked == [order_id("O-4"), order_id(FIRST), order_id(LAST)]
    await assert_rows_are_folds(world)


async def test_who_waits_for_several_devices_of_an_ended_transfer_is_locked_by_id(
    world: World,
) -> None:
    await world.handle(
        rollators_received("170078", "170079", "170080", store="500")
    )  # one is O-1's
    await world.handle(a_transfer_requested_from_store("170079", "170080", store="500"))
    await _two_wait_for_a_rollator(world)

    with reservations_locked(world) as locked:
        await world.handle(a_transfer_rejected())

    assert locked == [order_id(FIRST), order_id(LAST)]
    await assert_rows_are_folds(world)


async def test_who_waits_for_several_devices_of_a_transfer_into_a_store_is_locked_by_id(
    world: World,
) -> None:
    await world.handle(a_device_on_loan_stated("170099"))
    await world.handle(rollators_received("170078", store="500"))  # O-1's
    await world.handle(a_transfer_requested("170098", "170099"))
    await _two_wait_for_a_rollator(world)

    with reservations_locked(world) as locked:
        await world.handle(
            a_transfer_accepted("170098", "170099", new_store="500", effective_on=date(2026, 3, 2))
        )

    assert locked == [order_id(FIRST), order_id(LAST)]
    await assert_rows_are_folds(world)


async def _two_wait_for_a_rollator(world: World) -> None:
    for order in (LAST, FIRST):
        await world.handle(an_order_placed(a_device_line(None, order=order), reference=order))


@pytest.mark.parametrize("named", ["by its reference", "by its number"])
async def test_a_dispatch_delivers_what_has_arrived_before_its_timer_in_the_order_of_locks(
    world: World, named: str
) -> None:
    """An order by its number is found by the handler: nothing was locked ahead."""
    row = await world.row(PlacedOrderRow, order_id())
    order = str(row.order_number) if named == "by its number" else "O-1"
    await world.handle(rollators_received("170078", "170079", store="500"))
    await world.handle(a_transfer_requested_from_store("170078", store="500"))
    await world.handle(
        a_dispatch(a_sent_line(1, 1, "170077"), order=order, arrives_on=date(2026, 3, 4))
    )
    async with world.worker.unit() as unit:  # the day has come, its timer is late
        await unit.session.execute(_MOVE_CLOCK, {"to": stockholm("2026-03-04 09:00")})

    await world.handle(
        a_dispatch(a_sent_line(1, 1, "170078"), order=order, arrives_on=date(2026, 3, 6))
    )

    assert (await device(world, "170077")).custody.since == date(2026, 3, 4)
    assert (await device(world, "170077")).claim is None
    assert (await world.row(HoldRow, transfer_id())).status == "ended"
    await assert_rows_are_folds(world)
