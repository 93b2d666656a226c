"""The place of each event in its region's feed, in the order of commits (NTF-4).

The next migration queues what was there before: the trigger of this one is committed then, so that
nothing comes between the two.
"""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"

# decision 0546: an event gets its place when it is visible
QUEUE = """
    CREATE FUNCTION queue_for_the_feed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO feed_unplaced (region, log_id) VALUES (new.region, new.id);
        RETURN NULL;
    END $$
"""
WHEN_SAID = """
    CREATE TRIGGER queue_for_the_feed AFTER INSERT ON events
    FOR EACH ROW WHEN (new.topic = 'region.' || new.region || '.events')
    EXECUTE FUNCTION queue_for_the_feed()
"""


def upgrade() -> None:
    instant = postgresql.TIMESTAMP(timezone=True)
    op.create_table(
        "feed_unplaced",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("log_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("region", "log_id", name=op.f("pk_feed_unplaced")),
    )
    op.create_table(
        "feed_places",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("log_id", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("said_at", instant, nullable=False),
        sa.PrimaryKeyConstraint("region", "place", name=op.f("pk_feed_places")),
    )
    op.create_index("ix_feed_places_said_at", "feed_places", ["region", "said_at"])
    op.create_table(
        "feed_heads",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("said_at", instant, nullable=False),
        sa.PrimaryKeyConstraint("region", name=op.f("pk_feed_heads")),
    )
    guard_regions(op, "notifications")
    op.execute(QUEUE)
    op.execute(WHEN_SAID)
