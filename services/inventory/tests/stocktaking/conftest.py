"""The world that tests of stocktakings begin in."""

from collections.abc import AsyncIterator

import pytest
from inventory.app import service
from kvitt_contracts.policy import Policies
from kvitt_testkit.world import Given, World, assert_rows_are_folds

from contracts.tests.builders.orders import (
    a_person_registered,
)
from contracts.tests.builders.regions import (
    a_balance_stated,
    a_store_stated,
    rollators_received,
    the_catalogue,
    the_stores,
)
from contracts.tests.builders.story import (
    CUSHION,
    OWN,
)
from services.inventory.tests.stocktaking.rounds import (
    INVESTIGATION,
    MONDAY,
    ONE,
    THREE,
    TWO,
    assert_shelves_have_their_devices,
    the_users,
)
from services.inventory.tests.worlds import counted_yearly


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A unit's store with three rollators and five cushions."""
    async with given(service, at=MONDAY) as world:
        await the_users(world)
        await world.handle_all(
            *the_stores(),
            a_store_stated(INVESTIGATION, "investigation"),
            *the_catalogue(),
            a_person_registered(),
            rollators_received(ONE, TWO, THREE),
            a_balance_stated(CUSHION, 5, store=OWN),
        )
        yield world
        await assert_rows_are_folds(world)
        await assert_shelves_have_their_devices(world)


@pytest.fixture
def yearly(policies: Policies) -> Policies:
    """The region counts its stores in November and tells them thirty days ahead."""
    return counted_yearly(policies)
