"""What is looked for by a SIP number, and by the patient whom an order was for."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_index(
        "ix_sip_numbers_digits",
        "sip_numbers",
        [
            "region",
            sa.text("regexp_replace(sip_number, '[^0-9]'::text, ''::text, 'g'::text)"),
        ],
    )
    op.create_index(
        "ix_placed_orders_person",
        "placed_orders",
        ["region", sa.text("(recipient ->> 'person'::text)"), "placed_on"],
    )
