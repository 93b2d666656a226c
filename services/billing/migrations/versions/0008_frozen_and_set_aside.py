"""A loan is charged as it began; VAT by rate; custody changes by number; what a run sets aside."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"

CHARGE_AS_NOW = """
    UPDATE devices SET points = (
        SELECT jsonb_agg(
            CASE WHEN point->>'payer_id' IS NULL THEN point
                 ELSE point || jsonb_build_object('charging', articles.charging) END
            ORDER BY place)
        FROM jsonb_array_elements(devices.points) WITH ORDINALITY AS each(point, place))
    FROM articles
    WHERE articles.region = devices.region AND articles.article_number = devices.article_number
      AND jsonb_array_length(devices.points) > 0
"""
"""Loans that began before that was told are charged as their articles are now."""


def upgrade() -> None:
    op.execute(CHARGE_AS_NOW)
    op.add_column(
        "invoices", sa.Column("vat", postgresql.JSONB(), nullable=False, server_default="[]")
    )
    for name in ("set_aside", "one_by_one"):
        op.add_column(
            "invoice_runs", sa.Column(name, sa.Integer(), nullable=False, server_default="0")
        )
    op.add_column("invoice_runs", sa.Column("trying", sa.Text(), nullable=True))
    op.create_table(
        "set_aside",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_aside_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_set_aside")),
    )
    op.create_index("ix_set_aside_run", "set_aside", ["region", "run_id", "subject"], unique=True)
    op.create_index("ix_set_aside_at", "set_aside", ["region", "set_aside_at", "id"])
    op.create_table(
        "custody_changes",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("region", "number", name=op.f("pk_custody_changes")),
    )
    guard_regions(op, "billing")
