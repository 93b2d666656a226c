"""INV-13 on real PostgreSQL: what happens to a device and its return while it is made fit again."""

from datetime import date

import pytest
from inventory.devices.domain import DeviceStatus
from inventory.reconditionings.domain import Status
from inventory.stock.models import StockMoveRow
from kvitt_contracts.inventory import (
    CustodyChanged,
    OpenStocktaking,
    PostStocktaking,
    ReconditioningBroken,
    ReconditioningOpened,
    StocktakingPosted,
)
from kvitt_contracts.types import StoreId, UserId
from kvitt_testkit.reconciled import found_by
from kvitt_testkit.world import World, assert_rows_are_folds, stockholm

from contracts.tests.builders.bmb import (
    a_transfer_accepted,
    a_transfer_requested,
)
from contracts.tests.builders.orders import (
    a_line,
    an_order_placed,
)
from contracts.tests.builders.regions import (
    a_balance_stated,
    a_condition,
    a_damage,
    a_device_returned,
    a_dispatch,
    a_goods_return_stated,
    a_reconditioning,
    a_sent_line,
    a_shelf_counted,
)
from contracts.tests.builders.story import (
    CENTRAL,
    CUSHION,
    ROLLATOR,
    SERVICE,
)
from services.inventory.tests.reconditioning.work import (
    APPROVED,
    BACK,
    CLEANED,
    INSPECTED,
    assert_nothing_differs,
    made_fit_of,
    work_on,
)
from services.inventory.tests.worlds import balance, device, refusal


@pytest.mark.rule("INV-13h")
async def test_a_device_that_is_lost_meanwhile_leaves_it(world: World) -> None:
    await world.handle_all(BACK, INSPECTED)

    await world.handle(a_damage("170098", "lost", happened_on="2026-03-19", by=SERVICE))

    (broken,) = await world.events(ReconditioningBroken)
    assert broken.reason == "LOST"
    assert (await work_on(world)).status is Status.BROKEN
    assert await made_fit_of(world) == 0
    assert await balance(world, ROLLATOR, "900") == (0, 1, 0)
    refused = await refusal(world.handle(CLEANED))
    assert (refused.reason, refused.rule) == ("RECONDITIONING_ENDED", "INV-13")
    await assert_nothing_differs(world)


@pytest.mark.rule("INV-13h")
async def test_a_corrected_day_of_the_return_moves_the_work_and_not_behind_what_was_done(
    world: World,
) -> None:
    await world.handle_all(BACK, INSPECTED)

    await world.handle(a_device_returned("170098", store=CENTRAL, on="2026-03-10"))

    row = await work_on(world)
    assert (row.opened_on, row.status) == (date(2026, 3, 10), Status.OPEN)
    assert (await device(world)).claim is not None
    moves = [one for one in await world.rows(StockMoveRow) if one.in_reconditioning]
    assert sorted((one.moved_on.day, one.in_reconditioning) for one in moves) == [
        (10, 1),
        (18, -1),
        (18, 1),
    ]
    await assert_nothing_differs(world)
    late = a_device_returned("170098", store=CENTRAL, on="2026-03-20")
    refused = await refusal(world.handle(late))
    assert (refused.reason, refused.rule) == ("RETURNED_AFTER_RECONDITIONING", "PHY-1")


@pytest.mark.rule("INV-13h", "PHY-1a")
async def test_a_late_return_takes_back_what_was_decided_and_opens_the_work(world: World) -> None:
    await world.handle_all(
        a_transfer_requested("170098"), a_transfer_accepted("170098", effective_on="2026-03-05")
    )

    await world.handle(a_device_returned("170098", store=CENTRAL, on="2026-03-04"))

    changed = await world.events(CustodyChanged)
    assert [one.custody.since.day for one in changed[-2:]] == [4, 5]
    row = await device(world)
    assert (row.state().store, row.custody.payer_id) == (CENTRAL, None)
    assert (await work_on(world)).opened_on == date(2026, 3, 4)
    assert await made_fit_of(world) == 1
    await assert_rows_are_folds(world)
    assert await found_by(world, "reconditioning") == []


@pytest.mark.rule("INV-10d")
async def test_what_is_in_the_workshop_is_not_missing_from_the_shelf(world: World) -> None:
    staff, store = UserId(SERVICE), StoreId(CENTRAL)
    await world.handle_all(BACK, a_device_returned("170099", store=CENTRAL, on="2026-03-18"))
    for stage in ("inspected", "cleaned", "approved"):
        await world.handle(a_reconditioning("170099", stage, on="2026-03-20"))
    await world.handle(OpenStocktaking(store=store, by=staff), subject=CENTRAL)
    await world.advance(stockholm("2026-03-20 10:00"))
    counted = a_shelf_counted(
        (ROLLATOR, 1, ("170099",)), store=CENTRAL, at=await world.now(), by=SERVICE
    )
    await world.handle(counted)
    await world.handle_all(INSPECTED, CLEANED, APPROVED)  # on the shelf since it was counted

    await world.handle(PostStocktaking(store=store, by=staff), subject=CENTRAL)

    (posted,) = await world.events(StocktakingPosted)
    assert (posted.differences, posted.missing) == ((), 0)
    assert await balance(world, ROLLATOR) == (2, 0, 0)


@pytest.mark.rule("INV-13a", "INV-15g")
async def test_what_a_region_states_is_scrapped_leaves_the_workshop(world: World) -> None:
    await world.handle_all(BACK, INSPECTED)

    await world.handle(a_condition("170098", "scrapped", on="2026-03-20"))

    assert (await device(world, "170098")).status is DeviceStatus.SCRAPPED
    assert (await work_on(world)).status is Status.BROKEN
    assert await made_fit_of(world) == 0
    assert await balance(world, ROLLATOR) == (0, 0, 0)
    await assert_nothing_differs(world)


@pytest.mark.rule("INV-13a", "INV-7e")
async def test_unmarked_goods_that_a_region_states_are_back_are_made_fit_again(
    world: World,
) -> None:
    await world.handle_all(
        a_balance_stated(CUSHION, 3, store=CENTRAL),
        an_order_placed(a_line(CUSHION, 3)),
        a_dispatch(a_sent_line(1, 3)),
    )
    await world.advance(stockholm("2026-03-24 08:00"))
    back = a_goods_return_stated(quantity=2, store=CENTRAL, on="2026-03-24")

    await world.handle(back, subject="R-7")

    (opened,) = await world.events(ReconditioningOpened)
    assert (opened.article_number, opened.quantity, opened.device_id) == (CUSHION, 2, None)
    assert await made_fit_of(world, CUSHION) == 2
    assert await balance(world, CUSHION) == (0, 0, 0)
    await assert_nothing_differs(world)
