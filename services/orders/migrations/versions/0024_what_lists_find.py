"""Indexes for the lists of pickups, work orders, fault reports and cases, each measured to be
needed with a million rows behind (decision 0392).
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

# Whose they are: what is the unit's OR the user's is found by indexes only where each way has one.
OF_WHOM = {
    "ix_pickups_by": ("pickups", ["by", "status"]),
    "ix_work_orders_by": ("work_orders", ["by"]),
    "ix_work_orders_technician": ("work_orders", ["technician"]),
    "ix_fault_reports_reported_by": ("fault_reports", ["reported_by"]),
    "ix_fault_reports_prescriber": ("fault_reports", ["prescriber"]),
    "ix_fault_reports_forwarded_to": ("fault_reports", ["forwarded_to"]),
    "ix_cases_asked_by": ("cases", ["asked_by"]),
}
# What is open among all that ever was, and a unit's voided pickups among its others; the orders of
# a region's lists, with what orders the rows that are equal in it where these are many.
BY_STATUS_AND_ORDER = {
    "ix_pickups_status": ("pickups", ["status", "requested_on"]),
    "ix_pickups_service_point_status": ("pickups", ["service_point", "status"]),
    "ix_work_orders_status": ("work_orders", ["status", "registered_on"]),
    "ix_work_orders_kind": ("work_orders", ["kind", "registered_on"]),
    "ix_work_orders_planned_on": ("work_orders", ["planned_on", "registered_on"]),
    "ix_work_orders_finished_on": ("work_orders", ["finished_on"]),
    "ix_fault_reports_status_id": ("fault_reports", ["status", "id"]),
}
# A region's late and urgent ones: few among all, which were read to find and count them.
FEW = {
    "ix_pickups_overdue": ("pickups", ["pickup_number"], "is_overdue"),
    "ix_pickups_urgent": ("pickups", ["pickup_number"], "is_urgent"),
    "ix_work_orders_late": ("work_orders", ["work_order_number"], "is_late"),
    "ix_cases_late": ("cases", ["asked_on"], "is_reminded"),
}


def upgrade() -> None:
    for name, (table, columns) in {**OF_WHOM, **BY_STATUS_AND_ORDER}.items():
        op.create_index(name, table, ["region", *columns])
    for name, (table, columns, which) in FEW.items():
        op.create_index(name, table, ["region", *columns], postgresql_where=sa.text(which))
    # Without the id its order is sorted, all of a status. Last: nobody reads the table meanwhile.
    op.drop_index("ix_fault_reports_status")
