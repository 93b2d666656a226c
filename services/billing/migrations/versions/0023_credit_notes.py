"""A credit note is found by the invoice that it names."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.create_index(
        "ix_supplier_invoices_credits",
        "supplier_invoices",
        ["region", "supplier_id", sa.text("upper(credits)")],
        postgresql_where=sa.text("credits IS NOT NULL"),
    )
