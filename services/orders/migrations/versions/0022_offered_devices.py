"""What a patient who leaves the region has, and is offered to the region where they go; and pickups
by the beginning of their numbers.
"""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.add_column(
        "cases",
        sa.Column("devices", postgresql.JSONB(), nullable=False, server_default="[]"),
    )
    op.create_index(
        "ix_pickups_number_prefix",
        "pickups",
        ["region", "pickup_number"],
        postgresql_ops={"pickup_number": "text_pattern_ops"},
    )
    guard_regions(op, "orders")
