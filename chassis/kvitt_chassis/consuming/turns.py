"""Which messages of a batch are tried together, and whose turn is next: partitions that are well
go first and together; one in which something failed is ill, and goes by itself in turn.

Pure: no await, no clock, no IO, no randomness.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain

Partition = tuple[str, int]
"""A topic's name and a partition's number."""

_LEAST_SECONDS = 0.01
"""What a turn costs at least: one that took no time is one all the same."""


def _by_topic(partition: Partition) -> str:
    return partition[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fairness:
    """How turns are shared among partitions that are ill.

    `lane_of` says which lane a partition is in: partitions of one lane share its turns, such as all
    of one region's. It is asked again each time, and must answer at once.
    """

    lane_of: Callable[[Partition], str] = _by_topic
    together: int = 500  # a partition that may try so many together is well, from the next batch on
    turns: int = 40  # of one batch for all ill ones; then the rest is read again
    seconds: float = 1.0  # likewise, of the time that they take


@dataclass(slots=True)
class _Illness:
    size: int  # so many messages are tried together
    spent: float  # seconds that its turns took


@dataclass(slots=True)
class Turns:
    """What is left of a batch, partition by partition, and what is tried next.

    Partitions that are well go together. A partition becomes ill when a message of it fails among
    others. It goes on by itself after those that are well: what came before the message that
    failed, that one alone, what comes after it in pieces that grow while all goes well and shrink
    when something fails. How large they are is remembered from batch to batch, until the partition
    is well again. The lane that has spent least is next; when a batch's turns or time
    are over, what is left of the ill ones is left out, so that others can be read.
    """

    fairness: Fairness = field(default_factory=Fairness)
    _partitions: Sequence[Partition] = ()  # by index
    _left: dict[Partition, list[int]] = field(default_factory=dict)  # none is empty
    _well_at_once: int = 0  # so many well partitions go together
    _ill: dict[Partition, _Illness] = field(default_factory=dict)
    _spent: dict[str, float] = field(default_factory=dict)  # by lane
    _failed: set[int] = field(default_factory=set)  # among others: they go alone
    _taken: int = 0
    _seconds: float = 0.0

    def begin(self, partitions: Sequence[Partition]) -> None:
        """A new batch: the partition of each of its messages, by index."""
        recovered = [one for one in self._ill if self._ill[one].size >= self.fairness.together]
        for partition in recovered:
            self._recover(partition)
        self._partitions = partitions
        self._left = {}
        for index, partition in enumerate(partitions):
            self._left.setdefault(partition, []).append(index)
        self._well_at_once = len(self._left)
        self._failed = set()
        self._taken, self._seconds = 0, 0.0

    def next(self) -> tuple[int, ...]:
        """The messages to try together now, each partition's in order; empty: nothing is left, or
        the turns are over.
        """
        well = [partition for partition in self._left if partition not in self._ill]
        if well:
            at_once = well[: self._well_at_once]
            return tuple(sorted(chain.from_iterable(self._left[one] for one in at_once)))
        if not self._left or self.are_over:
            return ()
        self._taken += 1
        return self._piece(min(self._left, key=self._order))

    @property
    def are_over(self) -> bool:
        """True when the ill ones have had the turns, or the time, that one batch gives them."""
        return self._taken >= self.fairness.turns or self._seconds >= self.fairness.seconds

    def is_ill(self, partition: Partition) -> bool:
        """True for a partition that goes by itself."""
        return partition in self._ill

    def spend(self, hand: Sequence[int], seconds: float) -> None:
        """Count the time that a try of these messages took."""
        partition = self._partitions[hand[0]]
        illness = self._ill.get(partition)
        if illness is None:
            return
        lane, seconds = self.fairness.lane_of(partition), max(seconds, _LEAST_SECONDS)
        illness.spent += seconds
        self._seconds += seconds
        self._spent[lane] = self._spent.get(lane, 0.0) + seconds

    def settled(self, hand: Sequence[int], *, grows: bool) -> None:
        """These messages are settled. `grows`: all of them went well together."""
        for partition, count in Counter(self._partitions[index] for index in hand).items():
            if partition in self._left:
                del self._left[partition][:count]
                if not self._left[partition]:
                    del self._left[partition]
        if grows:
            self._grow(hand)

    def failed(self, hand: Sequence[int], index: int | None) -> None:
        """A try of these messages failed: at `index`, or (None) it is not known at which."""
        at_once = {self._partitions[one] for one in hand}
        if index is None and len(at_once) > 1:
            self._well_at_once = len(at_once) // 2
            return
        partition = self._partitions[hand[0] if index is None else index]
        if partition not in self._left:  # dropped meanwhile: it may be another process's
            return
        mine = [one for one in hand if self._partitions[one] == partition]
        if index is None:
            size = len(mine) // 2
        else:
            size = max(mine.index(index), len(mine) // 4)
            self._failed.add(index)
        self._fall_ill(partition, max(size, 1))

    def drop(self, partitions: Iterable[Partition]) -> None:
        """Nothing further of these is tried in this batch."""
        for partition in partitions:
            self._left.pop(partition, None)

    def drop_all(self) -> None:
        """Nothing further of the batch is tried."""
        self._left = {}

    def forget(self, partitions: Collection[Partition]) -> None:
        """These partitions are another process's now: how ill they were is forgotten."""
        self.drop(partitions)
        for partition in partitions:
            self._recover(partition)

    def _order(self, partition: Partition) -> tuple[float, float]:
        lane = self.fairness.lane_of(partition)
        return self._spent.get(lane, 0.0), self._ill[partition].spent

    def _piece(self, partition: Partition) -> tuple[int, ...]:
        left = self._left[partition]
        until = next((at for at, index in enumerate(left) if index in self._failed), None)
        return tuple(left[: self._ill[partition].size if until is None else max(until, 1)])

    def _grow(self, hand: Sequence[int]) -> None:
        partition = self._partitions[hand[0]]
        illness, left = self._ill.get(partition), self._left.get(partition, [])
        if illness is None:
            self._well_at_once *= 2
        elif not self._failed.isdisjoint(left):
            return  # what comes before the one that failed shows nothing of what comes after it
        elif len(hand) >= illness.size or not left:
            illness.size *= 2

    def _fall_ill(self, partition: Partition, size: int) -> None:
        if partition in self._ill:
            self._ill[partition].size = size
            return
        # As those that have spent least until now: it is neither ahead of them nor behind them.
        lane = self.fairness.lane_of(partition)
        beside = [one for one in self._ill if self.fairness.lane_of(one) == lane]
        if not beside:
            self._spent[lane] = min(self._spent.values(), default=0.0)
        least = min((self._ill[one].spent for one in beside), default=0.0)
        self._ill[partition] = _Illness(size, least)

    def _recover(self, partition: Partition) -> None:
        self._ill.pop(partition, None)
        lane = self.fairness.lane_of(partition)
        if all(self.fairness.lane_of(one) != lane for one in self._ill):
            self._spent.pop(lane, None)
