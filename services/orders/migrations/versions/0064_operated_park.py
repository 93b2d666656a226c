"""Many parked keys are retried in the background, and two persons decide an edit (REF-18)."""

from alembic import op
from kvitt_chassis.migrations import add_chassis_tables, guard_regions

revision = "0064"
down_revision = "0063"


def upgrade() -> None:
    add_chassis_tables(op, "orders", "mass_retries")
    add_chassis_tables(op, "orders", "proposed_acts")
    guard_regions(op, "orders")
