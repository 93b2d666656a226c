"""How many requests a service works on at once, and which share of them one region and one caller
may have. Pure.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

from kvitt_contracts.types import RegionCode

MAX_IN_HAND = 64
"""How many requests a service works on at once; more get 429, so that memory is bounded."""
MAX_OF_REGION = 32
MAX_OF_CALLER = 16


class Share(StrEnum):
    """Whose share is used up."""

    SERVICE = "service"
    REGION = "region"
    CALLER = "caller"


class NoSlot(Exception):
    """There is no slot for this request now."""

    def __init__(self, share: Share) -> None:
        super().__init__(share)
        self.share = share


# decision 0197: who calls is known before a slot or a body is taken
class Slots:
    """The requests in hand. `taken` counts them."""

    def __init__(self) -> None:
        self.taken = 0
        self._of_region: Counter[RegionCode] = Counter()
        self._of_caller: Counter[tuple[RegionCode, str]] = Counter()

    @contextmanager
    def one(self, region: RegionCode, user: str) -> Iterator[None]:
        """A slot, inside. Raises NoSlot."""
        caller = (region, user)
        if self._of_caller[caller] >= MAX_OF_CALLER:
            raise NoSlot(Share.CALLER)
        if self._of_region[region] >= MAX_OF_REGION:
            raise NoSlot(Share.REGION)
        if self.taken >= MAX_IN_HAND:
            raise NoSlot(Share.SERVICE)
        self.taken += 1
        self._of_region[region] += 1
        self._of_caller[caller] += 1
        try:
            yield
        finally:
            self.taken -= 1
            self._of_region[region] -= 1
            self._of_caller[caller] -= 1
            if not self._of_caller[caller]:
                del self._of_caller[caller]  # callers come and go
