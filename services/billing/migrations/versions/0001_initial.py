"""The tables of billing."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import create_chassis_tables, guard_regions
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_chassis_tables(op, "billing")
    op.create_table(
        "articles",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("article_number", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.String(40), nullable=False),
        sa.Column("charging", sa.String(40), nullable=False),
        sa.Column("prices", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("region", "article_number", name=op.f("pk_articles")),
    )
    op.create_table(
        "charges",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("payer", postgresql.JSONB(), nullable=False),
        sa.Column("payer_key", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("article_number", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("amount", postgresql.JSONB(), nullable=False),
        sa.Column("charged_on", sa.Date(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_charges")),
    )
    op.create_index("ix_charges_order", "charges", ["region", "order_id"], unique=False)
    op.create_index(
        "ix_charges_to_invoice",
        "charges",
        ["region", "payer_key"],
        unique=False,
        postgresql_where=sa.text("invoice_id IS NULL"),
    )
    op.create_table(
        "counters",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("region", "name", name=op.f("pk_counters")),
    )
    op.create_table(
        "devices",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("device_number", sa.Text(), nullable=False),
        sa.Column("article_number", sa.Text(), nullable=False),
        sa.Column("points", postgresql.JSONB(), nullable=False),
        sa.Column("unsettled_from", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("region", "device_id", name=op.f("pk_devices")),
    )
    op.create_index("ix_devices_article", "devices", ["region", "article_number"], unique=False)
    op.create_index("ix_devices_unsettled", "devices", ["region", "unsettled_from"], unique=False)
    op.create_table(
        "invoice_runs",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("through", sa.Date(), nullable=False),
        sa.Column("invoices", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_invoice_runs")),
    )
    op.create_table(
        "invoices",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("payer", postgresql.JSONB(), nullable=False),
        sa.Column("payer_key", sa.Text(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("is_credit", sa.Boolean(), nullable=False),
        sa.Column("net_ore", sa.BigInteger(), nullable=False),
        sa.Column("vat_ore", sa.BigInteger(), nullable=False),
        sa.Column("gross_ore", sa.BigInteger(), nullable=False),
        sa.Column("lines", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_invoices")),
    )
    op.create_index("ix_invoices_payer", "invoices", ["region", "payer_key", "month"], unique=False)
    op.create_index("uq_invoice_number_bil_9", "invoices", ["region", "number"], unique=True)
    op.create_table(
        "order_lines",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("recipient", postgresql.JSONB(), nullable=False),
        sa.Column("fee", postgresql.JSONB(), nullable=True),
        sa.PrimaryKeyConstraint("region", "line_id", name=op.f("pk_order_lines")),
    )
    op.create_table(
        "payers",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("payer_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("region", "payer_id", name=op.f("pk_payers")),
    )
    op.create_table(
        "rents",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("device_number", sa.Text(), nullable=False),
        sa.Column("article_number", sa.Text(), nullable=False),
        sa.Column("payer_id", sa.Text(), nullable=False),
        sa.Column("monthly", postgresql.JSONB(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=False),
        sa.Column("sign", sa.Integer(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_rents")),
    )
    op.create_index("ix_rents_device", "rents", ["region", "device_id"], unique=False)
    op.create_index(
        "ix_rents_to_invoice",
        "rents",
        ["region", "payer_id"],
        unique=False,
        postgresql_where=sa.text("invoice_id IS NULL"),
    )
    guard_regions(op, "billing")
