"""Mails that routines want sent, and which of them are to be tried."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "emails",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("to_kind", sa.String(40), nullable=False),
        sa.Column("to_id", sa.Text(), nullable=False),
        sa.Column("routine", sa.String(40), nullable=False),
        sa.Column("about_kind", sa.String(40), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("told", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_emails")),
    )
    op.create_table(
        "emails_to_send",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("email_id", sa.Uuid(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column(
            "next_try_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("region", "email_id", name=op.f("pk_emails_to_send")),
    )
    op.create_index("ix_emails_to_send_next", "emails_to_send", ["next_try_at"], unique=False)
    guard_regions(op, "notifications")
