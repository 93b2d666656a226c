"""A month's run finds the devices that it has not settled without passing those that it has."""

from alembic import op
from kvitt_chassis.index_building import build_index

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    build_index(
        op,
        "ix_devices_to_settle",
        "CREATE INDEX CONCURRENTLY ix_devices_to_settle ON devices"
        " (region, unsettled_from, device_id)",
    )
    op.drop_index("ix_devices_unsettled", "devices")
