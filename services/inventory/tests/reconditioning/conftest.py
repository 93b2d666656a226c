"""The world of the device service's workshop."""

from collections.abc import AsyncIterator

import pytest
from inventory.app import service
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import Role
from kvitt_testkit.world import Given, World, stockholm

from contracts.tests.builders.orders import (
    a_customer_registered,
    a_person_registered,
)
from contracts.tests.builders.regions import (
    a_device_on_loan_stated,
    a_store_stated,
    the_catalogue,
    the_stores,
)
from contracts.tests.builders.story import (
    OWN,
    SENDER,
    SENDING,
    SERVICE,
)
from services.inventory.tests.worlds import made_fit


@pytest.fixture
async def world(given: Given, policies: Policies) -> AsyncIterator[World]:
    """Two rollators of SENDER's unit on loan since the 2nd; their region makes what comes back fit
    again. It is the 20th.
    """
    async with given(
        service, at=stockholm("2026-03-02 08:00"), policies=made_fit(policies)
    ) as world:
        await world.handle_all(*the_stores(), a_store_stated("900", "investigation"))
        await world.handle_all(*the_catalogue(), a_person_registered())
        await world.handle_all(
            a_customer_registered(SENDING, store=OWN),
            a_device_on_loan_stated("170098", customer_id=SENDING),
            a_device_on_loan_stated("170099", customer_id=SENDING),
        )
        await world.register(SENDER, roles=(Role.PRESCRIBER,), service_points=[SENDING])
        await world.register(SERVICE)
        await world.advance(stockholm("2026-03-20 08:00"))
        yield world
