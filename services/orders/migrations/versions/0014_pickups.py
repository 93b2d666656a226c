"""Pickups, and what is private to each."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "pickups",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("pickup_number", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("recipient", postgresql.JSONB(), nullable=False),
        sa.Column("service_point", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("ordered_by", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("address_kind", sa.String(40), nullable=False),
        sa.Column("earliest_on", sa.Date(), nullable=True),
        sa.Column("latest_on", sa.Date(), nullable=True),
        sa.Column("lines", postgresql.JSONB(), nullable=False),
        sa.Column("has_text", sa.Boolean(), nullable=False),
        sa.Column("policy", postgresql.JSONB(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("refused", postgresql.JSONB(), nullable=False),
        sa.Column("is_overdue", sa.Boolean(), nullable=False),
        sa.Column("technician", sa.Text(), nullable=True),
        sa.Column("not_found", postgresql.JSONB(), nullable=False),
        sa.Column("recipient_person", sa.Uuid(), nullable=True),
        sa.Column("recipient_unit", sa.Text(), nullable=True),
        sa.Column("requested_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_pickups")),
        sa.UniqueConstraint("region", "pickup_number", name="uq_pickup_number"),
    )
    for name, columns in (
        ("ix_pickups_service_point", ["service_point", "requested_on"]),
        ("ix_pickups_recipient_person", ["recipient_person"]),
        ("ix_pickups_recipient_unit", ["recipient_unit"]),
        ("ix_pickups_requested_on", ["requested_on"]),
    ):
        op.create_index(name, "pickups", ["region", *columns])
    op.create_table(
        "pickup_details",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("pickup_id", sa.Uuid(), nullable=False),
        sa.Column("delivery", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("region", "pickup_id", name=op.f("pk_pickup_details")),
    )
    guard_regions(op, "orders")
