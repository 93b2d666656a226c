"""How many pieces of each line of an order are not delivered yet."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    lines = sa.Column("lines", JSONB(), nullable=False, server_default=sa.text("'{}'"))
    op.add_column("orders", lines)
