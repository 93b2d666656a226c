"""Pickups, and the service points that they are for."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions

revision = "0011"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "pickups",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("pickup_id", sa.Uuid(), nullable=False),
        sa.Column("service_point", sa.Text(), nullable=False),
        sa.Column("ordered_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("region", "pickup_id", name=op.f("pk_pickups")),
    )
    guard_regions(op, "notifications")
