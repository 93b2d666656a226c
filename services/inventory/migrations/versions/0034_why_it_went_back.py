"""Why goods went back to their supplier, and what was written of it (INV-8)."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0030"


def upgrade() -> None:
    op.add_column(
        "supplier_returns",
        sa.Column("reason", sa.Text(), nullable=False, server_default="credit"),
        if_not_exists=True,
    )
    op.add_column(
        "supplier_returns", sa.Column("comment", sa.Text(), nullable=True), if_not_exists=True
    )
