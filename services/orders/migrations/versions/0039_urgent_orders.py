"""Orders that customer service has made urgent (REF-12)."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    op.add_column(
        "orders", sa.Column("is_urgent", sa.Boolean(), nullable=False, server_default=sa.false())
    )
