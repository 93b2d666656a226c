"""Reconditioning that is late is told (INV-13i): what is open already too, once it is."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"

TELL = """
    INSERT INTO timers (timer, region, key, due)
    SELECT 'reconditioning_late', region, id,
           CAST(opened_on + 14 AS timestamp) AT TIME ZONE 'Europe/Stockholm'
    FROM reconditionings WHERE status = 'open'
    ON CONFLICT DO NOTHING
    """


def upgrade() -> None:
    op.add_column(
        "reconditionings", sa.Column("overdue_on", sa.Date(), nullable=True), if_not_exists=True
    )
    op.execute(TELL)
