"""What the catalogue says of where an article comes from, and the lines that come direct from a
supplier.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0021"
down_revision = "0020"

_FLAGS = (
    "is_own_units_only",
    "is_lead_time_short",
    "is_contribution",
    "is_free",
    "is_attachment_needed",
)
_TEXTS = ("supplier_id", "supplier_article_number", "product", "replacement_group")


def upgrade() -> None:
    for name in _TEXTS:
        op.add_column("articles", sa.Column(name, sa.Text(), nullable=True))
    for name in ("package_size", "maintenance_months"):
        op.add_column("articles", sa.Column(name, sa.Integer(), nullable=True))
    for name in _FLAGS:
        _add_flag(name, sa.false())
    _add_flag("is_kept_in_central", sa.true())
    for table, name in (
        ("articles", "never_from"),
        ("articles", "order_guide"),
        ("placed_orders", "direct_lines"),
    ):
        column = sa.Column(name, JSONB(), nullable=False, server_default=sa.text("'[]'"))
        op.add_column(table, column)


def _add_flag(name: str, default: sa.ColumnElement[bool]) -> None:
    op.add_column("articles", sa.Column(name, sa.Boolean(), nullable=False, server_default=default))
