"""What the device service makes fit again, and how much of each balance that is (INV-13)."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions
from sqlalchemy.dialects import postgresql

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    for table in ("balances", "stock_moves"):
        op.add_column(
            table,
            sa.Column("in_reconditioning", sa.Integer(), nullable=False, server_default="0"),
            if_not_exists=True,
        )
    op.create_check_constraint(
        op.f("ck_balances_inv_13_never_negative"), "balances", "in_reconditioning >= 0"
    )
    op.create_table(
        "reconditionings",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("article_number", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("store", sa.Text(), nullable=False),
        sa.Column("return_id", sa.Uuid(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("done", postgresql.JSONB(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_reconditionings")),
    )
    op.create_index(
        "ix_reconditionings_opened_on", "reconditionings", ["region", "opened_on", "id"]
    )
    op.create_index(
        "ix_reconditionings_device", "reconditionings", ["region", "device_id", "opened_on"]
    )
    op.create_index(
        "ix_reconditionings_open",
        "reconditionings",
        ["region", "opened_on", "id"],
        postgresql_where=sa.text("status = 'open'"),
    )
    guard_regions(op, "inventory")
