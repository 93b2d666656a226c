"""Which articles are to be returned at once."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.add_column(
        "articles",
        sa.Column("return_at_once", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    guard_regions(op, "inventory")
