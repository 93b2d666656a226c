"""Receipts of direct deliveries."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions
from sqlalchemy.dialects.postgresql import JSONB

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.create_table(
        "receipts",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("receipt_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("order_number", sa.Text(), nullable=False),
        sa.Column("service_point", sa.Text(), nullable=False),
        sa.Column("recipient_person", sa.Uuid(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("lines", JSONB(), nullable=False),
        sa.Column("refused", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("region", "receipt_id", name=op.f("pk_receipts")),
    )
    op.create_index("ix_receipts_order", "receipts", ["region", "order_id"])
    op.create_index(
        "ix_receipts_service_point", "receipts", ["region", "service_point", "received_on"]
    )
    guard_regions(op, "orders")
