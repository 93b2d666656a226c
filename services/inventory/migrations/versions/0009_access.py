"""Who may look (REF-18, REF-19): users, protected persons, the parties of transfers, whose a device
is, and the payers of customers, for which the units are read again.
"""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import create_users_table, guard_regions, reading_again

revision = "0009"
down_revision = "0008"

_SIDES = {
    "ix_transfer_parties_sender": "sender",
    "ix_transfer_parties_sending": "sending_service_point",
    "ix_transfer_parties_receiving": "receiving_service_point",
    "ix_transfer_parties_prescriber": "new_prescriber",
}

READ_AGAIN = reading_again("orders.units")
"""What makes the consumer read the units from the first: it stored no payer of a customer."""

WHOSE_DEVICES_ARE = """
    ALTER TABLE devices
        ADD COLUMN customer_id text GENERATED ALWAYS AS (custody ->> 'customer_id') STORED,
        ADD COLUMN payer_id text GENERATED ALWAYS AS (custody ->> 'payer_id') STORED,
        ADD COLUMN prescriber text GENERATED ALWAYS AS (custody ->> 'prescriber') STORED
    """
"""In one statement: the table is written anew once."""


def upgrade() -> None:
    create_users_table(op)
    op.create_table(
        "transfer_parties",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("sending_service_point", sa.Text(), nullable=False),
        sa.Column("receiving_service_point", sa.Text(), nullable=False),
        sa.Column("new_prescriber", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("region", "transfer_id", name=op.f("pk_transfer_parties")),
    )
    for name, column in _SIDES.items():
        op.create_index(name, "transfer_parties", ["region", column])
    # nobody is protected until orders says so; the default stays: processes of the release before,
    # which insert persons meanwhile, do not name the column
    op.add_column(
        "persons",
        sa.Column("is_protected", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_index(
        "ix_persons_protected",
        "persons",
        ["region", "person"],
        postgresql_where=sa.text("is_protected"),
    )
    _add_whose_devices_are()
    op.create_index(
        "ix_placed_orders_service_point", "placed_orders", ["region", "service_point", "placed_on"]
    )
    op.create_index("ix_placed_orders_prescriber", "placed_orders", ["region", "prescriber"])
    op.create_index("ix_placed_orders_store", "placed_orders", ["region", "store", "placed_on"])
    op.add_column("customers", sa.Column("payer_id", sa.Text(), nullable=True))
    for statement in READ_AGAIN:
        op.execute(statement)
    guard_regions(op, "inventory")


def _add_whose_devices_are() -> None:
    op.execute(WHOSE_DEVICES_ARE)
    op.create_index("ix_devices_customer", "devices", ["region", "customer_id"])
    op.create_index("ix_devices_prescriber", "devices", ["region", "prescriber"])
    op.create_index(
        "ix_devices_payer",
        "devices",
        ["region", "payer_id"],
        postgresql_where=sa.text("customer_id IS NULL AND payer_id IS NOT NULL"),
    )
