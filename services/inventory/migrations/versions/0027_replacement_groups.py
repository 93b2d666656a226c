"""Articles are found by their replacement group (ORD-6)."""

from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.create_index("ix_articles_replacement_group", "articles", ["region", "replacement_group"])
