"""Regions' webhooks (NTF-4b), and what was said on their feeds before it had places."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"

EARLIER = """
    INSERT INTO feed_unplaced (region, log_id)
    SELECT region, id FROM events WHERE topic = 'region.' || region || '.events'
    ON CONFLICT DO NOTHING
"""


def upgrade() -> None:
    instant = postgresql.TIMESTAMP(timezone=True)
    op.create_table(
        "webhooks",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("types", postgresql.JSONB(), nullable=True),
        sa.Column("secrets", postgresql.JSONB(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("why_paused", sa.String(40), nullable=True),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("delivered_at", instant, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("failing_since", instant, nullable=True),
        sa.Column("next_try_at", instant, nullable=False),
        sa.Column("held_by", sa.Uuid(), nullable=True),
        sa.Column("held_until", instant, nullable=True),
        sa.Column("test_id", sa.Uuid(), nullable=True),
        sa.Column("test_answer", sa.Text(), nullable=True),
        sa.Column("tested_at", instant, nullable=True),
        sa.PrimaryKeyConstraint("region", "webhook_id", name=op.f("pk_webhooks")),
    )
    guard_regions(op, "notifications")
    op.execute(EARLIER)
