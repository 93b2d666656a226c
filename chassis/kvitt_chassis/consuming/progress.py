"""How far the partitions of this process are settled, and whether Kafka and the database bear that
out. What follows from it is decided elsewhere.
"""

import logging
from collections.abc import Mapping, Sequence

from aiokafka import TopicPartition

from kvitt_chassis.consuming import positions
from kvitt_chassis.consuming.incoming import Record
from kvitt_chassis.consuming.kafka_client import KafkaClient
from kvitt_chassis.consuming.positions import Reached
from kvitt_chassis.database import Database

log = logging.getLogger(__name__)


class Progress:
    """Of the partitions that are assigned. `assignment` counts the assignments there have been.

    `halted` says why nothing may be read; `is_behind` that the database is not the one in which all
    of it was settled, so that the partitions are to be assigned anew.
    """

    def __init__(self, database: Database, client: KafkaClient) -> None:
        self._database = database
        self._client = client
        self._doubted: dict[TopicPartition, int] = {}
        self.assignment = 0
        self.settled: dict[TopicPartition, int] = {}
        self.halted: str | None = None
        self.is_behind = False

    async def check(self, partitions: Sequence[TopicPartition]) -> None:
        """Of partitions that are assigned now: is what is to be read still there, and from where?

        Raises KafkaError, TimeoutError, DBAPIError where nobody answers: to be checked again.
        """
        begins = await self._client.begins(partitions)
        ends = await self._client.ends(partitions)
        committed = {one: await self._client.committed(one) for one in partitions}
        known = await self._known(begins, committed)
        self.settled, self._doubted, self.is_behind = {}, {}, False
        for one in partitions:
            offset = committed[one]
            read_from = begins[one] if offset is None else offset
            self.settled[one] = min(read_from, known[one])
            for stands in (read_from, known[one]):
                if stands < begins[one] or read_from > ends[one]:
                    self._halt(one, stands, begins[one], ends[one])
            if known[one] < read_from:
                self._go_back(one, known[one])

    async def look_back(self) -> None:
        """Does the database still know what was settled? A batch asks too, where one comes."""
        async with self._database.reading() as session:
            known = await positions.read(session)
        self.is_behind |= any(known.get(one, 0) < at for one, at in self.settled.items())

    async def lag(self) -> int:
        """Messages that are not settled yet. Asks the broker; raises KafkaError, TimeoutError."""
        ends = await self._client.ends(self._client.assignment())
        return sum(max(0, end - self.settled.get(one, 0)) for one, end in ends.items())

    def left_out(self, records: Sequence[Record]) -> dict[TopicPartition, int]:
        """Partitions of which the client left records out, with the place to read from.

        aiokafka drops records that it has taken from its buffer when another partition's cannot be
        decoded. A gap that is there the second time as well is Kafka's own (a transaction's marks).
        """
        first: dict[TopicPartition, int] = {}
        for record in records:
            first.setdefault(TopicPartition(record.topic, record.partition), record.offset)
        back = {}
        for partition, offset in first.items():
            expected = self.settled.get(partition, offset)
            if offset > expected and self._doubted.get(partition) != expected:
                self._doubted[partition] = back[partition] = expected
        return back

    async def _known(
        self, begins: Reached, committed: Mapping[TopicPartition, int | None]
    ) -> Reached:
        """How far the database knows each partition settled. One that is new to it, or to the
        group, is read from what Kafka has.
        """
        async with self._database.unit() as unit:
            known = await positions.read(unit.session)
            fresh = {
                one: begins[one] for one in begins if committed[one] is None or one not in known
            }
            await positions.begin(unit.session, fresh)
        return {one: max(known.get(one, 0), fresh.get(one, 0)) for one in begins}

    def _go_back(self, partition: TopicPartition, known: int) -> None:
        """The database is from before what the group has read: it was restored, or promoted."""
        log.warning(
            "the database is from before what was read: %s %s is read again from offset %s",
            *(*partition, known),
        )
        self._client.seek({partition: known})

    def _halt(self, partition: TopicPartition, offset: int, begin: int, end: int) -> None:
        self.halted = (
            f"{partition.topic} {partition.partition}: offset {offset} is out of range"
            f" {begin}-{end}; messages are lost, or the topic is another. Republish what is"
            " missing, then delete the group's offsets of this topic: what Kafka has is read."
        )
        log.critical("the consumer has stopped: %s", self.halted)
