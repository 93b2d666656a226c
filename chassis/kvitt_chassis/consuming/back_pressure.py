"""Partitions that are not read while their region is over its cap: paused in the client, so that
what the region sends stays in Kafka.
"""

from collections.abc import Collection, Mapping

from aiokafka import TopicPartition

from kvitt_chassis.consuming.caps import Caps
from kvitt_chassis.consuming.kafka_client import KafkaClient


class BackPressure:
    """The held partitions of one consumer. `regions` are those of its topics, by their names at the
    broker.
    """

    def __init__(self, client: KafkaClient, caps: Caps, regions: Mapping[str, str]) -> None:
        self._client = client
        self._caps = caps
        self._regions = regions
        self.held: set[TopicPartition] = set()

    @property
    def is_needed(self) -> bool:
        """False for a consumer of our own topics: nothing of it is ever held."""
        return bool(self._regions)

    def apply(self, paused: Collection[TopicPartition]) -> None:
        """Hold the assigned partitions of the regions that are over their cap, as it was last
        measured; resume the others, but for those that are `paused` for another reason.
        """
        mine = self._client.assignment()
        held = {one for one in mine if self._regions.get(one.topic) in self._caps.over}
        for partition in held:
            self._client.pause(partition)
        for partition in self.held - held - set(paused):
            self._client.resume(partition)
        self.held = held
