"""Who a person is is sealed with a key of theirs (REF-22, decision 0514)."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions
from sqlalchemy.dialects.postgresql import JSONB

revision = "0052"
down_revision = "0050"


def upgrade() -> None:
    op.create_table(
        "key_rings",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("current", sa.Integer(), nullable=False),
        sa.Column("current_since", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("versions", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("region", "name", name=op.f("pk_key_rings")),
        if_not_exists=True,
    )
    op.create_table(
        "person_keys",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("region", "person", name=op.f("pk_person_keys")),
        if_not_exists=True,
    )
    op.create_index(
        "ix_person_keys_version", "person_keys", ["region", "version"], if_not_exists=True
    )
    op.execute(SEAL_WHAT_IS_CLEAR)
    guard_regions(op, "orders")


# Fired while the service serves, some at a time: what is not sealed yet is read as it stands.
SEAL_WHAT_IS_CLEAR = """
    INSERT INTO timers (timer, region, key, due)
    SELECT 'person_details_in_clear', region, person, now() FROM person_details
    WHERE name NOT LIKE 'sealed:1:%' ON CONFLICT DO NOTHING
    """
