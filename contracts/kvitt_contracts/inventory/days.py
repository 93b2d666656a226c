"""Topic `inventory.days` (key: the region)."""

from datetime import date
from typing import Annotated

from pydantic import Field

from kvitt_contracts.envelope import Event


class DayClosed(Event, type="inventory.day.closed.v1"):
    """The Stockholm day is over in the region, and so many custody changes have been emitted since
    the beginning.
    """

    day: date
    custody_changes_so_far: Annotated[int, Field(ge=0)]


DayEvent = DayClosed
"""Every event of a region's days."""
