"""Whose a device is: the region's, or a patient's (INV-5)."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0047"


def upgrade() -> None:
    op.add_column(
        "devices",
        sa.Column("owner", sa.Text(), nullable=False, server_default="region"),
        if_not_exists=True,
    )
