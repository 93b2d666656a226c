"""Patients say who sees what units have of them: blocks and consents (REF-25, REF-26)."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.index_building import build_index
from kvitt_chassis.migrations import guard_regions
from sqlalchemy.dialects.postgresql import JSONB

revision = "0056"
down_revision = "0055"


def upgrade() -> None:
    op.create_table(
        "blocks",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("service_point", sa.Text(), nullable=False),
        sa.Column("registered_by", sa.Text(), nullable=False),
        sa.Column("openings", JSONB(), nullable=False),
        sa.Column("asked_by", sa.String(40), nullable=True),
        sa.Column("asked_on", sa.Date(), nullable=True),
        sa.Column("lifted_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_blocks")),
        if_not_exists=True,
    )
    op.create_index("ix_blocks_person", "blocks", ["region", "person"], if_not_exists=True)
    op.create_index(
        "uq_one_block_per_person_and_unit",
        "blocks",
        ["region", "person", "service_point"],
        unique=True,
        postgresql_where=sa.text("status = 'stands'"),
        if_not_exists=True,
    )
    op.create_table(
        "block_openings",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("opening_id", sa.Uuid(), nullable=False),
        sa.Column("block_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("until", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("is_over", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("region", "opening_id", name=op.f("pk_block_openings")),
        if_not_exists=True,
    )
    for name in ("block_id", "person"):
        short = name.removesuffix("_id")
        op.create_index(
            f"ix_block_openings_{short}", "block_openings", ["region", name], if_not_exists=True
        )
    op.create_table(
        "consents",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("service_point", sa.Text(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("opens_blocks", sa.Boolean(), nullable=False),
        sa.Column("received_by", sa.Text(), nullable=False),
        sa.Column("given_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_consents")),
        if_not_exists=True,
    )
    op.create_index("ix_consents_person", "consents", ["region", "person"], if_not_exists=True)
    op.create_index(
        "ix_consents_that_hold",
        "consents",
        ["region", "service_point", "person"],
        postgresql_where=sa.text("status = 'holds'"),
        if_not_exists=True,
    )
    guard_regions(op, "orders")
    for table in ("fault_reports", "purchase_orders"):  # a consent finds a person's
        name = f"ix_{table}_recipient_person"
        build_index(
            op,
            name,
            f"CREATE INDEX CONCURRENTLY {name} ON {table} (region, recipient_person)",
        )
