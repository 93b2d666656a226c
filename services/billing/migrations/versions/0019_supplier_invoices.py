"""Suppliers, purchase orders, and suppliers' invoices matched with them."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions
from sqlalchemy.dialects.postgresql import JSONB

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "suppliers",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("supplier_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("organisation_number", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("region", "supplier_id", name=op.f("pk_suppliers")),
    )
    op.create_index("ix_suppliers_number", "suppliers", ["region", "organisation_number"])
    op.create_table(
        "purchase_orders",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("purchase_order_number", sa.Text(), nullable=False),
        sa.Column("purchase_order_id", sa.Uuid(), nullable=True),
        sa.Column("supplier_id", sa.Text(), nullable=True),
        sa.Column("service_point", sa.Text(), nullable=True),
        sa.Column("line_ids", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("region", "purchase_order_number", name=op.f("pk_purchase_orders")),
    )
    op.create_index("ix_purchase_orders_id", "purchase_orders", ["region", "purchase_order_id"])
    op.create_table(
        "purchase_lines",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("article_number", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("price", JSONB(), nullable=True),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("cleared", sa.Integer(), nullable=False),
        sa.Column("released", sa.Integer(), nullable=False),
        sa.Column("deviates", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("region", "line_id", name=op.f("pk_purchase_lines")),
        sa.CheckConstraint(
            "cleared >= 0 AND cleared <= received",
            name=op.f("ck_purchase_lines_cleared_within_received_bil_6"),
        ),
    )
    op.create_table(
        "supplier_invoices",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("supplier_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("purchase_order_number", sa.Text(), nullable=True),
        sa.Column("device_number", sa.Text(), nullable=True),
        sa.Column("is_credit", sa.Boolean(), nullable=False),
        sa.Column("credits", sa.Text(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("net_ore", sa.BigInteger(), nullable=False),
        sa.Column("vat_ore", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("lines", JSONB(), nullable=False),
        sa.Column("policy", JSONB(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("reasons", JSONB(), nullable=False),
        sa.Column("cleared", JSONB(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("rejected_for", sa.Text(), nullable=True),
        sa.Column("service_point", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_supplier_invoices")),
    )
    for name, columns in (
        ("received_on", ["received_on", "id"]),
        ("due_on", ["due_on", "id"]),
        ("status", ["status", "due_on"]),
        ("number", ["number"]),
        ("supplier", ["supplier_id"]),
        ("purchase_order", ["purchase_order_number"]),
        ("device", ["device_number"]),
        ("service_point", ["service_point"]),
    ):
        op.create_index(f"ix_supplier_invoices_{name}", "supplier_invoices", ["region", *columns])
    op.create_table(
        "takeovers",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("device_number", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("article_number", sa.Text(), nullable=True),
        sa.Column("from_region", sa.Text(), nullable=True),
        sa.Column("service_point", sa.Text(), nullable=True),
        sa.Column("bought_on", sa.Date(), nullable=True),
        sa.Column("value", JSONB(), nullable=True),
        sa.Column("cleared", sa.Integer(), nullable=False),
        sa.Column("released", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("region", "device_number", name=op.f("pk_takeovers")),
        sa.CheckConstraint(
            "cleared >= 0 AND cleared <= 1", name=op.f("ck_takeovers_cleared_once_bil_13")
        ),
    )
    op.create_index("ix_takeovers_bought_on", "takeovers", ["region", "bought_on", "device_number"])
    op.create_index("ix_takeovers_service_point", "takeovers", ["region", "service_point"])
    op.add_column("articles", sa.Column("supplier_id", sa.Text(), nullable=True))
    op.add_column("articles", sa.Column("supplier_article_number", sa.Text(), nullable=True))
    op.create_index(
        "ix_articles_supplier", "articles", ["region", "supplier_id", "supplier_article_number"]
    )
    guard_regions(op, "billing")
