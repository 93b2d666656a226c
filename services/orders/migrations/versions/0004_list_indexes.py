"""The log of who looked at whom is listed in its own order without a sort."""

from alembic import op
from kvitt_chassis.migrations import guard_regions

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_index("ix_person_accesses_at", "person_accesses", ["region", "at", "access_id"])
    guard_regions(op, "orders")
