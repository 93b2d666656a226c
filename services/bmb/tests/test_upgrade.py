"""What a migration does with rows of an earlier release."""

import pytest
from bmb.models import TransferRow
from kvitt_testkit.upgrades import migration
from kvitt_testkit.world import assert_rows_are_folds
from sqlalchemy import text

from contracts.tests.builders.inventory import (
    a_device_stated_on_loan,
    a_hold_broken,
    a_hold_granted,
)
from contracts.tests.builders.story import device_id, transfer_id
from services.bmb.tests.worlds import Registered, a_save, registered

__all__ = ["registered"]


@pytest.mark.rule("BMB-12h")
async def test_what_dropped_out_before_the_upgrade_is_known_after_it(
    registered: Registered,
) -> None:
    async with registered() as world:
        await world.handle(a_device_stated_on_loan("157792"))
        await world.handle(a_save(devices=("170098", "157792")), subject="BMB-1")
        await world.handle_all(a_hold_granted("170098", "157792"), a_hold_broken("157792"))
        await world.handle(a_save(), subject="BMB-2")
        async with world.worker.unit() as unit:
            await unit.session.execute(text("UPDATE transfers SET dropped = '[]'"))

        async with world.worker.unit() as unit:
            await unit.session.execute(text(migration("bmb", "0008").DROPPED))

        assert (await world.row(TransferRow, transfer_id())).dropped == (device_id("157792"),)
        assert (await world.row(TransferRow, transfer_id("BMB-2"))).dropped == ()
        await assert_rows_are_folds(world)
