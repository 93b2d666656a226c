import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import asyncpg
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from kvitt_chassis.migrations import OWNER_URL
from orders.app import service
from sqlalchemy import create_engine

BEFORE_ITS_SEARCH = (
    "UPDATE alembic_version SET version_num = '0041'",
    "CREATE INDEX ix_orders_lines ON orders USING gin (lines)",
    "DROP TRIGGER note_articles ON orders",
    "DROP FUNCTION note_articles",
    "DROP TABLE order_articles",
)
"""A database as it was before 0043, but for its new indexes."""


def migrate(owner: str) -> subprocess.CompletedProcess[str]:
    """Run the job that migrates orders."""
    return subprocess.run(
        [sys.executable, "-m", "kvitt_chassis.migrate", "orders"],
        env={**os.environ, OWNER_URL: owner},
        capture_output=True,
        text=True,
        check=False,
    )


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


async def test_a_job_that_gave_up_on_a_locked_table_is_run_again(
    service_database: Callable[[str], Any],
) -> None:
    owner = service_database("orders").owner
    connection = await asyncpg.connect(owner.replace("+asyncpg", ""))
    try:
        for statement in BEFORE_ITS_SEARCH:
            await connection.execute(statement)
        async with connection.transaction():
            await connection.execute("SELECT FROM orders")  # somebody reads, and goes on
            gave_up = migrate(owner)
        done = migrate(owner)
        articles = await connection.fetchval("SELECT count(*) FROM order_articles")
    finally:
        await connection.close()

    assert "lock timeout" in gave_up.stderr
    assert done.returncode == 0, done.stderr
    assert articles == 0
