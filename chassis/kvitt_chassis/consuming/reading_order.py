"""Whose records are handed on next: each region's in turn, and within a region each partition's.

Pure: no await, no clock, no IO.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from kvitt_chassis.consuming.turns import Partition

_TIMES, _AT_MOST = 5, 10
"""How many of the quickest turns a turn may take, and how many of `seconds` at the most."""
_FORGOTTEN = 1.1
"""By how much the quickest turn is taken to be longer with each turn that comes after it."""


# decision 0185: regions' topics are read by a group of their own, in turns
@dataclass(slots=True)
class ReadingOrder:
    """The order in which the partitions of several regions are asked for records. `region_of` says
    which region a partition is of.

    A turn is `records` of one region, and fewer while so many take longer than `seconds`, or than
    some of the quickest turns do: where each transaction takes long, shorter turns make more of
    them, and everybody waits longer.
    """

    region_of: Callable[[Partition], str]
    records: int = 200
    seconds: float = 1.0
    _limits: dict[str, int] = field(default_factory=dict)  # of regions that are slow
    _last: frozenset[str] = frozenset()
    _served: dict[str, int] = field(default_factory=dict)  # when: a count of turns
    _taken: dict[Partition, int] = field(default_factory=dict)
    _turns: int = 0
    _quickest: float = 0.0  # seconds: what a turn takes at the least, as the machine is now

    def turns(self, assigned: Iterable[Partition]) -> list[tuple[str, list[Partition]]]:
        """The partitions by region: the region whose last turn is longest ago comes first, and
        within it the partition that was longest ago taken from.
        """
        by_region: dict[str, list[Partition]] = {}
        for partition in sorted(assigned, key=lambda one: (self._taken.get(one, 0), one)):
            by_region.setdefault(self.region_of(partition), []).append(partition)
        regions = sorted(by_region, key=lambda one: (self._served.get(one, 0), one))
        return [(region, by_region[region]) for region in regions]

    def took(self, partitions: Collection[Partition]) -> None:
        """Records of these partitions are handed on: that was a turn of their regions."""
        self._turns += 1
        self._last = frozenset(self.region_of(one) for one in partitions)
        for partition in partitions:
            self._taken[partition] = self._turns
            self._served[self.region_of(partition)] = self._turns

    def limit(self, regions: Iterable[str]) -> int:
        """How many records of these regions together are a turn now."""
        return min((self._limits.get(one, self.records) for one in regions), default=self.records)

    def ended(self, seconds: float) -> None:
        """The last turn took so long: that of a slow region becomes shorter, and longer again when
        it is quick.
        """
        self._quickest = min(seconds, self._quickest * _FORGOTTEN or seconds)
        quick = min(max(self.seconds, _TIMES * self._quickest), _AT_MOST * self.seconds)
        for region in self._last:
            limit = self.limit([region])
            if seconds > quick:
                self._limits[region] = max(1, int(limit * quick / seconds))
            elif seconds < quick / 2:
                self._limits[region] = min(self.records, 2 * limit)
        self._last = frozenset()
