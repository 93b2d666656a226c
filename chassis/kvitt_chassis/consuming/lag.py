"""How late a consumer is, in messages and in seconds, by topic. Reads no message for it."""

from collections import deque
from collections.abc import Collection, Mapping, Sequence

from aiokafka import TopicPartition
from kvitt_contracts.topics import Topic

from kvitt_chassis.consuming.metrics import LAG, LAG_SECONDS, PAUSED, RESTARTS
from kvitt_chassis.metrics import NO_REGION

_MOST_LOOKS = 500


# decision 0581: how late a partition is, is told by the ends that were seen
class Waits:
    """Since when the oldest unsettled message of one partition is known to wait. Pure: the clock is
    an argument.
    """

    def __init__(self) -> None:
        self._ends: deque[tuple[float, int]] = deque()

    def seconds(self, *, settled: int, end: int, now: float) -> float:
        """How long it has waited, by the first look that saw an end beyond it; 0 when none waits.
        `end` is where the partition ends now.
        """
        if self._ends and end < self._ends[-1][1]:
            self._ends.clear()  # another topic, or a restored broker
        if not self._ends or end > self._ends[-1][1]:
            self._ends.append((now, end))
        while self._ends and self._ends[0][1] <= settled:
            self._ends.popleft()
        if len(self._ends) > _MOST_LOOKS:
            # every other look: the wait of what lies between is told a look too short
            self._ends = deque([*self._ends][::2])
        return now - self._ends[0][0] if self._ends else 0.0


class LagGauges:
    """The gauges of one consumer. `prefix` stands before the topics' names at the broker."""

    def __init__(self, service: str, group: str, topics: Sequence[Topic], *, prefix: str) -> None:
        self._labels = {
            prefix + one.name: (service, group, str(one.region or NO_REGION), one.name)
            for one in topics
        }
        RESTARTS.labels(service, group)  # shown from the start: a first one is seen as one
        self._waits: dict[TopicPartition, Waits] = {}
        self._shown: set[str] = set()

    def show(
        self,
        ends: Mapping[TopicPartition, int],
        settled: Mapping[TopicPartition, int],
        *,
        paused: Collection[TopicPartition],
        now: float,
    ) -> None:
        """Show the lag of the assigned partitions, whose `ends` are given, and which are paused;
        what is assigned to another process is shown there.
        """
        messages = dict.fromkeys((one.topic for one in ends), 0)
        seconds = dict.fromkeys(messages, 0.0)
        self._forget(ends)
        for one, end in ends.items():
            at = settled.get(one, 0)
            messages[one.topic] += max(0, end - at)
            waits = self._waits.setdefault(one, Waits())
            waited = waits.seconds(settled=at, end=end, now=now)
            seconds[one.topic] = max(seconds[one.topic], waited)
        for topic in self._shown - messages.keys():
            LAG.remove(*self._labels[topic])
            LAG_SECONDS.remove(*self._labels[topic])
            PAUSED.remove(*self._labels[topic])
        self._shown = set(messages)
        for topic, count in messages.items():
            LAG.labels(*self._labels[topic]).set(count)
            LAG_SECONDS.labels(*self._labels[topic]).set(seconds[topic])
            PAUSED.labels(*self._labels[topic]).set(sum(one.topic == topic for one in paused))

    def _forget(self, assigned: Collection[TopicPartition]) -> None:
        for gone in self._waits.keys() - set(assigned):
            del self._waits[gone]
