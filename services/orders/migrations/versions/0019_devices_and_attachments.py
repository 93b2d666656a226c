"""What devices are called, which slips say."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions

revision = "0019"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "devices",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("device_number", sa.Text(), nullable=False),
        sa.Column("article_number", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("region", "device_id", name=op.f("pk_devices")),
    )
    guard_regions(op, "orders")
