import asyncio
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from kvitt.local.databases import DatabaseUrls
from kvitt_testkit.platform import Platform

from chassis.tests.outbox_parts import SERVICE, migrate

pytestmark = pytest.mark.long(seconds=10)

_ENV = "from kvitt_chassis.migrations import run_env\n\nrun_env()\n"
_FIRST = '''
"""The first tables."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import create_chassis_tables, guard_regions

revision = "0001"
down_revision = None


def upgrade():
    create_chassis_tables(op, "notifications")
    op.create_table(
        "letters",
        sa.Column("region", sa.Text, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
    )
    guard_regions(op, "notifications")
'''


@pytest.fixture
def urls(platform: Platform) -> Iterator[DatabaseUrls]:
    prefix = f"t{uuid4().hex[:8]}_"
    yield platform.database(SERVICE, prefix, migrate=False)
    platform.drop_database(SERVICE, prefix)


@pytest.fixture
def job(tmp_path: Path) -> Path:
    """A service `lettering` in a folder of its own, with one migration."""
    (tmp_path / "lettering").mkdir()
    (tmp_path / "lettering" / "__init__.py").write_text('"""A service."""\n')
    versions = tmp_path / "migrations" / "versions"
    versions.mkdir(parents=True)
    (tmp_path / "migrations" / "env.py").write_text(_ENV)
    (versions / "0001_first.py").write_text(_FIRST)
    return tmp_path


async def run(job: Path, *arguments: str, **environment: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "kvitt_chassis.migrate",
        *arguments,
        env={**os.environ, "PYTHONPATH": str(job), **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


async def test_the_job_makes_the_tables_and_a_second_run_changes_nothing(
    urls: DatabaseUrls, job: Path
) -> None:
    for _ in range(2):
        code, said = await run(job, "lettering", KVITT_DATABASE_OWNER_URL=urls.owner)
        assert code == 0, said

    with psycopg.connect(urls.libpq(urls.owner)) as connection:
        found = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relrowsecurity "
            "AND relforcerowsecurity AND relnamespace = 'public'::regnamespace"
        ).fetchall()
    assert {"events", "timers", "letters"} <= {name for (name,) in found}


async def test_a_migration_waits_two_seconds_for_a_lock_and_then_leaves_all_as_it_was(
    urls: DatabaseUrls, job: Path
) -> None:
    await run(job, "lettering", KVITT_DATABASE_OWNER_URL=urls.owner)
    second = job / "migrations" / "versions" / "0002_second.py"
    second.write_text(
        'from alembic import op\nimport sqlalchemy as sa\nrevision = "0002"\n'
        'down_revision = "0001"\n\n\ndef upgrade():\n'
        '    op.create_table("more", sa.Column("id", sa.Uuid))\n'
        '    op.add_column("letters", sa.Column("read", sa.Boolean))\n'
    )
    with psycopg.connect(urls.libpq(urls.worker)) as busy:
        busy.execute("SELECT * FROM letters")
        code, said = await run(job, "lettering", KVITT_DATABASE_OWNER_URL=urls.owner)
        found = busy.execute("SELECT to_regclass('more')").fetchone()

    assert code != 0
    assert "lock timeout" in said
    assert found == (None,)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ((), "usage"),
        (("nobody",), "no migrations of a service called nobody"),
        (("lettering",), "OWNER_URL"),
    ],
)
async def test_the_job_says_what_is_missing(
    job: Path, arguments: tuple[str, ...], problem: str
) -> None:
    code, said = await run(job, *arguments)
    assert code != 0
    assert problem in said


def test_every_table_with_a_region_is_guarded(urls: DatabaseUrls) -> None:
    migrate(urls)
    with psycopg.connect(urls.libpq(urls.owner)) as connection:
        unguarded = connection.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
            "WHERE a.attname = 'region' AND c.relkind = 'r' AND NOT c.relforcerowsecurity "
            "AND c.relnamespace = 'public'::regnamespace"
        ).fetchall()
    assert unguarded == []


@pytest.mark.parametrize("role", ["api", "worker"])
def test_no_role_of_a_running_service_may_change_a_table(urls: DatabaseUrls, role: str) -> None:
    migrate(urls)
    with (
        psycopg.connect(urls.libpq(getattr(urls, role))) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("ALTER TABLE events ADD COLUMN more text")
