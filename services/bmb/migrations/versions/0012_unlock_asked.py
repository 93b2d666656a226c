"""Who has asked customer service to unlock a transfer, and when: who waited longest comes first."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("transfers", sa.Column("unlock_asked_by", sa.Text(), nullable=True))
    op.add_column(
        "transfers", sa.Column("unlock_asked_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_index("ix_transfers_unlock_asked", "transfers", ["region", "unlock_asked_at", "id"])
    guard_regions(op, "bmb")
