"""Which work orders' devices have got their new number, before the end or after it."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    no = sa.false()
    op.add_column(
        "work_orders", sa.Column("is_renumbered", sa.Boolean(), server_default=no, nullable=False)
    )
    op.execute(
        "UPDATE work_orders SET is_renumbered = true"
        " WHERE outcome = 'replaced' AND NOT awaits_number"
    )
    op.alter_column("work_orders", "is_renumbered", server_default=None)
