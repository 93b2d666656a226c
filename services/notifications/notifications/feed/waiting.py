"""Who waits for something to be said on a feed, over HTTP: bounded, so that who waits takes no slot
from who works.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from kvitt_contracts.types import RegionCode

MOST_OF_REGION: Final = 4
MOST: Final = 24
"""So many requests wait at once in a process; more are answered at once."""


class Waiters:
    """The requests that wait."""

    def __init__(self) -> None:
        self._of_region: Counter[RegionCode] = Counter()

    @contextmanager
    def one(self, region: RegionCode) -> Iterator[bool]:
        """Inside, one more waits: True; or there is no room for it: False."""
        if self._of_region[region] >= MOST_OF_REGION or self._of_region.total() >= MOST:
            yield False
            return
        self._of_region[region] += 1
        try:
            yield True
        finally:
            self._of_region[region] -= 1


WAITERS: Final = Waiters()
"""Those of this process."""
