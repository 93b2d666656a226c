"""Work orders by the day on which they were finished: those that have none are read in their order
too, and not all of them sorted (decision 0392).
"""

from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.drop_index("ix_work_orders_finished_on")
    op.create_index(
        "ix_work_orders_finished_on", "work_orders", ["region", "finished_on", "registered_on"]
    )
