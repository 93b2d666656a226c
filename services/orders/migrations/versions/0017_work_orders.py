"""Work orders, what is private to each, and their technicians' notes."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "work_orders",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("work_order_number", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("recipient", postgresql.JSONB(), nullable=False),
        sa.Column("service_point", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("requester", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("line_id", sa.Uuid(), nullable=True),
        sa.Column("service_article", sa.Text(), nullable=True),
        sa.Column("payer_id", sa.Text(), nullable=False),
        sa.Column("has_description", sa.Boolean(), nullable=False),
        sa.Column("has_attachments", sa.Boolean(), nullable=False),
        sa.Column("is_attested", sa.Boolean(), nullable=False),
        sa.Column("is_type_missing", sa.Boolean(), nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=False),
        sa.Column("policy", postgresql.JSONB(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.Column("technician", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("has_action", sa.Boolean(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=True),
        sa.Column("finished_on", sa.Date(), nullable=True),
        sa.Column("article_number", sa.Text(), nullable=True),
        sa.Column("voided_for", sa.Text(), nullable=True),
        sa.Column("awaits_number", sa.Boolean(), nullable=False),
        sa.Column("is_renumbered", sa.Boolean(), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("recipient_person", sa.Uuid(), nullable=True),
        sa.Column("recipient_unit", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("waits_on", sa.String(40), nullable=True),
        sa.Column("action", sa.Text(), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_work_orders")),
        sa.UniqueConstraint("region", "work_order_number", name="uq_work_order_number"),
    )
    for name, columns in (
        ("ix_work_orders_service_point", ["service_point", "registered_on"]),
        ("ix_work_orders_recipient_person", ["recipient_person"]),
        ("ix_work_orders_recipient_unit", ["recipient_unit"]),
        ("ix_work_orders_device", ["device_id"]),
        ("ix_work_orders_requester", ["requester", "registered_on"]),
        ("ix_work_orders_registered_on", ["registered_on"]),
    ):
        op.create_index(name, "work_orders", ["region", *columns])
    op.create_index(
        "ix_work_orders_number_prefix",
        "work_orders",
        ["region", "work_order_number"],
        postgresql_ops={"work_order_number": "text_pattern_ops"},
    )
    op.create_index(
        "ix_work_orders_due_on",
        "work_orders",
        ["region", "due_on"],
        postgresql_where=sa.text("due_on IS NOT NULL"),
    )
    op.create_table(
        "work_order_details",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("work_order_id", sa.Uuid(), nullable=False),
        sa.Column("delivery", postgresql.JSONB(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("application", postgresql.JSONB(), nullable=True),
        sa.PrimaryKeyConstraint("region", "work_order_id", name=op.f("pk_work_order_details")),
    )
    op.create_table(
        "work_order_notes",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("note_id", sa.Uuid(), nullable=False),
        sa.Column("work_order_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("technician", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("region", "note_id", name=op.f("pk_work_order_notes")),
    )
    op.create_index(
        "ix_work_order_notes_work_order", "work_order_notes", ["region", "work_order_id", "at"]
    )
    guard_regions(op, "orders")
