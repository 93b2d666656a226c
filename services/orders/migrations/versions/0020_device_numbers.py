"""Which device was given a number after its first one."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "device_numbers",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("device_number", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("region", "device_number", name=op.f("pk_device_numbers")),
    )
    guard_regions(op, "orders")
