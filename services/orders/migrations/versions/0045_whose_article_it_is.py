"""A unit's orders of an article are found without reading everybody's; what is urgent has an index
(decision 0472).
"""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.index_building import build_index

revision = "0045"
down_revision = "0043"

WHOSE = ("service_point", "prescriber", "requester")
# decision 0342: kept by the database, so that it is right of every writer's rows
NOTE_ARTICLES = """
    CREATE OR REPLACE FUNCTION note_articles() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO order_articles
            (region, article_number, order_id, service_point, prescriber, requester)
        SELECT DISTINCT new.region, line ->> 'article_number', new.id,
            new.service_point, new.prescriber, new.requester
        FROM jsonb_array_elements(new.lines) AS line
        ON CONFLICT DO NOTHING;
        RETURN NULL;
    END $$
"""
# who ordered, where and for whom never changes: what was written by earlier releases is told once
FILL = """
    UPDATE order_articles AS named SET
        service_point = orders.service_point,
        prescriber = orders.prescriber,
        requester = orders.requester
    FROM orders
    WHERE orders.region = named.region AND orders.id = named.order_id
        AND named.service_point IS NULL
"""


def upgrade() -> None:
    for name in WHOSE:
        op.add_column(
            "order_articles", sa.Column(name, sa.Text(), nullable=True), if_not_exists=True
        )
    op.execute(NOTE_ARTICLES)
    build_index(
        op,
        "ix_orders_is_urgent",
        "CREATE INDEX CONCURRENTLY ix_orders_is_urgent ON orders (region, is_urgent, placed_on)",
    )
    build_index(
        op,
        "ix_orders_whose",
        "CREATE INDEX CONCURRENTLY ix_orders_whose ON orders (region, id)"
        " INCLUDE (recipient_person, prescriber, requester, service_point)",
    )
    op.execute(FILL)  # what is written meanwhile tells it by itself
    build_index(
        op,
        "ix_order_articles_whose",
        "CREATE INDEX CONCURRENTLY ix_order_articles_whose ON order_articles"
        " (region, article_number, service_point, prescriber, requester, order_id)",
    )
