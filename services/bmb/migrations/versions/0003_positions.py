"""How far each partition is settled: beside the effects, so that a restored database knows it."""

from alembic import op
from kvitt_chassis.migrations import add_chassis_tables

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    add_chassis_tables(op, "bmb", "positions")
