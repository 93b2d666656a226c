"""What was compiled for one test's service serves the next, at the database of that."""

from bmb.app import service
from kvitt_testkit.platform import Platform
from kvitt_testkit.world import Given, World
from sqlalchemy import text


async def database_of(world: World) -> str:
    """The database that it is connected to."""
    async with world.worker.reading() as session:
        return str(await session.scalar(text("SELECT current_database()")))


async def test_the_next_test_has_the_engine_at_its_own_database(
    given: Given, platform: Platform, prefix: str
) -> None:
    engines, databases = [], []
    for name in ("one", "other"):
        async with given(service, urls=platform.database("bmb", f"{prefix}{name}_")) as world:
            engines.append(world.worker.engine)
            databases.append(await database_of(world))

    assert engines[0] is engines[1]
    assert [name.startswith(prefix) for name in databases] == [True, True]
    assert databases[0] != databases[1]


async def test_two_at_once_have_an_engine_each(given: Given) -> None:
    async with given(service) as one, given(service) as other:
        assert one.worker.engine is not other.worker.engine
        assert await database_of(one) == await database_of(other)
