"""Many parked keys are retried in the background, and two persons decide an edit (REF-18)."""

from alembic import op
from kvitt_chassis.migrations import add_chassis_tables, guard_regions

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    add_chassis_tables(op, "billing", "mass_retries")
    add_chassis_tables(op, "billing", "proposed_acts")
    guard_regions(op, "billing")
