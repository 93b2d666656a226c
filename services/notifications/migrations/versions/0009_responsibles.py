"""Who answers for a service point, and messages to the staff with a duty."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("messages", sa.Column("duty", sa.Text(), nullable=True))
    op.create_index("ix_messages_duty", "messages", ["region", "duty", "posted_at"])
    op.create_table(
        "responsibles",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("service_point", sa.Text(), nullable=False),
        sa.Column("main", sa.Text(), nullable=True),
        sa.Column("stand_in", sa.Text(), nullable=True),
        sa.Column("absent_from_on", sa.Date(), nullable=True),
        sa.Column("absent_to_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("region", "service_point", name=op.f("pk_responsibles")),
    )
    guard_regions(op, "notifications")
