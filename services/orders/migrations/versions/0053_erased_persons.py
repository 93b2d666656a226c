"""A person may be erased, and who comes again under the region's id is somebody new (REF-23)."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.index_building import build_index

revision = "0053"
down_revision = "0052"


def upgrade() -> None:
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
