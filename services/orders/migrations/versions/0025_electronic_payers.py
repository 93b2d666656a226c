"""What an electronic invoice to a payer needs, as its region states it."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.add_column("payers", sa.Column("organisation_number", sa.Text(), nullable=True))
    op.add_column("payers", sa.Column("vat_number", sa.Text(), nullable=True))
    op.add_column("payers", sa.Column("address", postgresql.JSONB(), nullable=True))
    op.add_column("payers", sa.Column("endpoint", postgresql.JSONB(), nullable=True))
    op.add_column("payers", sa.Column("reference", sa.Text(), nullable=True))
    guard_regions(op, "orders")
