"""For which customer a sender accepts at once what he sends."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("transfers", sa.Column("accept_for", sa.Text(), nullable=True))
