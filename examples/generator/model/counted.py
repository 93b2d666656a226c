"""What the model stores of what a store lacks, of stocktakings, of what is made fit again, and of
what goes back to suppliers. Values alone.
"""

from dataclasses import dataclass, field
from datetime import date

Shelf = tuple[int, frozenset[str]]
"""How many units of an article, and which marked devices."""


@dataclass(slots=True, kw_only=True)
class Refill:
    """A night's proposal to fill up a store: how many by article; proposed, ordered, dropped."""

    lines: dict[str, int]
    status: str = "proposed"


@dataclass(slots=True, kw_only=True)
class Stocktaking:
    """A store's present round. `counts`: what was counted of an article, and on which day;
    `evenings`: what stood in the store at the end of each day since it was opened.
    """

    is_private_clinic: bool
    opened_on: date
    status: str = "opened"
    posted_on: date | None = None
    counts: dict[str, tuple[date, Shelf]] = field(default_factory=dict)
    evenings: dict[date, dict[str, Shelf]] = field(default_factory=dict)
    differences: dict[str, int] = field(default_factory=dict)
    """What was posted of an unmarked article."""


@dataclass(slots=True, kw_only=True)
class Reconditioning:
    """The work on a device that came back to the device service: open, approved, scrapped.

    `done`: each stage with its day and its technician, the first one first.
    """

    store: str
    opened_on: date
    status: str = "open"
    done: list[tuple[str, date, str]] = field(default_factory=list)
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SentBack:
    """What has left a store for its supplier: a device, or so many of an article."""

    supplier: str
    store: str
    article: str
    quantity: int
    device: str | None
    returned_on: date
    by: str
