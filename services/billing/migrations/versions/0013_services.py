"""Charges of work orders and of pickups, what a payment of such an invoice needs, and which units
are contracted. The units are read again: what they are was passed over until now.
"""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions, reading_again

revision = "0013"
down_revision = "0012"

READ_AGAIN = reading_again("orders.units")


def upgrade() -> None:
    op.alter_column("charges", "kind", type_=sa.Text(), existing_type=sa.String(40))
    for column, of in (
        ("order_id", sa.Uuid()),
        ("line_id", sa.Uuid()),
        ("article_number", sa.Text()),
    ):
        op.alter_column("charges", column, existing_type=of, nullable=True)
    op.add_column("charges", sa.Column("pickup_id", sa.Uuid(), nullable=True))
    op.add_column("charges", sa.Column("work_order_id", sa.Uuid(), nullable=True))
    op.add_column("invoices", sa.Column("due_on", sa.Date(), nullable=True))
    op.add_column("invoices", sa.Column("ocr", sa.Text(), nullable=True))
    op.add_column(
        "customers",
        sa.Column("private_clinic", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "work_orders",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("work_order_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("service_article", sa.Text(), nullable=True),
        sa.Column("payer_id", sa.Text(), nullable=False),
        sa.Column("service_point", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("region", "work_order_id", name=op.f("pk_work_orders")),
    )
    for statement in READ_AGAIN:
        op.execute(statement)
    guard_regions(op, "billing")
