"""The ledger and the reservations are listed in their own order without a sort."""

from alembic import op
from kvitt_chassis.migrations import guard_regions

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_index("ix_stock_moves_recorded_at", "stock_moves", ["region", "recorded_at", "id"])
    op.create_index(
        "ix_placed_orders_placed_on", "placed_orders", ["region", "placed_on", "order_id"]
    )
    guard_regions(op, "inventory")
