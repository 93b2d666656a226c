"""Every world of notifications knows the builders' patients: what is told of them waits for how
their region names them.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from kvitt_chassis.service import Service
from kvitt_testkit.world import Given, World

from contracts.tests.builders.orders import a_person_registered
from contracts.tests.builders.story import OTHER_PATIENT, PATIENT

REGIONS = ("ac", "bd", "m", "w")


@pytest.fixture
def given(given: Given) -> Given:
    """As the testkit's, with two patients in each region."""

    @asynccontextmanager
    async def make(service: Service, **said: Any) -> AsyncIterator[World]:
        async with given(service, **said) as world:
            for region in REGIONS:
                both = (a_person_registered(one) for one in (PATIENT, OTHER_PATIENT))
                await world.handle_all(*both, region=region)
            yield world

    return make
