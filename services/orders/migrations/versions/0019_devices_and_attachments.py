"""What devices are called, which slips say; and the files that go along with orders."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "devices",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("device_number", sa.Text(), nullable=False),
        sa.Column("article_number", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("region", "device_id", name=op.f("pk_devices")),
    )
    op.create_table(
        "attachments",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("attachment_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("added_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("is_kept", sa.Boolean(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("work_order_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("region", "attachment_id", name=op.f("pk_attachments")),
    )
    for column in ("order_id", "work_order_id"):
        name = f"ix_attachments_{column.removesuffix('_id')}"
        op.create_index(name, "attachments", ["region", column])
    guard_regions(op, "orders")
