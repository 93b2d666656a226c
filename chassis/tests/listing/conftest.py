"""Letters that are written over HTTP, and papers that stand in their table."""

from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest
from kvitt_testkit.world import World
from sqlalchemy import text

from chassis.tests.listing.papers import READERS, put


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx.AsyncClient]:
    async with world.http() as client:
        for reader in READERS:
            await client.post("/letters", json={"reader": reader, "about": str(uuid4())})
        async with world.http(region="bd") as other:
            await other.post("/letters", json={"reader": "zoe", "about": str(uuid4())})
        yield client


@pytest.fixture
async def papers(world: World) -> World:
    """60 papers: a third without a day, the others three to a day."""
    async with world.worker.autocommit() as connection:
        await connection.execute(text("DELETE FROM papers"))
    await put(world, *range(60))
    return world
