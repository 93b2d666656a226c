"""Charges that wait until they are due, those that are not to be paid, and when the fee that is
pinned to an order's line is charged.
"""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("order_lines", sa.Column("fee_timing", sa.Text(), nullable=True))
    op.add_column(
        "charges", sa.Column("status", sa.String(40), nullable=False, server_default="raised")
    )
    op.add_column("charges", sa.Column("device_id", sa.Uuid(), nullable=True))
    for day in ("received_on", "due_on", "until_on", "last_pause_on"):
        op.add_column("charges", sa.Column(day, sa.Date(), nullable=True))
    op.add_column("charges", sa.Column("credit_id", sa.Uuid(), nullable=True))
    op.add_column("charges", sa.Column("credit_run_id", sa.Uuid(), nullable=True))
    op.create_index(
        "ix_charges_to_credit",
        "charges",
        ["region", "payer_key"],
        postgresql_where=sa.text(
            "status = 'cancelled' AND invoice_id IS NOT NULL AND credit_id IS NULL"
        ),
    )
    op.create_index(
        "ix_charges_device",
        "charges",
        ["region", "device_id"],
        postgresql_where=sa.text("device_id IS NOT NULL"),
    )
    op.create_index("ix_devices_number", "devices", ["region", "device_number"])
    guard_regions(op, "billing")
