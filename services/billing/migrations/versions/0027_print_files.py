"""Who has fetched a print file; and a month's documents by their numbers."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.index_building import build_index
from kvitt_chassis.migrations import guard_regions

revision = "0027"
down_revision = "0025"


def upgrade() -> None:
    op.create_table(
        "print_file_fetches",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("fetch_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("payers", sa.Text(), nullable=False),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.Column("first_number", sa.Text(), nullable=True),
        sa.Column("last_number", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("region", "fetch_id", name=op.f("pk_print_file_fetches")),
        if_not_exists=True,
    )
    op.create_index(
        "ix_print_file_fetches_at",
        "print_file_fetches",
        ["region", "at", "fetch_id"],
        if_not_exists=True,
    )
    guard_regions(op, "billing")
    build_index(
        op,
        "ix_invoices_month",
        "CREATE INDEX CONCURRENTLY ix_invoices_month ON invoices (region, month, number)",
    )
