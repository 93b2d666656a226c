"""The replacement group of an article (ORD-6). The catalogue is read again: it was passed over
until now.
"""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import reading_again

revision = "0036"
down_revision = "0035"

READ_AGAIN = reading_again("inventory.articles")


def upgrade() -> None:
    op.add_column("articles", sa.Column("replacement_group", sa.Text(), nullable=True))
    for statement in READ_AGAIN:
        op.execute(statement)
