from collections.abc import Callable
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from orders.app import service
from sqlalchemy import create_engine


def test_the_migrated_schema_is_what_the_tables_declare(
    service_database: Callable[[str], Any],
) -> None:
    urls = service_database("orders")
    engine = create_engine(urls.owner.replace("+asyncpg", "+psycopg"))
    own = set(service.base.metadata.tables)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_name": lambda name, kind, parents: kind != "table" or name in own,
            },
        )
        differences = compare_metadata(context, service.base.metadata)
    engine.dispose()

    assert differences == []
