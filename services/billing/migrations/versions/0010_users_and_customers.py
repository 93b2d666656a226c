"""Users, and customers with their payers: who may read what. The units are read again."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import create_users_table, guard_regions, reading_again

revision = "0010"
down_revision = "0009"

READ_AGAIN = reading_again("orders.units")
"""What makes the consumer read the units from the first: it passed over customers until now, and
applies payers once more.
"""


def upgrade() -> None:
    create_users_table(op)
    op.create_table(
        "customers",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("payer_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("region", "customer_id", name=op.f("pk_customers")),
    )
    op.create_index("ix_charges_payer", "charges", ["region", "payer_key", "charged_on"])
    for statement in READ_AGAIN:
        op.execute(statement)
    guard_regions(op, "billing")
