"""Users' duties, which acts are granted to, and who employs them (REF-16, REF-18)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.add_column("users", sa.Column("duties", JSONB(), nullable=True), if_not_exists=True)
    op.add_column("users", sa.Column("employer_kind", sa.Text(), nullable=True), if_not_exists=True)
