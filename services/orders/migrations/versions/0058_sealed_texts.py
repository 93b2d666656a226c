"""What people write of a person, and attached files, are sealed with their key (REF-22, decisions
0529 and 0530).
"""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0056"

_OF_A_PERSON = (
    *("order_details", "purchase_order_details", "pickup_details", "work_order_details"),
    *("work_order_notes", "cases", "attachments"),
)


def upgrade() -> None:
    for table in _OF_A_PERSON:
        person = sa.Column("person", sa.Uuid(), nullable=True)
        op.add_column(table, person, if_not_exists=True)
    file_key = sa.Column("file_key", sa.Text(), nullable=True)
    op.add_column("attachments", file_key, if_not_exists=True)
    for statement in SEAL_WHAT_IS_CLEAR:
        op.execute(statement)


def _timers(timer: str, table: str, key: str, *clear: str) -> str:
    """Sets a timer for each row of a table with a column that is not sealed."""
    return (
        f"INSERT INTO timers (timer, region, key, due) SELECT DISTINCT '{timer}', region, {key},"
        f" now() FROM {table} WHERE {' OR '.join(clear)} ON CONFLICT DO NOTHING"
    )


def _text(column: str) -> str:
    return f"({column} IS NOT NULL AND {column} NOT LIKE 'sealed:1:%')"


def _value(column: str) -> str:
    return f"({column} IS NOT NULL AND jsonb_typeof({column}) <> 'string')"


# Fired while the service serves, some at a time: what is not sealed yet is read as it stands.
SEAL_WHAT_IS_CLEAR = (
    _timers("order_texts_in_clear", "order_details", "order_id", _value("delivery")),
    _timers(
        "purchase_order_texts_in_clear",
        "purchase_order_details",
        "purchase_order_id",
        _value("comments"),
    ),
    _timers("pickup_texts_in_clear", "pickup_details", "pickup_id", _value("delivery")),
    _timers(
        "work_order_texts_in_clear",
        "work_order_details",
        "work_order_id",
        *(_value("delivery"), _text("description"), _value("application")),
    ),
    _timers("work_order_texts_in_clear", "work_order_notes", "work_order_id", _text("text")),
    _timers(
        "work_order_texts_in_clear",
        "work_orders",
        "id",
        *(_text("action"), _text("decision_reason")),
    ),
    _timers(
        "fault_report_texts_in_clear",
        "fault_reports",
        "id",
        *(_text("text"), _text("responsible_text"), _text("technician_text")),
    ),
    _timers("case_texts_in_clear", "cases", "id", _text("text"), _text("answer")),
    _timers("order_draft_in_clear", "order_drafts", "draft_id", _value("written")),
    _timers("application_draft_in_clear", "application_drafts", "draft_id", _value("application")),
    _timers("attachment_in_clear", "attachments", "attachment_id", "file_key IS NULL"),
)
