"""Orders that are being written (ORD-1)."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions
from sqlalchemy.dialects.postgresql import JSONB

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    op.create_table(
        "order_drafts",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("recipient_person", sa.Uuid(), nullable=True),
        sa.Column("recipient_unit", sa.Text(), nullable=True),
        sa.Column("service_point", sa.Text(), nullable=True),
        sa.Column("written", JSONB(), nullable=False),
        sa.Column("begun_by", sa.Text(), nullable=False),
        sa.Column("saved_by", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("removed_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("region", "draft_id", name=op.f("pk_order_drafts")),
    )
    for column in ("saved_at", "service_point", "recipient_person"):
        op.create_index(f"ix_order_drafts_{column}", "order_drafts", ["region", column])
    guard_regions(op, "orders")
