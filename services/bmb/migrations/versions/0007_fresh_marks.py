"""Fresh marks are inserted once, marks are locked in one pass, and indexed by digest."""

from alembic import op
from kvitt_chassis.key_digests import index_marks_by_digest
from kvitt_chassis.migrations import create_chassis_functions

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    index_marks_by_digest(op)
    create_chassis_functions(op)
