"""Users' access: why they may act, when they were active, who employs them (REF-5, REF-16)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0048"
down_revision = "0047"

COLUMNS = {
    "duties": JSONB(),
    "employer_kind": sa.Text(),
    "access": sa.Text(),
    "stated_active": sa.Boolean(),
    "applied_by": sa.Text(),
    "last_active_on": sa.Date(),
    "lapses_on": sa.Date(),
}


def upgrade() -> None:
    for name, kind in COLUMNS.items():
        op.add_column("users", sa.Column(name, kind, nullable=True), if_not_exists=True)
    op.execute("UPDATE users SET stated_active = active")  # a region has stated all there are
