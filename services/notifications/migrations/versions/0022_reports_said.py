"""What each region was told last of its things, and the ids by which regions name persons."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions
from sqlalchemy.dialects.postgresql import JSONB

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    said = sa.Column("said", JSONB(), nullable=False, server_default=sa.text("'{}'"))
    op.add_column("reports", said)
    op.create_table(
        "persons",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("region_person_id", sa.Text(), nullable=False),
        sa.Column("merged_into", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("region", "person", name=op.f("pk_persons")),
    )
    guard_regions(op, "notifications")
