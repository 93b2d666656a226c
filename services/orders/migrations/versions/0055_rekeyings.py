"""What persons are found by is hashed anew by another key, when it is said (decision 0520)."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions

revision = "0055"
down_revision = "0054"


def upgrade() -> None:
    op.create_table(
        "rekeyings",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("index_name", sa.Text(), nullable=False),
        sa.Column("to_version", sa.SmallInteger(), nullable=False),
        sa.Column("is_stopped", sa.Boolean(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("region", "index_name", name=op.f("pk_rekeyings")),
        if_not_exists=True,
    )
    guard_regions(op, "orders")
