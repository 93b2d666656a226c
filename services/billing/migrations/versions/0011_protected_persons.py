"""Whose identity is protected (REF-19): billing reads persons for the first time."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "persons",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("merged_into", sa.Uuid(), nullable=True),
        sa.Column("is_protected", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("region", "person", name=op.f("pk_persons")),
    )
    op.create_index(
        "ix_persons_protected", "persons", ["region"], postgresql_where=sa.text("is_protected")
    )
    op.create_index(
        "ix_persons_merged_into",
        "persons",
        ["region", "merged_into"],
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    guard_regions(op, "billing")
