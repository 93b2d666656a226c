"""What inventory says of what the device service makes fit again."""

from typing import Any

from kvitt_contracts.inventory import ReconditioningOverdue
from kvitt_contracts.types import ReconditioningId, RegionCode, identify

from contracts.tests.builders.shapes import build


def work_id(named: str = "W-1") -> ReconditioningId:
    """The id of a work."""
    return ReconditioningId(identify(RegionCode("ac"), "reconditioning", named))


def a_reconditioning_overdue(named: str = "W-1", **changes: Any) -> ReconditioningOverdue:
    """What came back on 2 March is not ready."""
    values = {"reconditioning_id": work_id(named), "overdue_on": "2026-03-16"}
    return build(ReconditioningOverdue, values, changes)
