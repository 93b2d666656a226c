"""Articles are found by their supplier's number and by their product (INV-1, INV-3)."""

from alembic import op
from kvitt_chassis.index_building import build_index

revision = "0037"
down_revision = "0034"

FOUND = """
    UPDATE articles
    SET search_text = lower(concat_ws(' ', search_text, supplier_article_number, product))
    WHERE supplier_article_number IS NOT NULL OR product IS NOT NULL
"""
"""Of the rows of earlier releases: who has the words twice is found no other way."""


def upgrade() -> None:
    op.execute(FOUND)
    build_index(
        op,
        "ix_articles_product",
        "CREATE INDEX CONCURRENTLY ix_articles_product ON articles (region, product)",
    )
