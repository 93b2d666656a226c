"""Whether 0 is an article's price, or what it cost is what it is sold for."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.add_column(
        "articles",
        sa.Column("is_free", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
