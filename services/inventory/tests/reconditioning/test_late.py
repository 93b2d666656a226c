"""INV-13i on real PostgreSQL: what the device service has not made fit in time is told, once each
time that it becomes late.
"""

from datetime import date

import pytest
from inventory.reconditionings.domain import Reconditioning, Status, is_told, tell_late
from kvitt_contracts.inventory import ReconditioningOverdue
from kvitt_contracts.types import ArticleNumber, Quantity, ReconditioningId, StoreId
from kvitt_testkit.world import World, stockholm

from contracts.tests.builders.regions import a_device_returned, a_reconditioning
from contracts.tests.builders.story import CENTRAL, ROLLATOR, device_id
from services.inventory.tests.reconditioning.work import BACK, assert_nothing_differs, work_on

WORK = ReconditioningId(device_id())
"""Any id."""


async def told(world: World) -> list[tuple[ReconditioningId, date]]:
    """Which work is told to be late, since when."""
    events = await world.events(ReconditioningOverdue)
    return [(one.reconditioning_id, one.overdue_on) for one in events]


@pytest.mark.rule("INV-13i")
async def test_what_is_not_over_in_time_is_told_once_and_what_is_over_never(world: World) -> None:
    other = "170099"
    await world.handle_all(BACK, a_device_returned(other, store=CENTRAL, on="2026-03-18"))
    for step in ("inspected", "cleaned", "approved"):
        await world.handle(a_reconditioning(other, step, on="2026-03-20"))
    await world.advance(stockholm("2026-03-31 23:59"))
    assert await told(world) == []

    await world.advance(stockholm("2026-04-01 00:01"))
    late = [((await work_on(world)).id, date(2026, 4, 1))]
    assert await told(world) == late

    await world.advance(stockholm("2026-04-28 08:00"))
    assert await told(world) == late
    await assert_nothing_differs(world)


@pytest.mark.rule("INV-13i")
async def test_a_corrected_return_moves_the_day_and_makes_no_second_lateness(
    world: World,
) -> None:
    await world.handle(BACK)
    await world.handle(a_device_returned("170098", store=CENTRAL, on="2026-03-16"))
    await world.advance(stockholm("2026-03-30 00:01"))
    late = [((await work_on(world)).id, date(2026, 3, 30))]
    assert await told(world) == late

    await world.handle(a_device_returned("170098", store=CENTRAL, on="2026-03-14"))
    await world.advance(stockholm("2026-04-20 08:00"))

    assert await told(world) == late
    await assert_nothing_differs(world)


# -- the rule ------------------------------------------------------------------------------------


def a_work(**changes: object) -> Reconditioning:
    """A rollator that came back on 2 March: late from the 16th on."""
    values = {
        "article_number": ArticleNumber(ROLLATOR),
        "quantity": Quantity(1),
        "store": StoreId(CENTRAL),
        "opened_on": date(2026, 3, 2),
    }
    return Reconditioning(**{**values, **changes})  # type: ignore[arg-type]


@pytest.mark.rule("INV-13g", "INV-13i")
def test_it_is_late_from_the_fourteenth_day_on_while_it_is_open_and_untold() -> None:
    before, due = date(2026, 3, 15), date(2026, 3, 16)
    (late,) = tell_late(WORK, a_work(), today=due)

    assert late.overdue_on == due
    assert tell_late(WORK, a_work(), today=before) == ()
    assert tell_late(WORK, a_work(overdue_on=due), today=due) == ()
    for over in (Status.APPROVED, Status.SCRAPPED, Status.BROKEN):
        assert tell_late(WORK, a_work(status=over), today=due) == ()


@pytest.mark.rule("INV-13i")
def test_it_is_another_lateness_when_it_was_not_late_meanwhile() -> None:
    moved = a_work(opened_on=date(2026, 3, 10), overdue_on=date(2026, 3, 16))

    assert not is_told(a_work(), today=date(2026, 3, 20))
    assert not is_told(moved, today=date(2026, 3, 20))  # not late yet: told again on the 24th
    assert is_told(moved, today=date(2026, 3, 24))
    (again,) = tell_late(WORK, moved, today=date(2026, 3, 24))
    assert again.overdue_on == date(2026, 3, 24)
