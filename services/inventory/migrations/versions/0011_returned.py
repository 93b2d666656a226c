"""What a person has had is found by the person."""

from alembic import op
from sqlalchemy import text

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_index(
        "ix_custody_changes_person",
        "custody_changes",
        ["region", text("(custody #>> '{holder,person}'::text[])")],
    )
