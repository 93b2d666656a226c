"""Who executed a transfer, which devices dropped out of it, why it could not be executed; customers
by payer.
"""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"

EMPTY = sa.text("'[]'::jsonb")
DROPPED = """
    UPDATE transfers SET dropped = told.devices
    FROM (
        SELECT key, jsonb_agg(payload::jsonb -> 'device_id' ORDER BY seq) AS devices
        FROM events
        WHERE topic = 'bmb.transfers' AND type = 'bmb.transfer.line-dropped.v1'
        GROUP BY key
    ) AS told
    WHERE transfers.id::text = told.key
"""
"""The table stays the fold of its events, those of earlier releases too."""


def upgrade() -> None:
    op.add_column("transfers", sa.Column("sent_by", sa.Text(), nullable=True))
    op.add_column("transfers", sa.Column("void_reason", sa.Text(), nullable=True))
    op.add_column(
        "transfers",
        sa.Column("dropped", postgresql.JSONB(), nullable=False, server_default=EMPTY),
    )
    op.execute(DROPPED)
    op.create_index("ix_customers_payer", "customers", ["region", "payer_id"], unique=False)
    guard_regions(op, "bmb")
