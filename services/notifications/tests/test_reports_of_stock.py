"""What the region's own system hears of what its stores have, on a real database."""

from uuid import UUID

import pytest
from kvitt_contracts.regions import StockReported
from kvitt_testkit.world import Given, assert_rows_are_folds
from notifications.app import service

from contracts.tests.builders.stock import a_stock_moved
from services.notifications.tests.worlds import AT

BALANCE = UUID("d033b82f-7586-5fc9-a81a-b63e5023700c")


@pytest.mark.rule("NTF-4c")
async def test_the_region_hears_what_there_is_after_each_move(given: Given) -> None:
    moves = (
        a_stock_moved(),
        a_stock_moved("reserved", available=-2, reserved=2),
        a_stock_moved("dispatched", available=0, reserved=-2),
    )
    async with given(service, at=AT) as world:
        for move in moves:
            await world.handle(move, subject=str(BALANCE))
        told = await world.events(StockReported, key=BALANCE)

        assert [(one.available, one.reserved) for one in told] == [(3, 0), (1, 2), (1, 0)]
        assert [one.status for one in told] == ["received", "reserved", "dispatched"]
        await assert_rows_are_folds(world)
