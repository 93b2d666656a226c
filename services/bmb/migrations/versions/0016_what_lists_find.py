"""What a transfer concerns, for lists that ask by person or device; indexes for the rejected ones
and for each order of a region's list.
"""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions

revision = "0016"
down_revision = "0014"

SUBJECTS = """
    INSERT INTO transfer_subjects (region, subject, transfer_id)
    SELECT DISTINCT region, subject::uuid, id
    FROM transfers CROSS JOIN LATERAL (
        SELECT jsonb_array_elements_text(devices)
        UNION ALL SELECT current_recipient ->> 'person'
        UNION ALL SELECT new_recipient ->> 'person'
    ) AS named (subject)
    WHERE subject IS NOT NULL {narrowed}
    ON CONFLICT DO NOTHING
"""
"""Of the rows of earlier releases, and of each row that is written from here on."""

# decision 0342: kept by the database, so that it is right of every writer's rows
NOTE_SUBJECTS = f"""
    CREATE FUNCTION note_subjects() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        {SUBJECTS.format(narrowed="AND region = new.region AND id = new.id")};
        RETURN NULL;
    END $$
"""
WHEN_WRITTEN = """
    CREATE TRIGGER note_subjects
    AFTER INSERT OR UPDATE OF devices, current_recipient, new_recipient ON transfers
    FOR EACH ROW EXECUTE FUNCTION note_subjects()
"""


def upgrade() -> None:
    op.create_table(
        "transfer_subjects",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint(
            "region", "subject", "transfer_id", name=op.f("pk_transfer_subjects")
        ),
    )
    op.execute(NOTE_SUBJECTS)
    op.execute(WHEN_WRITTEN)
    op.execute(SUBJECTS.format(narrowed=""))
    for column in ("transfer_date", "deadline", "status"):
        op.create_index(f"ix_transfers_{column}", "transfers", ["region", column, "id"])
    op.create_index(
        "ix_transfers_rejected",
        "transfers",
        ["region", "sending_service_point", "requested_at", "id"],
        postgresql_where=sa.text("status = 'rejected' OR rejected <> '[]'::jsonb"),
    )
    guard_regions(op, "bmb")
