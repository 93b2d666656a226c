"""Topic `inventory.days` (key: the region)."""

from datetime import date
from operator import not_
from typing import Annotated

from pydantic import Field

from kvitt_contracts.envelope import Event
from kvitt_contracts.inventory.devices import ChangeNumber


class DayClosed(Event, type="inventory.day.closed.v1"):
    """The Stockholm day is over in the region, and so many custody changes have been emitted since
    the beginning: those that are numbered up to `custody_changes_so_far`.

    `forgone` are numbers that a reader does not wait for. Inventory never gives any: an operator
    who has discarded a change of custody at a reader edits them into the day that waits there.
    """

    day: date
    custody_changes_so_far: Annotated[int, Field(ge=0)]
    forgone: Annotated[tuple[ChangeNumber, ...], Field(exclude_if=not_)] = ()


DayEvent = DayClosed
"""Every event of a region's days."""
