"""Articles whose quantity is hours: training (ORD-11)."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0028"


def upgrade() -> None:
    op.add_column(
        "articles", sa.Column("is_hourly", sa.Boolean(), nullable=False, server_default=sa.false())
    )
