"""The tables of orders."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import create_chassis_tables, guard_regions
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_chassis_tables(op, "orders")
    op.create_table(
        "articles",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("article_number", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.String(40), nullable=False),
        sa.Column("marked", sa.Boolean(), nullable=False),
        sa.Column("in_assortment", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("fee_group", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("region", "article_number", name=op.f("pk_articles")),
    )
    op.create_table(
        "care_units",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_care_units")),
        sa.UniqueConstraint("region", "unit", name="uq_care_unit"),
    )
    op.create_table(
        "customers",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("payer_id", sa.Text(), nullable=False),
        sa.Column("is_service_point", sa.Boolean(), nullable=False),
        sa.Column("private_clinic", sa.Boolean(), nullable=False),
        sa.Column("store", sa.Text(), nullable=True),
        sa.Column("address", postgresql.JSONB(), nullable=True),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_customers")),
        sa.UniqueConstraint("region", "customer_id", name="uq_customer_id"),
    )
    op.create_table(
        "number_series",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("series_week", sa.Text(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("region", "series_week", name=op.f("pk_number_series")),
    )
    op.create_table(
        "order_details",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("delivery", postgresql.JSONB(), nullable=False),
        sa.Column("comments", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("region", "order_id", name=op.f("pk_order_details")),
    )
    op.create_table(
        "orders",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("order_number", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("recipient", postgresql.JSONB(), nullable=False),
        sa.Column("prescriber", sa.Text(), nullable=False),
        sa.Column("requester", sa.Text(), nullable=False),
        sa.Column("service_point", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("supply", sa.String(40), nullable=False),
        sa.Column("store", sa.Text(), nullable=False),
        sa.Column("address_kind", sa.String(40), nullable=False),
        sa.Column("consolidated", sa.Boolean(), nullable=False),
        sa.Column("placed_on", sa.Date(), nullable=False),
        sa.Column("policy", postgresql.JSONB(), nullable=False),
        sa.Column("lines", postgresql.JSONB(), nullable=False),
        sa.Column("planned_dispatch_on", sa.Date(), nullable=True),
        sa.Column("picking_begun", sa.Boolean(), nullable=False),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.Column("refusal", sa.Text(), nullable=True),
        sa.Column("recipient_person", sa.Uuid(), nullable=True),
        sa.Column("recipient_unit", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_orders")),
        sa.UniqueConstraint("region", "order_number", name="uq_order_number"),
    )
    op.create_index(
        "ix_orders_lines",
        "orders",
        ["lines"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"lines": "jsonb_path_ops"},
    )
    op.create_index(
        "ix_orders_number_prefix",
        "orders",
        ["region", "order_number"],
        unique=False,
        postgresql_ops={"order_number": "text_pattern_ops"},
    )
    op.create_index("ix_orders_placed_on", "orders", ["region", "placed_on"], unique=False)
    op.create_index(
        "ix_orders_prescriber", "orders", ["region", "prescriber", "placed_on"], unique=False
    )
    op.create_index(
        "ix_orders_recipient_person", "orders", ["region", "recipient_person"], unique=False
    )
    op.create_index(
        "ix_orders_requester", "orders", ["region", "requester", "placed_on"], unique=False
    )
    op.create_index(
        "ix_orders_service_point", "orders", ["region", "service_point", "placed_on"], unique=False
    )
    op.create_table(
        "payers",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_payers")),
        sa.UniqueConstraint("region", "payer_id", name="uq_payer_id"),
    )
    op.create_table(
        "person_accesses",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("access_id", sa.Uuid(), nullable=False),
        sa.Column("at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("region", "access_id", name=op.f("pk_person_accesses")),
    )
    op.create_index(
        "ix_person_accesses_person", "person_accesses", ["region", "person", "at"], unique=False
    )
    op.create_table(
        "person_details",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("number_index", sa.LargeBinary(), nullable=False),
        sa.Column("identity", postgresql.JSONB(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", postgresql.JSONB(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("door_code", sa.Text(), nullable=True),
        sa.Column("instructions", sa.Text(), nullable=True),
        sa.Column("home_region", sa.Text(), nullable=False),
        sa.Column("protected", sa.Boolean(), nullable=False),
        sa.Column("deceased", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("region", "person", name=op.f("pk_person_details")),
        sa.UniqueConstraint("region", "number_index", name="uq_one_person_per_number"),
    )
    op.create_table(
        "person_ids",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("region_person_id", sa.Text(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("region", "region_person_id", name=op.f("pk_person_ids")),
    )
    op.create_table(
        "persons",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("region_person_id", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("merged_into", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_persons")),
        sa.UniqueConstraint("region", "region_person_id", name="uq_one_ref_per_region_person_id"),
    )
    op.create_index("ix_persons_merged_into", "persons", ["region", "merged_into"], unique=False)
    op.create_table(
        "users",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("roles", postgresql.JSONB(), nullable=False),
        sa.Column("service_points", postgresql.JSONB(), nullable=False),
        sa.Column("default_service_point", sa.Text(), nullable=False),
        sa.Column("acts_for", postgresql.JSONB(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_users")),
        sa.UniqueConstraint("region", "user_id", name="uq_user_id"),
    )
    # REF-6: who looked at whom is added to, never changed.
    op.execute("REVOKE UPDATE, DELETE, TRUNCATE ON person_accesses FROM orders_api, orders_worker")
    guard_regions(op, "orders")
