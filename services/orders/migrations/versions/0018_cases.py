"""Cases; and until when a pickup and a fault report wait."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"

# What waits already gets the day that it would have had; of a report nobody knows when it was made.
PICKUPS_THAT_WAIT = """
    UPDATE pickups SET
        due_on = CASE status
            WHEN 'requested' THEN requested_on + 1
            ELSE COALESCE(latest_on, GREATEST(requested_on, earliest_on) + 14) END,
        waits_on = CASE
            WHEN status = 'requested' OR technician IS NOT NULL THEN 'store'
            ELSE 'technicians' END
    WHERE status IN ('requested', 'registered')
    """
REPORTS_THAT_WAIT = """
    UPDATE fault_reports SET
        due_on = CURRENT_DATE,
        waits_on = CASE status
            WHEN 'waiting' THEN 'service_point' WHEN 'naming' THEN 'store'
            WHEN 'forwarded' THEN 'user' ELSE 'customer_service' END
    WHERE status <> 'closed'
    """


def upgrade() -> None:
    op.create_table(
        "cases",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about", postgresql.JSONB(), nullable=True),
        sa.Column("service_point", sa.Text(), nullable=False),
        sa.Column("has_text", sa.Boolean(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("is_reminded", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("waits_on", sa.String(40), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_cases")),
    )
    for name, columns in (
        ("ix_cases_status", ["status", "asked_on"]),
        ("ix_cases_service_point", ["service_point", "asked_on"]),
        ("ix_cases_asked_on", ["asked_on"]),
        ("ix_cases_about", ["about_id"]),
    ):
        op.create_index(name, "cases", ["region", *columns])
    op.add_column("care_devices", sa.Column("article_number", sa.Text(), nullable=True))
    for column in (
        sa.Column("return_cause", sa.Text(), nullable=True),
        sa.Column("is_urgent", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("fee", postgresql.JSONB(), nullable=True),
        sa.Column("payer_id", sa.Text(), nullable=True),
    ):
        op.add_column("pickups", column)
    for table in ("pickups", "fault_reports"):
        op.add_column(table, sa.Column("due_on", sa.Date(), nullable=True))
        op.add_column(table, sa.Column("waits_on", sa.String(40), nullable=True))
    op.execute(PICKUPS_THAT_WAIT)
    op.execute(REPORTS_THAT_WAIT)
    for table in ("cases", "pickups", "fault_reports"):
        op.create_index(
            f"ix_{table}_due_on",
            table,
            ["region", "due_on"],
            postgresql_where=sa.text("due_on IS NOT NULL"),
        )
    guard_regions(op, "orders")
