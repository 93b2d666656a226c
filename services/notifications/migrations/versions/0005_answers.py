"""Senders are told of quarantined messages, and how they end; versions go by what they count."""

from alembic import op
from kvitt_chassis.migrations import change_chassis_tables, guard_regions

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    change_chassis_tables(op, "notifications", "refusals", "parking", "marks")
    guard_regions(op, "notifications")
