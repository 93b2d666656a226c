"""Product areas of users and articles, and the stores that users are connected to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("users", sa.Column("product_areas", postgresql.JSONB(), nullable=True))
    op.add_column("users", sa.Column("stores", postgresql.JSONB(), nullable=True))
    op.add_column("articles", sa.Column("product_area", sa.Text(), nullable=True))
