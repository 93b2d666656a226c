"""What decided the days of settled rent, and the selections that users save of invoices."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions
from sqlalchemy.dialects.postgresql import JSONB

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.add_column("rents", sa.Column("facts", JSONB(), nullable=True))
    op.create_table(
        "selections",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("selection_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("filters", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("region", "selection_id", name=op.f("pk_selections")),
    )
    op.create_index(
        "uq_selection_name_bil_14", "selections", ["region", "user_id", "name"], unique=True
    )
    guard_regions(op, "billing")
