"""Which source a user has chosen to be proposed (REF-10)."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    op.add_column("users", sa.Column("default_supply", sa.Text(), nullable=True))
