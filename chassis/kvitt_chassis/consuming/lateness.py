"""For how long messages have waited to be read, by partition, from looks at where each ends. Pure:
no clock, no IO.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from kvitt_chassis.consuming.turns import Partition

MOST_LOOKS = 240
"""So many looks are remembered of a partition that lags; of older ones every other is dropped."""


@dataclass(frozen=True, slots=True)
class Late:
    """How late a partition is: `messages` that are not settled, the first of which has waited at
    least these `seconds`. `is_longer`: it lagged already at the first look.
    """

    messages: int
    seconds: float
    is_longer: bool


# decision 0601: how late a reader is follows from where its topics ended at each look
@dataclass(slots=True)
class Lateness:
    """Looks at partitions: when, and where each ended. A message that is not settled was there at
    the first look that ended behind it.
    """

    _looks: dict[Partition, deque[tuple[float, int]]] = field(default_factory=dict)
    _ends: dict[Partition, int] = field(default_factory=dict)
    _settled: dict[Partition, int] = field(default_factory=dict)

    def look(
        self, now: float, *, ends: Mapping[Partition, int], settled: Mapping[Partition, int]
    ) -> None:
        """Note where the assigned partitions end, and how far they are settled; what is not
        assigned any more is forgotten. `now`: seconds of a monotonic clock.
        """
        self._ends, self._settled = dict(ends), dict(settled)
        self._looks = {one: self._looks.get(one, deque()) for one in ends}
        for one, end in ends.items():
            looks = self._looks[one]
            if looks and end < looks[-1][1]:
                looks.clear()  # another topic, or a restored broker
            if not looks or looks[-1][1] != end:
                looks.append((now, end))
            # of those that are settled one is kept: it says that it was level
            while len(looks) > 1 and looks[1][1] <= settled.get(one, 0):
                looks.popleft()
            if len(looks) > MOST_LOOKS:
                kept = list(looks)
                self._looks[one] = deque(kept[: MOST_LOOKS // 2 : 2] + kept[MOST_LOOKS // 2 :])

    def late(self, now: float) -> dict[Partition, Late]:
        """How late each partition is that lags."""
        found = {}
        for one, end in self._ends.items():
            settled = self._settled.get(one, 0)
            if end <= settled:
                continue
            looks = self._looks[one]
            since, is_first = next(
                (at, at == looks[0][0]) for at, there in looks if there > settled
            )
            found[one] = Late(end - settled, max(0.0, now - since), is_first)
        return found
