"""Transfers are listed in their own order without a sort."""

from alembic import op
from kvitt_chassis.migrations import guard_regions

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_index("ix_transfers_requested_at", "transfers", ["region", "requested_at", "id"])
    guard_regions(op, "bmb")
