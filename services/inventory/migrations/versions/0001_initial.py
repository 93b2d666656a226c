"""The tables of inventory: articles, stores, balances and their ledger, devices, holds,
reservations, days, and what it knows of others.
"""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import create_chassis_tables, guard_regions
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_chassis_tables(op, "inventory")
    op.create_table(
        "articles",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("article_number", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("iso_code", sa.Text(), nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("marked", sa.Boolean(), nullable=False),
        sa.Column("in_assortment", sa.Boolean(), nullable=False),
        sa.Column("charging", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("lead_time_days", sa.Integer(), nullable=False),
        sa.Column("fee_group", sa.Text(), nullable=True),
        sa.Column("supplier", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("prices", postgresql.JSONB(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("sort_name", sa.Text(collation="C"), nullable=False),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_articles")),
    )
    op.create_index("ix_articles_name", "articles", ["region", "sort_name"], unique=False)
    op.create_index("ix_articles_number", "articles", ["region", "article_number"], unique=True)
    op.create_table(
        "backorders",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("store", sa.Text(), nullable=False),
        sa.Column("article_number", sa.Text(), nullable=False),
        sa.Column("line_number", sa.Integer(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("order_number", sa.Text(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("region", "line_id", name=op.f("pk_backorders")),
    )
    op.create_index(
        "ix_backorders_waiting",
        "backorders",
        ["region", "store", "article_number", "placed_at"],
        unique=False,
        postgresql_where=sa.text("missing > 0"),
    )
    op.create_table(
        "balances",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("article_number", sa.Text(), nullable=False),
        sa.Column("store", sa.Text(), nullable=False),
        sa.Column("available", sa.Integer(), nullable=False),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("on_order", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "available >= 0 AND reserved >= 0 AND on_order >= 0",
            name=op.f("ck_balances_inv_4_never_negative"),
        ),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_balances")),
    )
    op.create_index("ix_balances_article", "balances", ["region", "article_number"], unique=False)
    op.create_index(
        "ix_balances_store", "balances", ["region", "store", "article_number"], unique=True
    )
    op.create_table(
        "custody_changes",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("custody", postgresql.JSONB(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("transfer_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_custody_changes")),
    )
    op.create_index(
        "ix_custody_changes_device",
        "custody_changes",
        ["region", "device_id", "number"],
        unique=True,
    )
    op.create_table(
        "custody_counts",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("custody_changes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_custody_counts")),
    )
    op.create_table(
        "customers",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("private_clinic", sa.Boolean(), nullable=False),
        sa.Column("store", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("region", "customer_id", name=op.f("pk_customers")),
    )
    op.create_table(
        "days",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("closed", sa.Date(), nullable=False),
        sa.Column("custody_changes_so_far", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_days")),
    )
    op.create_table(
        "deliveries",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("store", sa.Text(), nullable=False),
        sa.Column("article_number", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("region", "reference", name=op.f("pk_deliveries")),
    )
    op.create_table(
        "devices",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("device_number", sa.Text(), nullable=False),
        sa.Column("serial_number", sa.Text(), nullable=True),
        sa.Column("article_number", sa.Text(), nullable=False),
        sa.Column("custody", postgresql.JSONB(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("claim_kind", sa.String(length=40), nullable=True),
        sa.Column("claimed_by", sa.Uuid(), nullable=True),
        sa.Column("holder_kind", sa.Text(), nullable=False),
        sa.Column("holder_key", sa.Text(), nullable=False),
        sa.Column("number_text", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(claim_kind IS NULL) = (claimed_by IS NULL)",
            name=op.f("ck_devices_bmb_12_one_claim_at_a_time"),
        ),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_devices")),
    )
    op.create_index("ix_devices_article", "devices", ["region", "article_number"], unique=False)
    op.create_index(
        "ix_devices_claimed_by",
        "devices",
        ["region", "claimed_by"],
        unique=False,
        postgresql_where=sa.text("claimed_by IS NOT NULL"),
    )
    op.create_index(
        "ix_devices_holder", "devices", ["region", "holder_kind", "holder_key"], unique=False
    )
    op.create_index("uq_devices_number", "devices", ["region", "device_number"], unique=True)
    op.create_table(
        "holds",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("devices", postgresql.JSONB(), nullable=False),
        sa.Column("refused", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_holds")),
    )
    op.create_table(
        "person_aliases",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("into", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("region", "person", name=op.f("pk_person_aliases")),
    )
    op.create_index("ix_person_aliases_into", "person_aliases", ["region", "into"], unique=False)
    op.create_table(
        "persons",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("region_person_id", sa.Text(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("region", "region_person_id", name=op.f("pk_persons")),
    )
    op.create_table(
        "placed_orders",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("order_number", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("recipient", postgresql.JSONB(), nullable=False),
        sa.Column("prescriber", sa.Text(), nullable=False),
        sa.Column("service_point", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("store", sa.Text(), nullable=False),
        sa.Column("placed_on", sa.Date(), nullable=False),
        sa.Column("lines", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("region", "order_id", name=op.f("pk_placed_orders")),
    )
    op.create_index(
        "ix_placed_orders_number", "placed_orders", ["region", "order_number"], unique=True
    )
    op.create_table(
        "reservations",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("planned_dispatch_on", sa.Date(), nullable=True),
        sa.Column("lines", postgresql.JSONB(), nullable=False),
        sa.Column("in_transit", postgresql.JSONB(), nullable=False),
        sa.Column("decline_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_reservations")),
    )
    op.create_index(
        "ix_reservations_status",
        "reservations",
        ["region", "status", "planned_dispatch_on"],
        unique=False,
    )
    op.create_table(
        "stock_moves",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("article_number", sa.Text(), nullable=False),
        sa.Column("store", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("available", sa.Integer(), nullable=False),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("on_order", sa.Integer(), nullable=False),
        sa.Column("moved_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cause_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_stock_moves")),
    )
    op.create_index(
        "ix_stock_moves_balance",
        "stock_moves",
        ["region", "store", "article_number", "recorded_at"],
        unique=False,
    )
    op.create_table(
        "stores",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("store", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("service_point", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("region", "store", name=op.f("pk_stores")),
    )
    op.create_table(
        "transfer_effects",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("new_recipient", postgresql.JSONB(), nullable=True),
        sa.Column("new_store", sa.Text(), nullable=True),
        sa.Column("new_prescriber", sa.Text(), nullable=True),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("payer_id", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("region", "transfer_id", name=op.f("pk_transfer_effects")),
    )
    guard_regions(op, "inventory")
