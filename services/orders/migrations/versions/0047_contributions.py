"""Articles that no store has: contributions (INV-16). What inventory lists from now on says it."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"


def upgrade() -> None:
    op.add_column(
        "articles",
        sa.Column("is_contribution", sa.Boolean(), nullable=False, server_default=sa.false()),
        if_not_exists=True,
    )
