"""Orders that fill up a unit's own store: without a recipient (ORD-9)."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions

revision = "0030"
down_revision = "0026"


def upgrade() -> None:
    op.alter_column("orders", "recipient", nullable=True)
    op.add_column("orders", sa.Column("to_store", sa.Text(), nullable=True))
    op.add_column("orders", sa.Column("proposal_id", sa.Uuid(), nullable=True))
    guard_regions(op, "orders")
