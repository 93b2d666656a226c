"""Articles are found by three letters in a row, in the order of their names (decision 0489)."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions

revision = "0041"
down_revision = "0038"

GRAMS_OF = """
    CREATE OR REPLACE FUNCTION grams_of(sought text) RETURNS SETOF text
    LANGUAGE sql IMMUTABLE STRICT AS $$
        SELECT DISTINCT substr(word, at, 3)
        FROM regexp_split_to_table(sought, ' ') AS word, generate_series(1, length(word) - 2) AS at
    $$
"""
# decision 0342: kept by the database, so that it is right of every writer's rows
NOTE_GRAMS = """
    CREATE OR REPLACE FUNCTION note_grams() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            IF new.search_text = old.search_text AND new.sort_name = old.sort_name THEN
                RETURN NULL;
            END IF;
            DELETE FROM article_grams
            WHERE region = old.region AND sort_name = old.sort_name AND article_id = old.id
                AND gram = ANY (ARRAY(SELECT grams_of(old.search_text)));
        END IF;
        INSERT INTO article_grams (region, gram, sort_name, article_id)
        SELECT new.region, gram, new.sort_name, new.id FROM grams_of(new.search_text) AS gram
        ON CONFLICT DO NOTHING;
        RETURN NULL;
    END $$
"""
WHEN_WRITTEN = """
    CREATE OR REPLACE TRIGGER note_grams
    AFTER INSERT OR UPDATE OF search_text, sort_name ON articles
    FOR EACH ROW EXECUTE FUNCTION note_grams()
"""
# what the release writes from here on is without accents and hyphens: the words of before, too
FOLD = """
    UPDATE articles SET search_text = folded FROM (
        SELECT region, id, translate(
            normalize(search_text, NFC),
            'áàâãāéèêëēíìîïīóòôõōúùûüūýÿçñæø-\u2010\u2011\u2013\u00ad',
            'aaaaaeeeeeiiiiiooooouuuuuyycnäö'
        ) AS folded
        FROM articles
    ) AS said
    WHERE said.region = articles.region AND said.id = articles.id
        AND said.folded IS DISTINCT FROM articles.search_text
"""
FILL = """
    INSERT INTO article_grams (region, gram, sort_name, article_id)
    SELECT region, gram, sort_name, id FROM articles, grams_of(search_text) AS gram
    ON CONFLICT DO NOTHING
"""


def upgrade() -> None:
    op.create_table(
        "article_grams",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("gram", sa.Text(collation="C"), nullable=False),
        sa.Column("sort_name", sa.Text(collation="C"), nullable=False),
        sa.Column("article_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint(
            "region", "gram", "sort_name", "article_id", name=op.f("pk_article_grams")
        ),
    )
    guard_regions(op, "inventory")
    op.execute(GRAMS_OF)
    op.execute(NOTE_GRAMS)
    op.execute(WHEN_WRITTEN)
    op.execute(FOLD)
    op.execute(FILL)
