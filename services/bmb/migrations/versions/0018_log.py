"""The audit is chained (REF-21)."""

from alembic import op
from kvitt_chassis.migrations import add_chassis_tables

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    add_chassis_tables(op, "bmb", "log_links")
