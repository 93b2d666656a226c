"""Who pays for all of an order, where that is another region or the state (BIL-5, BIL-11)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    op.add_column("orders", sa.Column("cover", postgresql.JSONB(), nullable=True))
