"""The profession of a user: what it may prescribe (REF-15)."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    op.add_column("users", sa.Column("profession", sa.Text(), nullable=True))
