"""Orders that fill up a unit's own store: without a recipient (ORD-9)."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions

revision = "0023"
down_revision = "0020"


def upgrade() -> None:
    op.alter_column("placed_orders", "recipient", nullable=True)
    op.add_column("placed_orders", sa.Column("to_store", sa.Text(), nullable=True))
    op.create_index(
        "ix_placed_orders_to_store",
        "placed_orders",
        ["region", "to_store"],
        postgresql_where=sa.text("to_store IS NOT NULL"),
    )
    guard_regions(op, "inventory")
