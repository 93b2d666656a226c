"""A person may be erased, and who comes again under the region's id is somebody new (REF-23)."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.index_building import build_index
from kvitt_chassis.migrations import guard_regions
from sqlalchemy.dialects.postgresql import JSONB

revision = "0053"
down_revision = "0052"


def upgrade() -> None:
    op.create_table(
        "person_corrections",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("correction_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("changed", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("region", "correction_id", name=op.f("pk_person_corrections")),
        if_not_exists=True,
    )
    op.create_index(
        "ix_person_corrections_person",
        "person_corrections",
        ["region", "person", "at"],
        if_not_exists=True,
    )
    guard_regions(op, "orders")
    op.add_column(
        "persons",
        sa.Column("is_erased", sa.Boolean(), nullable=False, server_default=sa.false()),
        if_not_exists=True,
    )
    build_index(
        op,
        "uq_one_ref_per_known_region_person_id",
        "CREATE UNIQUE INDEX CONCURRENTLY uq_one_ref_per_known_region_person_id"
        " ON persons (region, region_person_id) WHERE NOT is_erased",
    )
    op.execute("ALTER TABLE persons DROP CONSTRAINT IF EXISTS uq_one_ref_per_region_person_id")
