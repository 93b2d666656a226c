"""Users: who may read which messages."""

from alembic import op
from kvitt_chassis.migrations import create_users_table, guard_regions

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    create_users_table(op)
    guard_regions(op, "notifications")
