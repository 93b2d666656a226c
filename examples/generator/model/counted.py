"""What the model stores of what a store lacks and of stocktakings. Values alone."""

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
