"""Where a unit's replenishments go, when not to its own address (REF-12)."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions
from sqlalchemy.dialects.postgresql import JSONB

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    op.create_table(
        "replenishment_addresses",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("address_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("address", JSONB(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("set_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("region", "address_id", name=op.f("pk_replenishment_addresses")),
    )
    op.create_index(
        "ix_replenishment_addresses_customer",
        "replenishment_addresses",
        ["region", "customer_id", "set_at"],
    )
    guard_regions(op, "orders")
