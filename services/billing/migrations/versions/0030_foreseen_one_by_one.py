"""Where the preview of a month that has no run has come to when something of it fails (BIL-9)."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.add_column(
        "month_previews", sa.Column("one_by_one", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column("month_previews", sa.Column("trying", sa.Uuid(), nullable=True))
