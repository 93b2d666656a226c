"""A device has a status, and since when."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0011"


def upgrade() -> None:
    op.add_column(
        "devices",
        sa.Column("status", sa.String(length=40), nullable=False, server_default="in_use"),
    )
    op.add_column("devices", sa.Column("status_since", sa.Date(), nullable=True))
