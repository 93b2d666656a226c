"""Persons are found by terms, each a keyed hash (REF-2, decision 0518). Who is there already is
given theirs by a job, while the service goes on.
"""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.index_building import build_index
from kvitt_chassis.migrations import guard_regions

revision = "0054"
down_revision = "0053"


def upgrade() -> None:
    op.create_table(
        "person_terms",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("term", sa.LargeBinary(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("region", "term", "person", name=op.f("pk_person_terms")),
        if_not_exists=True,
    )
    op.create_index(
        "ix_person_terms_person", "person_terms", ["region", "person"], if_not_exists=True
    )
    guard_regions(op, "orders")
    op.add_column(
        "person_details",
        sa.Column("terms_version", sa.SmallInteger(), nullable=True),
        if_not_exists=True,
    )
    build_index(
        op,
        "ix_person_details_terms_version",
        "CREATE INDEX CONCURRENTLY ix_person_details_terms_version ON person_details"
        " (terms_version, region, person)",
    )
