"""The tables of notifications: messages, reports to regions, names of what they are about."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import create_chassis_tables, guard_regions
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_chassis_tables(op, "notifications")
    op.create_table(
        "messages",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("message", sa.String(40), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=True),
        sa.Column("service_point", sa.Text(), nullable=True),
        sa.Column("about_kind", sa.Text(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=False),
        sa.Column("posted_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_messages")),
    )
    op.create_index(
        "ix_messages_service_point",
        "messages",
        ["region", "service_point", "posted_at"],
        unique=False,
    )
    op.create_index(
        "ix_messages_user", "messages", ["region", "user_id", "posted_at"], unique=False
    )
    op.create_table(
        "orders",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("order_number", sa.Text(), nullable=False),
        sa.Column("prescriber", sa.Text(), nullable=False),
        sa.Column("outstanding", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("region", "order_id", name=op.f("pk_orders")),
    )
    op.create_table(
        "reports",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("thing", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_reports")),
    )
    op.create_table(
        "transfers",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("receiving_service_point", sa.Text(), nullable=False),
        sa.Column("policy", postgresql.JSONB(), nullable=True),
        sa.PrimaryKeyConstraint("region", "transfer_id", name=op.f("pk_transfers")),
    )
    guard_regions(op, "notifications")
