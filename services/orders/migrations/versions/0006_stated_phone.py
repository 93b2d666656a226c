"""The phone that a region stated last, beside the one that holds and may have been edited."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("person_details", sa.Column("stated_phone", sa.Text(), nullable=True))
    guard_regions(op, "orders")
