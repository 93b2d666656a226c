"""The outbox of a service of these tests' own."""

from collections.abc import AsyncIterator

import pytest
from kvitt_chassis import failpoints
from kvitt_testkit.platform import Platform

from chassis.tests.outbox_parts import (
    Log,
    a_log,
)


@pytest.fixture
async def log(platform: Platform) -> AsyncIterator[Log]:
    async with a_log(platform) as made:
        yield made
    failpoints.disarm()
