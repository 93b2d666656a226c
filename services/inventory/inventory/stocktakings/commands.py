"""What a user says of what was counted. Over HTTP alone: a region states it as a fact."""

from typing import Annotated, Final

from kvitt_contracts.day_bounds import HappenedAt
from kvitt_contracts.envelope import Command
from kvitt_contracts.regions import CountedLines
from kvitt_contracts.types import StoreId, UserId
from pydantic import Field

SCANS_AT_MOST: Final = 500
"""As many codes as are read in one request."""

Codes = Annotated[tuple[str, ...], Field(min_length=1, max_length=SCANS_AT_MOST)]


class CountShelf(Command):
    """A batch of a store's stocktaking, counted at an instant (INV-10)."""

    store: StoreId
    counted_at: HappenedAt | None = None
    lines: CountedLines
    by: UserId


class CountScans(Command):
    """What a hand-held scanner has read in a store that is being counted (INV-10)."""

    store: StoreId
    counted_at: HappenedAt | None = None
    codes: Codes
    by: UserId
