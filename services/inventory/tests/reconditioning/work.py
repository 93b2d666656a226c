"""What has come back to the device service, and the work on it, as the tests tell and see it."""

from inventory.reconditionings.models import ReconditioningRow
from inventory.stock.models import BalanceRow
from kvitt_testkit.reconciled import found_by
from kvitt_testkit.world import World, assert_rows_are_folds

from contracts.tests.builders.regions import (
    a_device_returned,
    a_reconditioning,
)
from contracts.tests.builders.story import (
    CENTRAL,
    ROLLATOR,
    device_id,
)

CHECKS = ("balances", "claims", "custody", "reconditioning", "reserved", "places")


async def made_fit_of(world: World, number: str = ROLLATOR) -> int:
    """How many of an article are in reconditioning in the central store."""
    rows = [one for one in await world.rows(BalanceRow) if one.store == CENTRAL]
    return sum(one.in_reconditioning for one in rows if one.article_number == number)


async def work_on(world: World, number: str = "170098") -> ReconditioningRow:
    """The last reconditioning of a device."""
    rows = await world.rows(ReconditioningRow)
    return max(
        (one for one in rows if one.device_id == device_id(number)), key=lambda one: one.opened_at
    )


async def assert_nothing_differs(world: World) -> None:
    """The tables are the folds of the events, and the night's comparisons find nothing."""
    await assert_rows_are_folds(world)
    for check in CHECKS:
        assert await found_by(world, check) == [], check


BACK = a_device_returned("170098", store=CENTRAL, on="2026-03-18")
INSPECTED = a_reconditioning(on="2026-03-19")
CLEANED = a_reconditioning(stage="cleaned", on="2026-03-19")
APPROVED = a_reconditioning(stage="approved", on="2026-03-20")
SCRAPPED = a_reconditioning(stage="scrapped", on="2026-03-20", reason="PARTS_MISSING")
