"""What came of each look at a person; who is protected, told to the others; whose care a person is
in by devices and transfers.
"""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("person_accesses", sa.Column("look", sa.String(40), nullable=True))
    op.add_column("person_accesses", sa.Column("reason", sa.Text(), nullable=True))
    op.alter_column("person_accesses", "person", nullable=True)
    op.alter_column("person_accesses", "at", server_default=sa.func.now())
    op.create_index("ix_person_accesses_user", "person_accesses", ["region", "user_id", "at"])
    op.add_column(
        "persons",
        sa.Column("is_protected", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_index(
        "ix_persons_protected",
        "persons",
        ["region", "id"],
        postgresql_where=sa.text("is_protected"),
    )
    op.execute(TELL_WHO_IS_PROTECTED)
    op.create_table(
        "care_devices",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=True),
        sa.Column("customer_id", sa.Text(), nullable=True),
        sa.Column("payer_id", sa.Text(), nullable=True),
        sa.Column("prescriber", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("region", "device_id", name=op.f("pk_care_devices")),
    )
    op.create_index("ix_care_devices_person", "care_devices", ["region", "person"])
    op.create_table(
        "care_transfers",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("current_person", sa.Uuid(), nullable=True),
        sa.Column("new_person", sa.Uuid(), nullable=True),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("sending_service_point", sa.Text(), nullable=False),
        sa.Column("receiving_service_point", sa.Text(), nullable=False),
        sa.Column("new_prescriber", sa.Text(), nullable=True),
        sa.Column("is_sent", sa.Boolean(), nullable=False),
        sa.Column("came_to_nothing", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("region", "transfer_id", name=op.f("pk_care_transfers")),
    )
    for side in ("current_person", "new_person"):
        op.create_index(f"ix_care_transfers_{side}", "care_transfers", ["region", side])
    guard_regions(op, "orders")


# The timer's handler emits the event: what is protected was in the vault alone until now.
TELL_WHO_IS_PROTECTED = """
    INSERT INTO timers (timer, region, key, due)
    SELECT 'person_protection_untold', region, person, now() FROM person_details WHERE protected
    """
