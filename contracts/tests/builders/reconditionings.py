"""What inventory says of what the device service makes fit again."""

from typing import Any

from kvitt_contracts.inventory import ReconditioningOverdue

from contracts.tests.builders.shapes import build
from contracts.tests.builders.story import reconditioning_id


def a_reconditioning_overdue(named: str = "W-1", **changes: Any) -> ReconditioningOverdue:
    """What came back on 2 March is not ready."""
    values = {"reconditioning_id": reconditioning_id(named), "overdue_on": "2026-03-16"}
    return build(ReconditioningOverdue, values, changes)
