"""The order in which a service locks rows, so that no two transactions deadlock; and what is begun
anew, since another was first.
"""

from dataclasses import dataclass, field
from typing import Any


class LockOrderBroken(Exception):
    """A row is locked after one of a class that comes later in the service's lock order."""

    def __init__(self, row_type: type[Any], after: type[Any]) -> None:
        super().__init__(f"{row_type.__name__} is locked after {after.__name__}")
        self.row_type = row_type
        self.after = after


# decision 0341: two that begin the same row are nobody's fault either
class RowTaken(Exception):
    """Another transaction has begun a row that was not there when this one looked for it, or has
    changed one by which this one knew what to lock: roll back and try again.
    """

    sqlstate = "40001"
    """A serialization failure, as the database itself names it."""


@dataclass(frozen=True, slots=True)
class LockOrder:
    """The classes whose rows are locked, in the order in which that must happen; `is_checked` in
    tests.

    Without classes nothing is checked. A new row needs no place in the order: no other transaction
    sees it, so none can wait for it.
    """

    classes: tuple[type[Any], ...] = ()
    is_checked: bool = False
    places: dict[type[Any], int] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "places", {row: n for n, row in enumerate(self.classes)})

    def place(self, row_type: type[Any]) -> int:
        """The index of a class in the order; classes that are not locked come last."""
        return self.places.get(row_type, len(self.classes))

    def check(self, row_type: type[Any], *, after: type[Any] | None) -> None:
        """Raises LockOrderBroken when `row_type` must not be locked after `after`."""
        if self.is_checked and after is not None and self.place(row_type) < self.place(after):
            raise LockOrderBroken(row_type, after)
