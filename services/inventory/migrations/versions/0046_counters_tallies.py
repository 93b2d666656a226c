"""What each counter has counted of an unmarked article in a store's present round (INV-10)."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions

revision = "0046"
down_revision = "0042"


def upgrade() -> None:
    op.create_table(
        "shelf_tallies",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("store", sa.Text(), nullable=False),
        sa.Column("article_number", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("basis_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_shelf_tallies")),
        if_not_exists=True,
    )
    op.create_index(
        "ix_shelf_tallies_store", "shelf_tallies", ["region", "store"], if_not_exists=True
    )
    guard_regions(op, "inventory")
