"""A basket's line has no recipient: its fee, which is a line of its own, says who pays it."""

from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.alter_column("order_lines", "recipient", nullable=True)
