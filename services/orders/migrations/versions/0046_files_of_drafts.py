"""A draft of an order has its attachments (ORD-1i, decision 0480)."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.index_building import build_index

revision = "0046"
down_revision = "0045"


def upgrade() -> None:
    op.add_column(
        "attachments", sa.Column("draft_id", sa.Uuid(), nullable=True), if_not_exists=True
    )
    build_index(
        op,
        "ix_attachments_draft",
        "CREATE INDEX CONCURRENTLY ix_attachments_draft ON attachments (region, draft_id)",
    )
