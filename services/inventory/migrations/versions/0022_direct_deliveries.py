"""Receipts of direct deliveries that are answered; serial numbers by their article."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.create_table(
        "answered_receipts",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("receipt_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("is_booked", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("region", "receipt_id", name=op.f("pk_answered_receipts")),
    )
    op.create_index("ix_answered_receipts_order", "answered_receipts", ["region", "order_id"])
    op.create_index(
        "ix_devices_serial",
        "devices",
        ["region", "article_number", "serial_number"],
        postgresql_where=sa.text("serial_number IS NOT NULL"),
    )
    guard_regions(op, "inventory")
