"""The region's news with its text, and users' product areas, by which it is shown."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.add_column("users", sa.Column("product_areas", postgresql.JSONB(), nullable=True))
    op.create_table(
        "news",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("product_area", sa.Text(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_news")),
    )
    op.create_index("ix_news_from_on", "news", ["region", "from_on"], unique=False)
    op.create_table(
        "news_texts",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("news_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("region", "news_id", name=op.f("pk_news_texts")),
    )
    guard_regions(op, "notifications")
