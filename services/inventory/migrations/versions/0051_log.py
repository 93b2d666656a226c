"""The audit is chained (REF-21)."""

from alembic import op
from kvitt_chassis.migrations import add_chassis_tables

revision = "0051"
down_revision = "0050"


def upgrade() -> None:
    add_chassis_tables(op, "inventory", "log_links")
