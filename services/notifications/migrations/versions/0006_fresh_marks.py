"""Fresh marks are inserted once, and marks are locked in one pass."""

from alembic import op
from kvitt_chassis.migrations import create_chassis_functions

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    create_chassis_functions(op)
