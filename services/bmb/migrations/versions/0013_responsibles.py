"""Who answers for a service point: one row for each, so that it cannot have two mains."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "responsibles",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("service_point", sa.Text(), nullable=False),
        sa.Column("main", sa.Text(), nullable=True),
        sa.Column("substitutes", postgresql.JSONB(), nullable=False),
        sa.Column("stand_in", sa.Text(), nullable=True),
        sa.Column("absent_from_on", sa.Date(), nullable=True),
        sa.Column("absent_to_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_responsibles")),
        sa.UniqueConstraint("region", "service_point", name="uq_one_main"),
    )
    guard_regions(op, "bmb")
