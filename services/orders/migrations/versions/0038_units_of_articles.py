"""What an article is counted in: training is ordered by the hour (ORD-11). The catalogue is read
again: it was passed over until now.
"""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import reading_again

revision = "0038"
down_revision = "0037"

READ_AGAIN = reading_again("inventory.articles")


def upgrade() -> None:
    op.add_column("articles", sa.Column("unit", sa.Text(), nullable=False, server_default="piece"))
    op.alter_column("articles", "unit", server_default=None)
    for statement in READ_AGAIN:
        op.execute(statement)
