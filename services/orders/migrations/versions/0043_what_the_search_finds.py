"""Orders are found by their articles, and what the search narrows or sorts by has an index
(decision 0466).
"""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.index_building import build_index
from kvitt_chassis.migrations import guard_regions

revision = "0043"
down_revision = "0041"

ARTICLES = """
    INSERT INTO order_articles (region, article_number, order_id)
    SELECT DISTINCT region, line ->> 'article_number', id
    FROM orders CROSS JOIN LATERAL jsonb_array_elements(lines) AS line
    WHERE true {narrowed}
    ON CONFLICT DO NOTHING
"""
"""Of the rows of earlier releases, and of each row that is written from here on."""

# decision 0342: kept by the database, so that it is right of every writer's rows
NOTE_ARTICLES = f"""
    CREATE OR REPLACE FUNCTION note_articles() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        {ARTICLES.format(narrowed="AND region = new.region AND id = new.id")};
        RETURN NULL;
    END $$
"""
WHEN_WRITTEN = """
    CREATE OR REPLACE TRIGGER note_articles
    AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION note_articles()
"""
INDEXES = {
    "ix_orders_status": "status, placed_on",
    "ix_orders_supply": "supply, placed_on",
    "ix_orders_planned_dispatch_on": "planned_dispatch_on, placed_on",
    "ix_orders_delivered_on": "delivered_on, placed_on",
    "ix_orders_to_store": "to_store, placed_on",
    "ix_orders_reference": "reference, placed_on",
    "ix_orders_recipient_unit": "recipient_unit",
}


def upgrade() -> None:
    op.create_table(
        "order_articles",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("article_number", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint(
            "region", "article_number", "order_id", name=op.f("pk_order_articles")
        ),
        if_not_exists=True,
    )
    guard_regions(op, "orders")
    op.execute(NOTE_ARTICLES)
    op.execute(WHEN_WRITTEN)
    for name, columns in INDEXES.items():
        build_index(op, name, f"CREATE INDEX CONCURRENTLY {name} ON orders (region, {columns})")
    op.execute(ARTICLES.format(narrowed=""))  # what is written meanwhile notes its own
    op.drop_index("ix_orders_lines", "orders")
