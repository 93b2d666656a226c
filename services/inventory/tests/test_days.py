"""The days of a region: closed one after the other, with an exact count (architecture §6)."""

from datetime import date

import pytest
from inventory.app import service
from inventory.days.models import DaysRow
from kvitt_contracts.inventory import CustodyChanged, DayClosed, DeviceStatedOnLoan
from kvitt_contracts.types import identify
from kvitt_testkit.world import REGION, World, assert_rows_are_folds, stockholm

from contracts.tests.builders.bmb import a_transfer_accepted, a_transfer_requested
from contracts.tests.builders.regions import (
    a_device_on_loan_stated,
    a_device_returned,
    a_store_stated,
    rollators_received,
)
from contracts.tests.builders.story import transfer_id


async def closed(world: World) -> list[tuple[int, int]]:
    """The closed days with their counts."""
    return [
        (event.day.day, event.custody_changes_so_far) for event in await world.events(DayClosed)
    ]


async def test_each_day_from_the_first_message_on_is_closed_at_midnight(world: World) -> None:
    await world.advance(stockholm("2026-03-02 23:59"))
    assert await closed(world) == []

    await world.advance(stockholm("2026-03-05 00:00"))

    assert await closed(world) == [(2, 0), (3, 0), (4, 0)]
    row = await world.row(DaysRow, identify("ac", "region", "ac"))
    assert row.closed == date(2026, 3, 4)
    await assert_rows_are_folds(world)


async def test_days_that_passed_while_nobody_worked_are_closed_one_by_one(world: World) -> None:
    await world._set_time(stockholm("2026-03-06 12:00"))

    await world.fire_timers()

    assert await closed(world) == [(2, 0), (3, 0), (4, 0), (5, 0)]


async def test_custody_changes_are_counted_with_old_loans_and_without_registrations(
    world: World,
) -> None:
    await world.handle_all(a_device_on_loan_stated("170098"), rollators_received("170077"))
    await world.handle(a_device_returned("170098", on=date(2026, 3, 2)))
    await world.advance(stockholm("2026-03-03 00:00"))
    await world.handle(a_device_on_loan_stated("170099"))
    await world.advance(stockholm("2026-03-04 00:00"))

    said = await world.events(CustodyChanged, DeviceStatedOnLoan)
    assert await closed(world) == [(2, 2), (3, 3)]
    assert len(said) == 3


async def test_what_is_due_by_the_end_of_the_day_takes_effect_before_it_is_closed(
    world: World,
) -> None:
    days = identify("ac", "region", "ac")
    # timers of one instant fire in the order of their keys: this one comes after the day's end
    last = next(f"BMB-{n}" for n in range(100) if transfer_id(f"BMB-{n}") > days)
    await world.handle(a_device_on_loan_stated())
    await world.handle_all(
        a_transfer_requested(transfer=last),
        a_transfer_accepted(transfer=last, effective_on=date(2026, 3, 3)),
    )

    await world._set_time(stockholm("2026-03-03 00:00"))
    await world.fire_timers()

    assert await closed(world) == [(2, 2)]


async def test_each_region_has_its_own_days(world: World) -> None:
    await world.handle(a_device_on_loan_stated())
    await world.advance(stockholm("2026-03-03 08:00"))
    await world.handle(a_store_stated(), region="bd")

    await world.advance(stockholm("2026-03-04 00:00"))

    days = await world.rows(DaysRow)
    counts = {str(row.region): row.custody_changes_so_far for row in days}
    assert counts == {"ac": 1, "bd": 0}
    of_bd = await world.events(DayClosed, key=identify("bd", "region", "bd"))
    assert [event.day for event in of_bd] == [date(2026, 3, 3)]


async def test_a_change_that_is_rolled_back_is_not_counted(world: World) -> None:
    await world.handle(a_device_on_loan_stated())

    class StoppedError(Exception):
        pass

    async def handle_then_stop() -> None:
        async with world.worker.unit() as unit:
            tx = unit.begin(region=REGION)
            await service.handlers.messages[type(a_device_returned())].handler(
                a_device_returned(), tx
            )
            raise StoppedError

    with pytest.raises(StoppedError):
        await handle_then_stop()
    await world.advance(stockholm("2026-03-03 00:00"))

    assert await closed(world) == [(2, 1)]
