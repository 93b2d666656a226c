"""Articles whose quantity is hours: training (ORD-11). What inventory lists from now on says it."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    op.add_column(
        "articles", sa.Column("is_hourly", sa.Boolean(), nullable=False, server_default=sa.false())
    )
