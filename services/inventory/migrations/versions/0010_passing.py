"""A batch that only moves marks is one call of a function."""

from alembic import op
from kvitt_chassis.migrations import create_chassis_functions

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    create_chassis_functions(op)
