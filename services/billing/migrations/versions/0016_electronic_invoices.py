"""Electronic invoices: who they are to and from, their bytes; and which rent a credit takes back.
The units are read again: what else a payer states was passed over until now.
"""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions, reading_again
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"

READ_AGAIN = reading_again("orders.units")


def upgrade() -> None:
    op.add_column("payers", sa.Column("organisation_number", sa.Text(), nullable=True))
    op.add_column("payers", sa.Column("vat_number", sa.Text(), nullable=True))
    op.add_column("payers", sa.Column("address", postgresql.JSONB(), nullable=True))
    op.add_column("payers", sa.Column("endpoint", postgresql.JSONB(), nullable=True))
    op.add_column("payers", sa.Column("reference", sa.Text(), nullable=True))
    op.add_column("rents", sa.Column("corrects", sa.Uuid(), nullable=True))
    op.add_column("documents", sa.Column("parties", postgresql.JSONB(), nullable=True))
    op.add_column("documents", sa.Column("ubl", sa.LargeBinary(), nullable=True))
    for statement in READ_AGAIN:
        op.execute(statement)
    guard_regions(op, "billing")
