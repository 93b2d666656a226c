"""What a service's Alembic migrations call: the chassis tables, the guard of regions, the
environment.

A service's first migration: `create_chassis_tables(op, "bmb")`, its own `op.create_table(…)`, and
last `guard_regions(op, "bmb")`. Its `migrations/env.py` is `from kvitt_chassis.migrations import
run_env` and `run_env()`. Never run at import of a service; `python -m kvitt_chassis.migrate
<service>` is the job.
"""

import importlib
import importlib.util
from pathlib import Path
from typing import Annotated, Any, Self

from alembic import context
from pydantic import Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict
from sqlalchemy import (
    Boolean,
    Column,
    MetaData,
    PrimaryKeyConstraint,
    Text,
    create_engine,
    pool,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from kvitt_chassis import key_digests
from kvitt_chassis.consuming import marks, parking, passing
from kvitt_chassis.evidence.tables import Log, thinning
from kvitt_chassis.profiles import Profile, faults_of_database
from kvitt_chassis.secret_files import Replaced
from kvitt_chassis.settings import FromFiles

OWNER_URL = "KVITT_DATABASE_OWNER_URL"


class Owner(FromFiles):
    """`KVITT_DATABASE_OWNER_URL`: the database to migrate, as its owner."""

    model_config = SettingsConfigDict(env_prefix="KVITT_", extra="ignore", frozen=True)

    database_owner_url: Annotated[SecretStr, Field(min_length=1), Replaced.AT_THE_NEXT_RUN]
    profile: Profile = Profile.PRODUCTION

    @model_validator(mode="after")
    def _suits_its_profile(self) -> Self:
        url = self.database_owner_url.get_secret_value()
        faults = faults_of_database(self.profile, OWNER_URL, url, parameter="sslmode")
        if told := "; ".join(faults):
            raise ValueError(told)
        return self


_PARTS = {
    "outbox": "relaying.outbox",
    "timers": "consuming.timers",
    "clock": "operating.clock",
    "marks": "consuming.marks",
    "parking": "consuming.parking",
    "mass_retries": "consuming.mass_retries",
    "proposed_acts": "operating.proposals",
    "pauses": "consuming.pauses",
    "positions": "consuming.positions",
    "refusals": "consuming.refusals",
    "audit": "operating.audit",
    "log_links": "evidence.tables",
    "idempotency": "web.idempotency",
    "policies": "policies",
}
"""Parts of the chassis with tables of their own, by the name that migrations call them, and the
module of each: it has `DDL`, a tuple of statements, in which `{owner}`, `{api}` and `{worker}`
stand for the roles. By default api and worker may read and write a new table.
"""

_OF_THE_INBOX = ("clock", "marks", "parking", "pauses", "positions")


# decision 0211: migrations travel in the service's wheel
def folder(service: str) -> Path | None:
    """The directory of the service's migrations: inside its package where it was installed from a
    wheel, beside it in a work tree; None when it has none.
    """
    found = importlib.util.find_spec(service)
    if found is None or found.origin is None:
        return None
    package = Path(found.origin).parent
    places = (package / "migrations", package.parent / "migrations")
    return next((place for place in places if (place / "env.py").exists()), None)


def create_chassis_tables(op: Any, service: str) -> None:
    """Create every chassis table with its grants, and the functions. `op` is Alembic's."""
    for part in _PARTS:
        _create_tables_of(part, op, service)
    create_chassis_functions(op)


def create_inbox_tables(op: Any) -> None:
    """Create what the inbox alone needs, in the database of a subscriber, which has one user;
    without effect where it is there. `op` is Alembic's.
    """
    if op.get_bind().execute(text("SELECT to_regclass('marks')")).scalar() is not None:
        return
    for part in _OF_THE_INBOX:
        for statement in importlib.import_module(f"kvitt_chassis.{_PARTS[part]}").DDL:
            if not statement.startswith("REVOKE"):
                op.get_bind().exec_driver_sql(statement)
    create_chassis_functions(op)


def add_chassis_tables(op: Any, service: str, part: str) -> None:
    """Create the tables of a chassis module that a release is the first to have, where they are
    not there yet: a new database has them from its first migration.
    """
    there = op.get_bind().execute(text("SELECT to_regclass(:name)"), {"name": part}).scalar()
    if there is None:
        _create_tables_of(part, op, service)


def change_chassis_tables(op: Any, service: str, *parts: str) -> None:
    """Give the tables of chassis modules what they lack when an earlier release has made them;
    without effect on those of this one.
    """
    for part in parts:
        for statement in importlib.import_module(f"kvitt_chassis.{_PARTS[part]}").CHANGES:
            op.get_bind().exec_driver_sql(_named(statement, service))


def _create_tables_of(part: str, op: Any, service: str) -> None:
    for statement in importlib.import_module(f"kvitt_chassis.{_PARTS[part]}").DDL:
        op.get_bind().exec_driver_sql(_named(statement, service))


def create_chassis_functions(op: Any) -> None:
    """Create the chassis' functions, or replace them: in a migration of each change of one."""
    op.get_bind().exec_driver_sql(key_digests.FUNCTION)
    for statement in (*marks.FUNCTIONS, passing.FUNCTION):
        op.get_bind().exec_driver_sql(statement)


def create_thinning(op: Any, service: str, log: Log, *, years: int) -> None:
    """Create the function that removes what is old of a chained log, or replace it."""
    for statement in thinning(log, years=years):
        op.get_bind().exec_driver_sql(_named(statement, service))


def create_users_table(op: Any) -> None:
    """Create the register of users of a service that reads it from orders (`RegisteredUser`)."""
    op.create_table(
        "users",
        Column("region", Text(), nullable=False),
        Column("user_id", Text(), nullable=False),
        Column("roles", JSONB(), nullable=False),
        Column("service_points", JSONB(), nullable=False),
        Column("default_service_point", Text(), nullable=False),
        Column("active", Boolean(), nullable=False),
        PrimaryKeyConstraint("region", "user_id", name=op.f("pk_users")),
    )


def reading_again(topic: str) -> tuple[str, str]:
    """The statements that make a service read a domain topic from its first event: for a release
    that stores what the one before passed over. What was handled is handled once more; a parked key
    stays as it is.
    """
    return (
        f"""
        DELETE FROM marks WHERE topic = '{topic}' AND NOT EXISTS (
            SELECT FROM parked_keys
            WHERE parked_keys.topic = marks.topic AND parked_keys.key = marks.key)
        """,
        f"DELETE FROM positions WHERE topic LIKE '%{topic}'",
    )


def add_parked_regions_index(op: Any) -> None:
    """Create the index of the park by region, where it is not there yet."""
    op.get_bind().exec_driver_sql(parking.BY_REGION)


def guard_regions(op: Any, service: str) -> None:
    """Enable row-level security on every table with a column `region`; call it at the end of each
    migration.

    The api role reads and writes only rows of the region that its transaction has set; worker and
    owner see all. Tables that have it already are left as they are.
    """
    found = op.get_bind().execute(text(_UNGUARDED)).scalars().all()
    for table in found:
        for statement in _GUARD:
            op.get_bind().exec_driver_sql(_named(statement, service).replace("{table}", table))


def run_env(metadata: MetaData | None = None) -> None:
    """The whole of a service's `migrations/env.py`: upgrade the database that OWNER_URL names.

    Waits for a lock at most 2 s, so that a migration never stops the service it migrates.
    Raises pydantic.ValidationError without the address.
    """
    url = Owner().database_owner_url.get_secret_value().replace("+asyncpg", "+psycopg")
    engine = create_engine(
        url,
        poolclass=pool.NullPool,
        hide_parameters=True,
        connect_args={"options": "-c lock_timeout=2s"},
    )
    with engine.connect() as connection:
        context.configure(
            connection=connection, target_metadata=metadata, transaction_per_migration=True
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


def _named(statement: str, service: str) -> str:
    for role in ("owner", "api", "worker"):
        statement = statement.replace("{" + role + "}", f"{service}_{role}")
    return statement


_UNGUARDED = """
    SELECT quote_ident(c.relname) FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'region' AND NOT a.attisdropped
    WHERE c.relnamespace = to_regnamespace('public') AND c.relkind IN ('r', 'p')
      AND NOT c.relrowsecurity
    ORDER BY c.relname
    """
_GUARD = (
    "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
    """
    CREATE POLICY of_the_region ON {table} TO {api}
    USING (region = current_setting('kvitt.region', true))
    WITH CHECK (region = current_setting('kvitt.region', true))
    """,
    "CREATE POLICY of_all_regions ON {table} TO {worker}, {owner} USING (true) WITH CHECK (true)",
)
