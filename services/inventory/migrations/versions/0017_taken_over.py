"""Where a device was bought from, and whom it is meant for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("devices", sa.Column("origin", postgresql.JSONB(), nullable=True))
    op.add_column("devices", sa.Column("bought_on", sa.Date(), nullable=True))
    op.add_column("devices", sa.Column("value", postgresql.JSONB(), nullable=True))
    op.add_column("devices", sa.Column("meant_for", sa.Uuid(), nullable=True))
