"""The migrated schema is what the metadata says."""

from collections.abc import Callable

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from billing.app import service
from kvitt_testkit.world import ServiceUrls
from sqlalchemy import create_engine


def test_the_migrated_tables_are_those_of_the_metadata(
    service_database: Callable[[str], ServiceUrls],
) -> None:
    url = service_database("billing").owner.replace("+asyncpg", "+psycopg")
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": _is_ours})
        assert compare_metadata(context, service.base.metadata) == []
    engine.dispose()


def _is_ours(thing: object, name: str | None, kind: str, *_: object) -> bool:
    """The chassis's own tables are no part of the service's metadata."""
    return kind != "table" or name in service.base.metadata.tables
