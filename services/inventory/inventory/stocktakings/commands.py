"""What a user says of what was counted. Over HTTP alone: a region states it as a fact."""

from kvitt_contracts.day_bounds import HappenedAt
from kvitt_contracts.envelope import Command
from kvitt_contracts.regions import CountedLines
from kvitt_contracts.types import StoreId, UserId


class CountShelf(Command):
    """A batch of a store's stocktaking, counted at an instant (INV-10)."""

    store: StoreId
    counted_at: HappenedAt
    lines: CountedLines
    by: UserId
