"""The audit is chained (REF-21)."""

from alembic import op
from kvitt_chassis.migrations import add_chassis_tables

revision = "0053"
down_revision = "0052"


def upgrade() -> None:
    add_chassis_tables(op, "inventory", "log_links")
