"""Whether a person is active is stored: nothing new takes effect on one who is not (REF-14)."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    # everybody is active until orders says otherwise; the default stays: processes of the release
    # before, which insert persons meanwhile, do not name the column
    op.add_column(
        "persons", sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    op.create_index("ix_persons_person", "persons", ["region", "person"])
    guard_regions(op, "inventory")
