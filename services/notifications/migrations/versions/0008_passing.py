"""A batch that only moves marks is one call of a function."""

from alembic import op
from kvitt_chassis.migrations import create_chassis_functions

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    create_chassis_functions(op)
