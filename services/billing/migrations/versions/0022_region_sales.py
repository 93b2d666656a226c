"""Sales to other regions, and what the region calls a person. The persons are read again: what the
region calls them was passed over until now.
"""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions, reading_again
from sqlalchemy.dialects.postgresql import JSONB

revision = "0022"
down_revision = "0021"

READ_AGAIN = reading_again("orders.persons")


def upgrade() -> None:
    op.create_table(
        "region_sales",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("payer_id", sa.Text(), nullable=False),
        sa.Column("recipient", JSONB(), nullable=False),
        sa.Column("service_point", sa.Text(), nullable=False),
        sa.Column("lines", JSONB(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("answer_by_on", sa.Date(), nullable=True),
        sa.Column("sold_on", sa.Date(), nullable=True),
        sa.Column("refused", JSONB(), nullable=False),
        sa.Column("requested_on", sa.Date(), nullable=False),
        sa.Column("claimed_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_region_sales")),
    )
    for name, columns in (
        ("requested_on", ["requested_on", "id"]),
        ("status", ["status", "requested_on"]),
        ("service_point", ["service_point"]),
        ("payer", ["payer_id"]),
    ):
        op.create_index(f"ix_region_sales_{name}", "region_sales", ["region", *columns])
    op.add_column("persons", sa.Column("region_person_id", sa.Text(), nullable=True))
    op.create_index("ix_persons_region_person_id", "persons", ["region", "region_person_id"])
    op.add_column("charges", sa.Column("sale_id", sa.Uuid(), nullable=True))
    op.create_index(
        "ix_charges_sale",
        "charges",
        ["region", "sale_id"],
        postgresql_where=sa.text("sale_id IS NOT NULL"),
    )
    for statement in READ_AGAIN:
        op.execute(statement)
    guard_regions(op, "billing")
