"""From which store goods went back to their supplier, and by whom: returns are listed (INV-8)."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.index_building import build_index

revision = "0047"
down_revision = "0046"

LEFT = """
    UPDATE supplier_returns
    SET store = stock_moves.store
    FROM stock_moves
    WHERE stock_moves.region = supplier_returns.region
      AND stock_moves.cause_id = supplier_returns.id
      AND supplier_returns.store IS NULL
"""
"""Of the rows of earlier releases: the ledger says which store they left."""


def upgrade() -> None:
    for name in ("store", "registered_by"):
        op.add_column(
            "supplier_returns", sa.Column(name, sa.Text(), nullable=True), if_not_exists=True
        )
    op.execute(LEFT)
    for name, columns in (
        ("returned_on", "region, returned_on, id"),
        ("store", "region, store, returned_on"),
        ("supplier", "region, supplier_id, returned_on"),
        ("device", "region, device_id"),
    ):
        build_index(
            op,
            f"ix_supplier_returns_{name}",
            f"CREATE INDEX CONCURRENTLY ix_supplier_returns_{name} ON supplier_returns ({columns})",
        )
