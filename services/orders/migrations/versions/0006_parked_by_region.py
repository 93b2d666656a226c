"""The index by which parked keys are tried region by region."""

from alembic import op
from kvitt_chassis.migrations import add_parked_regions_index

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    add_parked_regions_index(op)
