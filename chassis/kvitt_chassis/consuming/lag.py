"""How late a consumer is, in messages and in seconds, as it is shown by topic."""

from collections.abc import Collection, Mapping, Sequence

from aiokafka import TopicPartition
from kvitt_contracts.topics import Topic

from kvitt_chassis.consuming.lateness import Late
from kvitt_chassis.consuming.metrics import LAG, LAG_SECONDS, PAUSED, RESTARTS
from kvitt_chassis.metrics import NO_REGION


class LagGauges:
    """The gauges of one consumer. `prefix` stands before the topics' names at the broker."""

    def __init__(self, service: str, group: str, topics: Sequence[Topic], *, prefix: str) -> None:
        self._labels = {
            prefix + one.name: (service, group, str(one.region or NO_REGION), one.name)
            for one in topics
        }
        RESTARTS.labels(service, group)  # shown from the start: a first one is seen as one
        self._shown: set[str] = set()

    def show(
        self,
        assigned: Collection[TopicPartition],
        late: Mapping[TopicPartition, Late],
        *,
        paused: Collection[TopicPartition],
    ) -> None:
        """Show how `late` the assigned partitions are that lag, and which are paused; what is
        assigned to another process is shown there.
        """
        messages = dict.fromkeys((one.topic for one in assigned), 0)
        seconds = dict.fromkeys(messages, 0.0)
        for one, how in late.items():
            messages[one.topic] += how.messages
            seconds[one.topic] = max(seconds[one.topic], how.seconds)
        for topic in self._shown - messages.keys():
            LAG.remove(*self._labels[topic])
            LAG_SECONDS.remove(*self._labels[topic])
            PAUSED.remove(*self._labels[topic])
        self._shown = set(messages)
        for topic, count in messages.items():
            LAG.labels(*self._labels[topic]).set(count)
            LAG_SECONDS.labels(*self._labels[topic]).set(seconds[topic])
            PAUSED.labels(*self._labels[topic]).set(sum(one.topic == topic for one in paused))
