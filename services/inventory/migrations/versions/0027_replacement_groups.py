"""Articles are found by their replacement group (ORD-6), and what units have had by the unit
(ORD-20).
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.create_index("ix_articles_replacement_group", "articles", ["region", "replacement_group"])
    op.create_index(
        "ix_custody_changes_unit",
        "custody_changes",
        ["region", sa.text("(custody #>> '{holder,unit}'::text[])")],
    )
