"""The tables of bmb: transfers, their texts, and what it knows of others."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import create_chassis_tables, guard_regions
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_chassis_tables(op, "bmb")
    op.create_table(
        "care_units",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("region", "unit", name=op.f("pk_care_units")),
    )
    op.create_table(
        "customers",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("payer_id", sa.Text(), nullable=False),
        sa.Column("is_service_point", sa.Boolean(), nullable=False),
        sa.Column("private_clinic", sa.Boolean(), nullable=False),
        sa.Column("store", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("region", "customer_id", name=op.f("pk_customers")),
    )
    op.create_index("ix_customers_store", "customers", ["region", "store"], unique=False)
    op.create_table(
        "devices",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("device_number", sa.Text(), nullable=False),
        sa.Column("holder", postgresql.JSONB(), nullable=False),
        sa.Column("payer_id", sa.Text(), nullable=True),
        sa.Column("customer_id", sa.Text(), nullable=True),
        sa.Column("prescriber", sa.Text(), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("region", "device_id", name=op.f("pk_devices")),
    )
    op.create_index(
        "ix_devices_device_number", "devices", ["region", "device_number"], unique=False
    )
    op.create_table(
        "payers",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("payer_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("region", "payer_id", name=op.f("pk_payers")),
    )
    op.create_table(
        "persons",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("region_person_id", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("merged_into", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("region", "person", name=op.f("pk_persons")),
    )
    op.create_index(
        "ix_persons_region_person_id", "persons", ["region", "region_person_id"], unique=False
    )
    op.create_table(
        "transfer_texts",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("to_receiver", sa.Text(), nullable=True),
        sa.Column("to_sender", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("region", "transfer_id", name=op.f("pk_transfer_texts")),
    )
    op.create_table(
        "transfers",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("devices", postgresql.JSONB(), nullable=False),
        sa.Column("remaining", postgresql.JSONB(), nullable=False),
        sa.Column("current_recipient", postgresql.JSONB(), nullable=True),
        sa.Column("current_store", sa.Text(), nullable=True),
        sa.Column("new_recipient", postgresql.JSONB(), nullable=True),
        sa.Column("new_store", sa.Text(), nullable=True),
        sa.Column("new_prescriber", sa.Text(), nullable=True),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("sending_service_point", sa.Text(), nullable=False),
        sa.Column("receiving_service_point", sa.Text(), nullable=False),
        sa.Column("proposed_customer", sa.Text(), nullable=False),
        sa.Column("proposed_payer", sa.Text(), nullable=False),
        sa.Column("transfer_date", sa.Date(), nullable=False),
        sa.Column("attested", sa.Boolean(), nullable=False),
        sa.Column("has_message", sa.Boolean(), nullable=False),
        sa.Column("policy", postgresql.JSONB(), nullable=True),
        sa.Column("requested_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("deadline", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("customer_id", sa.Text(), nullable=True),
        sa.Column("payer_id", sa.Text(), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_transfers")),
    )
    op.create_index(
        "ix_transfers_devices", "transfers", ["devices"], unique=False, postgresql_using="gin"
    )
    op.create_index(
        "ix_transfers_incoming",
        "transfers",
        ["region", "receiving_service_point", "status", "transfer_date"],
        unique=False,
    )
    op.create_index(
        "ix_transfers_outgoing",
        "transfers",
        ["region", "sending_service_point", "status", "transfer_date"],
        unique=False,
    )
    op.create_table(
        "users",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("roles", postgresql.JSONB(), nullable=False),
        sa.Column("service_points", postgresql.JSONB(), nullable=False),
        sa.Column("default_service_point", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("region", "user_id", name=op.f("pk_users")),
    )
    guard_regions(op, "bmb")
