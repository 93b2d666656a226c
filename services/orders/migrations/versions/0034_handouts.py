"""Since when a device is where it is, and who gave it back last (ORD-17)."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0031"


def upgrade() -> None:
    op.add_column("care_devices", sa.Column("since_on", sa.Date(), nullable=True))
    op.add_column("care_devices", sa.Column("returned_by", sa.Uuid(), nullable=True))
    op.add_column("care_devices", sa.Column("returned_on", sa.Date(), nullable=True))
