"""Fault reports on devices that nobody prescribes, and what orders reads to take one."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("care_devices", sa.Column("unit", sa.Text(), nullable=True))
    op.add_column("care_devices", sa.Column("charging", sa.String(40), nullable=True))
    op.create_table(
        "responsibles",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("service_point", sa.Text(), nullable=False),
        sa.Column("main", sa.Text(), nullable=True),
        sa.Column("stand_in", sa.Text(), nullable=True),
        sa.Column("absent_from_on", sa.Date(), nullable=True),
        sa.Column("absent_to_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("region", "service_point", name=op.f("pk_responsibles")),
    )
    op.create_table(
        "fault_reports",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("recipient", postgresql.JSONB(), nullable=False),
        sa.Column("service_point", sa.Text(), nullable=False),
        sa.Column("has_text", sa.Boolean(), nullable=False),
        sa.Column("reported_by", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=True),
        sa.Column("is_escalated", sa.Boolean(), nullable=False),
        sa.Column("prescriber", sa.Text(), nullable=True),
        sa.Column("refused", sa.Text(), nullable=True),
        sa.Column("forwarded_to", sa.Text(), nullable=True),
        sa.Column("by_responsible", sa.Text(), nullable=True),
        sa.Column("by_technician", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("recipient_person", sa.Uuid(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("responsible_text", sa.Text(), nullable=True),
        sa.Column("technician_text", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_fault_reports")),
    )
    for name, columns in (
        ("ix_fault_reports_status", ["status"]),
        ("ix_fault_reports_service_point", ["service_point", "status"]),
        ("ix_fault_reports_device", ["device_id"]),
    ):
        op.create_index(name, "fault_reports", ["region", *columns])
    guard_regions(op, "orders")
