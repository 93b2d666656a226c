"""Patients whom another region or the state pays for, and what waits for their fitting's end."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions
from sqlalchemy.dialects.postgresql import JSONB

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.create_table(
        "home_region_cases",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("order_number", sa.Text(), nullable=False),
        sa.Column("payer_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("service_point", sa.Text(), nullable=False),
        sa.Column("prescriber", sa.Text(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("finished_on", sa.Date(), nullable=True),
        sa.Column("reported_on", sa.Date(), nullable=True),
        sa.Column("ended_for", sa.Text(), nullable=True),
        sa.Column("due_days", JSONB(), nullable=False),
        sa.Column("last_due_on", sa.Date(), nullable=True),
        sa.Column("devices", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_home_region_cases")),
    )
    op.create_index(
        "ix_home_region_cases_service_point",
        "home_region_cases",
        ["region", "service_point", "opened_on"],
    )
    op.create_index(
        "ix_home_region_cases_opened_on", "home_region_cases", ["region", "opened_on", "id"]
    )
    op.add_column(
        "order_lines",
        sa.Column("is_covered", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("devices", sa.Column("waits_from", sa.Date(), nullable=True))
    op.add_column("devices", sa.Column("waits_until", sa.Date(), nullable=True))
    guard_regions(op, "billing")
