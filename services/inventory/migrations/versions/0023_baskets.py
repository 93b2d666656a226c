"""Basket loans: what each has in its store, as it was asked for, and what it delivered."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.create_table(
        "baskets",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("lines", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_baskets")),
    )
    op.create_table(
        "basket_orders",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("order_number", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("prescriber", sa.Text(), nullable=False),
        sa.Column("service_point", sa.Text(), nullable=False),
        sa.Column("store", sa.Text(), nullable=False),
        sa.Column("lent_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("lines", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("region", "order_id", name=op.f("pk_basket_orders")),
    )
    op.create_index(
        "ix_basket_orders_number", "basket_orders", ["region", "order_number"], unique=True
    )
    op.create_index("ix_basket_orders_store", "basket_orders", ["region", "store", "lent_on"])
    op.create_table(
        "basket_deliveries",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("recipient", postgresql.JSONB(), nullable=False),
        sa.Column("payer_id", sa.Text(), nullable=False),
        sa.Column("delivered_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("region", "line_id", name=op.f("pk_basket_deliveries")),
    )
    op.create_index(
        "ix_basket_deliveries_person",
        "basket_deliveries",
        ["region", sa.text("(recipient ->> 'person'::text)")],
    )
    guard_regions(op, "inventory")
