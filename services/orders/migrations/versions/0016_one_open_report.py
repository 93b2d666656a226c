"""One open fault report for each device."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_index(
        "uq_open_fault_report",
        "fault_reports",
        ["region", "device_id"],
        unique=True,
        postgresql_where=sa.text("status <> 'closed'"),
    )
