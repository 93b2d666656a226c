"""Reviews of the log of persons are registered, and samples of it drawn (REF-21, decision 0541)."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions
from sqlalchemy.dialects.postgresql import JSONB

revision = "0062"
down_revision = "0058"


def upgrade() -> None:
    op.create_table(
        "log_reviews",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("access_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.Column("follow_up", sa.String(40), nullable=True),
        sa.Column("case_number", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("line_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("region", "review_id", name=op.f("pk_log_reviews")),
        if_not_exists=True,
    )
    for name, column in (("line", "access_id"), ("unit", "unit")):
        op.create_index(
            f"ix_log_reviews_{name}", "log_reviews", ["region", column, "at"], if_not_exists=True
        )
    op.create_table(
        "log_samples",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("sample_id", sa.Uuid(), nullable=False),
        sa.Column(
            "drawn_at", sa.TIMESTAMP(timezone=True), nullable=False, server_default=sa.func.now()
        ),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("emergencies", sa.Boolean(), nullable=False),
        sa.Column("lines", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("region", "sample_id", name=op.f("pk_log_samples")),
        if_not_exists=True,
    )
    op.create_index(
        "ix_log_samples_drawn_at",
        "log_samples",
        ["region", "drawn_at", "sample_id"],
        if_not_exists=True,
    )
    guard_regions(op, "orders")
    op.execute(
        "REVOKE UPDATE, DELETE, TRUNCATE ON log_reviews, log_samples FROM orders_api, orders_worker"
    )
