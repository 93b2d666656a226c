"""Who has a protected identity (REF-19); transfers by whom they name, since one reads one's own
(REF-18).
"""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    # nobody is protected until orders says so; the default stays: processes of the release before,
    # which insert persons meanwhile, do not name the column
    op.add_column(
        "persons",
        sa.Column("is_protected", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_index(
        "ix_persons_protected", "persons", ["region"], postgresql_where=sa.text("is_protected")
    )
    op.create_index(
        "ix_persons_merged_into",
        "persons",
        ["region", "merged_into"],
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    for column in ("sender", "new_prescriber"):
        op.create_index(f"ix_transfers_{column}", "transfers", ["region", column])
    guard_regions(op, "bmb")
