"""What has happened to devices and was decided, and what was written of it (INV-15)."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.index_building import build_index
from kvitt_chassis.migrations import guard_regions
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.add_column(
        "devices",
        sa.Column("damages", postgresql.JSONB(), nullable=False, server_default="[]"),
        if_not_exists=True,
    )
    op.create_table(
        "damage_notes",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_damage_notes")),
        if_not_exists=True,
    )
    op.create_index(
        "ix_damage_notes_device", "damage_notes", ["region", "device_id"], if_not_exists=True
    )
    guard_regions(op, "inventory")
    build_index(
        op,
        "ix_devices_undecided",
        "CREATE INDEX CONCURRENTLY ix_devices_undecided ON devices (region, device_number)"
        """ WHERE damages @> '[{"outcome": "undecided"}]'::jsonb""",
    )
    build_index(
        op,
        "ix_customers_payer",
        "CREATE INDEX CONCURRENTLY ix_customers_payer ON customers (region, payer_id)",
    )
