"""Orders that fill up a unit's own store, without a recipient (ORD-9); safety levels and refill
proposals (INV-9).
"""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.alter_column("placed_orders", "recipient", nullable=True)
    op.add_column("placed_orders", sa.Column("to_store", sa.Text(), nullable=True))
    op.create_index(
        "ix_placed_orders_to_store",
        "placed_orders",
        ["region", "to_store"],
        postgresql_where=sa.text("to_store IS NOT NULL"),
    )
    op.add_column(
        "balances", sa.Column("safety_level", sa.Integer(), nullable=False, server_default="0")
    )
    op.create_index(
        "ix_balances_safety_level",
        "balances",
        ["region", "store", "article_number"],
        postgresql_where=sa.text("safety_level > 0"),
    )
    op.create_table(
        "refilled_stores",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("store", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_refilled_stores")),
    )
    op.create_table(
        "refills",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("store", sa.Text(), nullable=False),
        sa.Column("service_point", sa.Text(), nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("lines", postgresql.JSONB(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_refills")),
    )
    op.create_index("ix_refills_proposed_on", "refills", ["region", "proposed_on", "id"])
    op.create_index("ix_refills_store", "refills", ["region", "store", "proposed_on"])
    op.create_table(
        "shelf_counts",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("balance_id", sa.Uuid(), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("region", "balance_id", name=op.f("pk_shelf_counts")),
    )
    guard_regions(op, "inventory")
