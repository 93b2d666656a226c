"""A unit's store that is counted: what is there, and each step of a round."""

from collections import Counter
from datetime import date, datetime, timedelta

from inventory.devices.models import DeviceRow
from inventory.stock.models import BalanceRow
from kvitt_contracts.inventory import (
    FindDevice,
    OpenStocktaking,
    PostStocktaking,
    StocktakingPosted,
)
from kvitt_contracts.types import (
    DeviceNumber,
    Role,
    StoreId,
    UserId,
)
from kvitt_testkit.world import World, stockholm

from contracts.tests.builders.regions import (
    a_shelf_counted,
)
from contracts.tests.builders.story import (
    OWN,
    ROLLATOR,
    SENDER,
    SENDING,
    SERVICE,
)

INVESTIGATION = "900"


ONE, TWO, THREE = "170001", "170002", "170003"


MONDAY = stockholm("2026-03-02 08:00")


async def the_users(world: World) -> None:
    """Who counts at the unit, and customer service."""
    await world.register(SENDER, roles=(Role.PRESCRIBER,), service_points=[SENDING])
    await world.register(SERVICE, roles=(Role.CUSTOMER_SERVICE,))


async def assert_shelves_have_their_devices(world: World) -> None:
    """No balance is below zero, and a marked article's is the number of its devices there."""
    there = Counter(
        (row.holder_key, row.article_number)
        for row in await world.rows(DeviceRow)
        if row.holder_kind == "store"
    )
    for row in await world.rows(BalanceRow):
        assert min(row.available, row.reserved, row.on_order) >= 0
        if row.article_number == ROLLATOR:
            assert row.available + row.reserved == there[row.store, row.article_number]


async def later(world: World, **ahead: float) -> datetime:
    """The instant that it is when some time has gone by."""
    await world.advance(await world.now() + timedelta(**(ahead or {"minutes": 1})))
    return await world.now()


async def opened(world: World, store: str = OWN) -> None:
    """The store is being counted."""
    by = UserId(SENDER if store == OWN else SERVICE)
    await world.handle(OpenStocktaking(store=StoreId(store), by=by), subject=store)
    await later(world)


async def counted(world: World, *lines: tuple[str, int, tuple[str, ...]]) -> None:
    """These lines were counted a moment ago."""
    await world.handle(a_shelf_counted(*lines, at=await world.now()))
    await later(world)


def posting(store: str = OWN) -> PostStocktaking:
    """Customer service posts."""
    return PostStocktaking(store=StoreId(store), by=UserId(SERVICE))


async def posted(world: World) -> StocktakingPosted:
    """The differences are posted."""
    await world.handle(posting(), subject=OWN)
    return (await world.events(StocktakingPosted))[-1]


def finding(number: str = THREE, *, on: date = date(2026, 3, 2), store: str = OWN) -> FindDevice:
    """A missing device is found."""
    return FindDevice(
        device_number=DeviceNumber(number),
        store=StoreId(store),
        found_on=on,
        by=UserId(SERVICE),
        asked_by=UserId(SENDER),
    )
