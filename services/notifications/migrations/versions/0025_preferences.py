"""What users want mailed beside their messages, as they have chosen (NTF-4)."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.create_table(
        "preferences",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("email", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_preferences")),
    )
    guard_regions(op, "notifications")
