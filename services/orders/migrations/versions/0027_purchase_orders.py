"""Suppliers, purchase orders with what suppliers are told, and where articles come from."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions
from sqlalchemy.dialects.postgresql import JSONB

revision = "0027"
down_revision = "0026"

_INDEXES = {
    "service_point": ["service_point", "created_on"],
    "order": ["order_id"],
    "supplier": ["supplier_id", "created_on"],
    "status": ["status", "created_on"],
    "created_on": ["created_on"],
    "by": ["by"],
    "awaited_on": ["awaited_on"],
}


def upgrade() -> None:
    _add_columns_of_articles()
    op.create_table(
        "suppliers",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("supplier_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("organisation_number", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("has_order_address", sa.Boolean(), nullable=False),
        sa.Column("order_email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("address", JSONB(), nullable=True),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_suppliers")),
        sa.UniqueConstraint("region", "supplier_id", name="uq_supplier_id"),
    )
    op.create_table(
        "purchase_orders",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("purchase_order_number", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Text(), nullable=False),
        sa.Column("service_point", sa.Text(), nullable=False),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=False),
        sa.Column("is_sent_by_kvitt", sa.Boolean(), nullable=False),
        sa.Column("lines", JSONB(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=True),
        sa.Column("how", sa.Text(), nullable=True),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("sent_by", sa.Text(), nullable=True),
        sa.Column("order_number", sa.Text(), nullable=False),
        sa.Column("recipient_person", sa.Uuid(), nullable=True),
        sa.Column("awaited_on", sa.Date(), nullable=True),
        sa.Column("has_deviation", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_purchase_orders")),
        sa.UniqueConstraint("region", "purchase_order_number", name="uq_purchase_order_number"),
    )
    for name, columns in _INDEXES.items():
        op.create_index(f"ix_purchase_orders_{name}", "purchase_orders", ["region", *columns])
    op.create_index(
        "ix_purchase_orders_number_prefix",
        "purchase_orders",
        ["region", "purchase_order_number"],
        postgresql_ops={"purchase_order_number": "text_pattern_ops"},
    )
    op.create_table(
        "purchase_order_details",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("purchase_order_id", sa.Uuid(), nullable=False),
        sa.Column("comments", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint(
            "region", "purchase_order_id", name=op.f("pk_purchase_order_details")
        ),
    )
    guard_regions(op, "orders")


def _add_columns_of_articles() -> None:
    lead_time = sa.Column("lead_time_days", sa.Integer(), nullable=False, server_default="5")
    op.add_column("articles", lead_time)
    for name in ("supplier_id", "supplier_article_number"):
        op.add_column("articles", sa.Column(name, sa.Text(), nullable=True))
    for name, default in (
        ("is_kept_in_central", sa.true()),
        ("is_own_units_only", sa.false()),
        ("is_free", sa.false()),
        ("is_attachment_needed", sa.false()),
    ):
        column = sa.Column(name, sa.Boolean(), nullable=False, server_default=default)
        op.add_column("articles", column)
    never = sa.Column("never_from", JSONB(), nullable=False, server_default=sa.text("'[]'"))
    op.add_column("articles", never)
