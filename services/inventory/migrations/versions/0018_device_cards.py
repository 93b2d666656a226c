"""What a device's card says of its numbers and its maintenance, and the work that it follows
from.
"""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.add_column(
        "devices",
        sa.Column("former_numbers", postgresql.JSONB(), nullable=False, server_default="[]"),
    )
    op.add_column("devices", sa.Column("maintained_on", sa.Date(), nullable=True))
    op.add_column("devices", sa.Column("maintenance_due_on", sa.Date(), nullable=True))
    op.create_table(
        "used_device_numbers",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("device_number", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("region", "device_number", name=op.f("pk_used_device_numbers")),
    )
    op.create_table(
        "sip_numbers",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("sip_number", sa.Text(), nullable=False),
        sa.Column("holder_key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("region", "device_id", name=op.f("pk_sip_numbers")),
    )
    op.create_table(
        "work_orders",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("work_order_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("region", "work_order_id", name=op.f("pk_work_orders")),
    )
    guard_regions(op, "inventory")
