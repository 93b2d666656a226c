"""Users, and customers with their payers: who may read what. The units are read again."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"

READ_AGAIN = (
    """
    DELETE FROM marks WHERE topic = 'orders.units' AND NOT EXISTS (
        SELECT FROM parked_keys
        WHERE parked_keys.topic = marks.topic AND parked_keys.key = marks.key)
    """,
    "DELETE FROM positions WHERE topic LIKE '%orders.units'",
)
"""What makes the consumer read the units from the first: it passed over customers until now, and
applies payers once more.
"""


def upgrade() -> None:
    op.create_table(
        "users",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("roles", postgresql.JSONB(), nullable=False),
        sa.Column("service_points", postgresql.JSONB(), nullable=False),
        sa.Column("default_service_point", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("region", "user_id", name=op.f("pk_users")),
    )
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
