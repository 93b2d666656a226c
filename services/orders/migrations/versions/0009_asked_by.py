"""Who had customer service add a person that the registry lacks (REF-12)."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("person_details", sa.Column("asked_by", sa.Text(), nullable=True))
    guard_regions(op, "orders")
