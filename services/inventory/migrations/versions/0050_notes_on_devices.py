"""What people write on devices' cards (INV-5g)."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions

revision = "0050"
down_revision = "0049"


def upgrade() -> None:
    op.create_table(
        "device_notes",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("note_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("written_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("hidden_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("region", "note_id", name=op.f("pk_device_notes")),
        if_not_exists=True,
    )
    op.create_index(
        "ix_device_notes_device",
        "device_notes",
        ["region", "device_id", "written_at"],
        if_not_exists=True,
    )
    guard_regions(op, "inventory")
