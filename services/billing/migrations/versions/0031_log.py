"""The audit is chained (REF-21)."""

from alembic import op
from kvitt_chassis.migrations import add_chassis_tables

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    add_chassis_tables(op, "billing", "log_links")
