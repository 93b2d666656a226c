"""Who issued a document and how it is paid, as it was on the day of issue (BIL-9)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    op.add_column("documents", sa.Column("facts", JSONB(), nullable=False, server_default="[]"))
