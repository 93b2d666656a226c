"""Numbers that devices have borne before."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "used_device_numbers",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("device_number", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("region", "device_number", name=op.f("pk_used_device_numbers")),
    )
    guard_regions(op, "bmb")
