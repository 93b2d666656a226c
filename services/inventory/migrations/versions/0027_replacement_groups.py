"""Articles are found by their replacement group (ORD-6), and what units have had by the unit
(ORD-20).
"""

from alembic import op
from kvitt_chassis.index_building import build_index

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    build_index(
        op,
        "ix_articles_replacement_group",
        "CREATE INDEX CONCURRENTLY ix_articles_replacement_group ON articles"
        " (region, replacement_group)",
    )
    build_index(
        op,
        "ix_custody_changes_unit",
        "CREATE INDEX CONCURRENTLY ix_custody_changes_unit ON custody_changes"
        " (region, (custody #>> '{holder,unit}'::text[]))",
    )
