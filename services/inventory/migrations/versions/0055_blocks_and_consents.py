"""Patients say who sees what units have of them: blocks and consents (REF-25, REF-26)."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions

revision = "0055"
down_revision = "0054"


def upgrade() -> None:
    op.create_table(
        "blocks",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("block_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("service_point", sa.Text(), nullable=False),
        sa.Column("stands", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("region", "block_id", name=op.f("pk_blocks")),
        if_not_exists=True,
    )
    op.create_table(
        "block_openings",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("opening_id", sa.Uuid(), nullable=False),
        sa.Column("block_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("is_over", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("region", "opening_id", name=op.f("pk_block_openings")),
        if_not_exists=True,
    )
    op.create_table(
        "consents",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("service_point", sa.Text(), nullable=False),
        sa.Column("opens_blocks", sa.Boolean(), nullable=False),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("region", "consent_id", name=op.f("pk_consents")),
        if_not_exists=True,
    )
    op.create_index("ix_blocks_person", "blocks", ["region", "person"], if_not_exists=True)
    op.create_index(
        "ix_block_openings_user", "block_openings", ["region", "user_id"], if_not_exists=True
    )
    op.create_index(
        "ix_consents_service_point", "consents", ["region", "service_point"], if_not_exists=True
    )
    guard_regions(op, "inventory")
