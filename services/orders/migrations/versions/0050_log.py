"""The log of persons as evidence: from which unit and by which act, chained, and thinned by a
function alone (REF-21).
"""

from alembic import op
from kvitt_chassis.migrations import add_chassis_tables, create_thinning, guard_regions
from orders.people.log import PERSON_LOG

revision = "0050"
down_revision = "0048"

KEPT_AT_LEAST_YEARS = 5  # HSLF-FS 2016:40 4 ch. 9 §


def upgrade() -> None:
    op.execute(
        "ALTER TABLE person_accesses ADD COLUMN IF NOT EXISTS unit text,"
        " ADD COLUMN IF NOT EXISTS act text"
    )
    add_chassis_tables(op, "orders", "log_links")
    create_thinning(op, "orders", PERSON_LOG, years=KEPT_AT_LEAST_YEARS)
    guard_regions(op, "orders")
