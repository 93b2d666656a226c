"""Basket loans, what they are called, and whose they are."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "basket_loans",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("order_number", sa.Text(), nullable=False),
        sa.Column("prescriber", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("region", "order_id", name=op.f("pk_basket_loans")),
    )
    guard_regions(op, "notifications")
