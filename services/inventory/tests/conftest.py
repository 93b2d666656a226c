"""The world that most tests of inventory begin in."""

from collections.abc import AsyncIterator

import pytest
from inventory.app import service
from kvitt_testkit.world import Given, World, stockholm

from contracts.tests.builders.orders import a_person_registered
from contracts.tests.builders.regions import the_catalogue, the_stores


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """The catalogue, the stores and a patient, on a Monday."""
    async with given(service, at=stockholm("2026-03-02 08:00")) as world:
        await world.handle_all(*the_stores(), *the_catalogue(), a_person_registered())
        yield world
