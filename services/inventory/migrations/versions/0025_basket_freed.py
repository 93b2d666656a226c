"""When what a line of a basket had set aside was free in its store again (ORD-10)."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.create_table(
        "basket_freed",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("store", sa.Text(), nullable=False),
        sa.Column("freed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("region", "line_id", name=op.f("pk_basket_freed")),
    )
    op.create_index("ix_basket_freed_freed_at", "basket_freed", ["region", "store", "freed_at"])
    guard_regions(op, "inventory")
