"""Which articles are to be returned at once, and the last day of a pickup beside a nearer one."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.add_column(
        "articles",
        sa.Column("return_at_once", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("pickups", sa.Column("last_on", sa.Date(), nullable=True))
    guard_regions(op, "orders")
