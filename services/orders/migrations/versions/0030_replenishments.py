"""Orders that fill up a unit's own store, without a recipient, and their templates (ORD-9); refill
proposals (INV-9).
"""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.alter_column("orders", "recipient", nullable=True)
    op.add_column("orders", sa.Column("to_store", sa.Text(), nullable=True))
    op.add_column("orders", sa.Column("proposal_id", sa.Uuid(), nullable=True))
    op.create_table(
        "refills",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("store", sa.Text(), nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("region", "proposal_id", name=op.f("pk_refills")),
    )
    op.create_index("ix_refills_store", "refills", ["region", "store", "proposed_on"])
    op.create_table(
        "templates",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("store", sa.Text(), nullable=False),
        sa.Column("lines", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_templates")),
    )
    op.create_table(
        "template_names",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("region", "template_id", name=op.f("pk_template_names")),
    )
    op.create_index("ix_template_names_name", "template_names", ["region", "name", "template_id"])
    guard_regions(op, "orders")
