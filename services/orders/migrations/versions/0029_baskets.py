"""Basket loans out of units' own stores."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    op.create_table(
        "basket_loans",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("order_number", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("prescriber", sa.Text(), nullable=False),
        sa.Column("requester", sa.Text(), nullable=False),
        sa.Column("service_point", sa.Text(), nullable=False),
        sa.Column("store", sa.Text(), nullable=False),
        sa.Column("lent_on", sa.Date(), nullable=False),
        sa.Column("lent_until", sa.Date(), nullable=False),
        sa.Column("policy", postgresql.JSONB(), nullable=False),
        sa.Column("lines", postgresql.JSONB(), nullable=False),
        sa.Column("is_overdue", sa.Boolean(), nullable=False),
        sa.Column("refused_act", sa.Uuid(), nullable=True),
        sa.Column("refusal", sa.Text(), nullable=True),
        sa.Column("persons", postgresql.JSONB(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("waits_on", sa.String(40), nullable=True),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_basket_loans")),
        sa.UniqueConstraint("region", "order_number", name="uq_basket_loan_number"),
    )
    op.create_index(
        "ix_basket_loans_lent_until", "basket_loans", ["region", "lent_until", "order_number"]
    )
    for name in ("service_point", "prescriber", "requester", "status"):
        op.create_index(f"ix_basket_loans_{name}", "basket_loans", ["region", name, "lent_until"])
    op.create_index(
        "ix_basket_loans_number_prefix",
        "basket_loans",
        ["region", "order_number"],
        postgresql_ops={"order_number": "text_pattern_ops"},
    )
    op.create_index(
        "ix_basket_loans_due_on",
        "basket_loans",
        ["region", "due_on"],
        postgresql_where=sa.text("due_on IS NOT NULL"),
    )
    guard_regions(op, "orders")
