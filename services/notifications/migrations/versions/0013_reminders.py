"""Since which day a reminder's thing has been so, and who ordered a pickup."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("messages", sa.Column("since_on", sa.Date(), nullable=True))
    op.add_column("pickups", sa.Column("by", sa.Text(), nullable=True))
    guard_regions(op, "notifications")
