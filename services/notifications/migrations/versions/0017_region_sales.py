"""Sales to other regions, and whose they are."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions

revision = "0017"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "region_sales",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("sale_id", sa.Uuid(), nullable=False),
        sa.Column("service_point", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("region", "sale_id", name=op.f("pk_region_sales")),
    )
    guard_regions(op, "notifications")
