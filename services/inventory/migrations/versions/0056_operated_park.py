"""Many parked keys are retried in the background, and two persons decide an edit (REF-18)."""

from alembic import op
from kvitt_chassis.migrations import add_chassis_tables, guard_regions

revision = "0056"
down_revision = "0055"


def upgrade() -> None:
    add_chassis_tables(op, "inventory", "mass_retries")
    add_chassis_tables(op, "inventory", "proposed_acts")
    guard_regions(op, "inventory")
