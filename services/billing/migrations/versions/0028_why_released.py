"""Why a held invoice is paid as it is, where finance said it."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.add_column("supplier_invoices", sa.Column("released_for", sa.Text(), nullable=True))
