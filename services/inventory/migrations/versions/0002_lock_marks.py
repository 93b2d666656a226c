"""The function that locks marks: one round trip where there were five."""

from alembic import op
from kvitt_chassis.migrations import create_chassis_functions

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    create_chassis_functions(op)
