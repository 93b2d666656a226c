"""Whose records are handed on next: each region's in turn, and within a region each partition's.

Pure: no await, no clock, no IO.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from kvitt_chassis.consuming.turns import Partition


# decision 0185: regions' topics are read by a group of their own, in turns
@dataclass(slots=True)
class ReadingOrder:
    """The order in which the partitions of several regions are asked for records. `region_of` says
    which region a partition is of.
    """

    region_of: Callable[[Partition], str]
    _served: dict[str, int] = field(default_factory=dict)  # when: a count of turns
    _taken: dict[Partition, int] = field(default_factory=dict)
    _turns: int = 0

    def turns(self, assigned: Iterable[Partition]) -> list[list[Partition]]:
        """The partitions by region: the region whose last turn is longest ago comes first, and
        within it the partition that was longest ago taken from.
        """
        by_region: dict[str, list[Partition]] = {}
        for partition in sorted(assigned, key=lambda one: (self._taken.get(one, 0), one)):
            by_region.setdefault(self.region_of(partition), []).append(partition)
        regions = sorted(by_region, key=lambda one: (self._served.get(one, 0), one))
        return [by_region[region] for region in regions]

    def took(self, partitions: Iterable[Partition]) -> None:
        """Records of these partitions are handed on: that was a turn of their regions."""
        self._turns += 1
        for partition in partitions:
            self._taken[partition] = self._turns
            self._served[self.region_of(partition)] = self._turns
