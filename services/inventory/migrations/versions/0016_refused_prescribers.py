"""Why the prescriber whom a fault report named was refused."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "refused_prescribers",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_refused_prescribers")),
    )
    guard_regions(op, "inventory")
