"""An article has a GTIN of its own, and no other of its region has it (INV-2)."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.index_building import build_index

revision = "0051"
down_revision = "0050"


def upgrade() -> None:
    op.add_column("articles", sa.Column("gtin", sa.Text(), nullable=True), if_not_exists=True)
    build_index(
        op,
        "uq_articles_gtin",
        "CREATE UNIQUE INDEX CONCURRENTLY uq_articles_gtin ON articles (region, gtin)",
    )
