"""Senders are told of quarantined messages, and how they end; versions go by what they count."""

from alembic import op
from kvitt_chassis.migrations import change_chassis_tables, guard_regions

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    change_chassis_tables(op, "bmb", "refusals", "parking", "marks")
    guard_regions(op, "bmb")
