"""Fault reports, and the service points that answer them."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "fault_reports",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("fault_report_id", sa.Uuid(), nullable=False),
        sa.Column("service_point", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("region", "fault_report_id", name=op.f("pk_fault_reports")),
    )
    guard_regions(op, "notifications")
