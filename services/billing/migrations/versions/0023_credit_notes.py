"""A credit note is found by the invoice that it names."""

from alembic import op
from kvitt_chassis.index_building import build_index

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    build_index(
        op,
        "ix_supplier_invoices_credits",
        "CREATE INDEX CONCURRENTLY ix_supplier_invoices_credits ON supplier_invoices"
        " (region, supplier_id, upper(credits)) WHERE credits IS NOT NULL",
    )
