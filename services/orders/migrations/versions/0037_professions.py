"""The profession of a user: what it may prescribe (REF-15)."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    op.add_column("users", sa.Column("profession", sa.Text(), nullable=True))
