"""How users are reached at work, as the regions state it."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "user_contacts",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("mobile", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("region", "user_id", name=op.f("pk_user_contacts")),
    )
    guard_regions(op, "orders")
