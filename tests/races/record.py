"""What a run tells of itself: its events, in order, and what did not hold."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bmb.domain import Status

ENDED: Final = frozenset(
    {
        Status.CANCELLED,
        Status.REFUSED,
        Status.REJECTED,
        Status.WITHDRAWN,
        Status.UNLOCKED,
        Status.VOIDED,
        Status.DISSOLVED,
        Status.COMPLETED,
    }
)


class Violation(Exception):
    """What does not hold; `invariant` is its name."""

    def __init__(self, invariant: str, told: str) -> None:
        super().__init__(f"{invariant}: {told}")
        self.invariant = invariant


@dataclass(frozen=True, slots=True)
class Told:
    """An event of the run's transfers, holds, pickups, claims or devices, as it was committed."""

    order: int
    at: datetime
    event: Any
