"""An index on a table that a service uses while it is migrated."""

from typing import Any

from sqlalchemy import text


def build_index(op: Any, name: str, statement: str) -> None:
    """Build an index by its `CREATE INDEX CONCURRENTLY <name> …`, where it is missing. `op` is
    Alembic's. Takes as long as the table is big, and locks out neither readers nor writers; what
    the migration did before stands when it begins, and must do no harm when a job that was ended is
    run again: `if_not_exists=True`.
    """
    with op.get_context().autocommit_block():
        bind = op.get_bind()
        is_valid = bind.execute(_IS_VALID, {"name": name}).scalar()
        # it waits for transactions that are under way, and nobody waits for it
        bind.exec_driver_sql("SET lock_timeout = 0")
        if is_valid is False:  # left behind by a job that was ended
            bind.exec_driver_sql(f"DROP INDEX CONCURRENTLY {name}")
        if not is_valid:
            bind.exec_driver_sql(statement)
        bind.exec_driver_sql("SET lock_timeout = '2s'")


_IS_VALID = text("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(:name)")
