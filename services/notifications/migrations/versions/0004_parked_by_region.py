"""The index by which parked keys are tried region by region."""

from alembic import op
from kvitt_chassis.migrations import add_parked_regions_index

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    add_parked_regions_index(op)
