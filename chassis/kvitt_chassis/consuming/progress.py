"""How far the partitions of this process are settled, and whether Kafka and the database agree with
that. What follows from it is decided elsewhere.
"""

import logging
import time
from collections.abc import Collection, Mapping, Sequence

from aiokafka import TopicPartition

from kvitt_chassis.consuming import positions
from kvitt_chassis.consuming.incoming import Record
from kvitt_chassis.consuming.kafka_client import KafkaClient
from kvitt_chassis.consuming.lateness import Late, Lateness
from kvitt_chassis.consuming.positions import Reached
from kvitt_chassis.database import Database

log = logging.getLogger(__name__)


class Progress:
    """Of the assigned partitions. `assignment` counts the assignments there have been.

    `halted`: why nothing may be read. `gone`: why a partition of a region is not read. `is_behind`:
    the database lacks what was settled in it, so the partitions must be assigned anew and read
    again. `of_regions`: the topics of regions, by their names at the broker.
    """

    def __init__(
        self, database: Database, client: KafkaClient, *, of_regions: Collection[str] = ()
    ) -> None:
        self._database = database
        self._client = client
        self._of_regions = of_regions
        self._doubted: dict[TopicPartition, int] = {}
        self.assignment = 0
        self.settled: dict[TopicPartition, int] = {}
        self.halted: str | None = None
        self.gone: dict[TopicPartition, str] = {}
        self.is_behind = False
        self._lateness = Lateness()

    async def check(self, partitions: Sequence[TopicPartition]) -> None:
        """Check partitions that have just been assigned: is what is to be read still in Kafka, and
        from which offset?

        Raises KafkaError, TimeoutError, DBAPIError when Kafka or the database does not answer;
        check again then.
        """
        begins = await self._client.begins(partitions)
        ends = await self._client.ends(partitions)
        committed = {one: await self._client.committed(one) for one in partitions}
        known = await self._known(begins, committed)
        self.settled, self.gone, self._doubted, self.is_behind = {}, {}, {}, False
        for one in partitions:
            offset = committed[one]
            if offset is None:
                self.settled[one] = self._take_over(one, known[one], begins[one], ends[one])
                continue
            self.settled[one] = min(offset, known[one])
            for stands in {offset, known[one]}:
                if stands < begins[one] or offset > ends[one]:
                    self._halt(one, stands, begins[one], ends[one])
            if known[one] < offset:
                self._go_back(one, known[one])

    async def check_database(self) -> None:
        """Set `is_behind` when the database lacks what was settled. Each batch checks that as well;
        this is for times without one.
        """
        settled = dict(self.settled)  # before it is asked: a batch may be settled meanwhile
        async with self._database.reading() as session:
            known = await positions.read(session)
        self.is_behind |= any(known.get(one, 0) < at for one, at in settled.items())

    async def lag(self, *, topics: Collection[str] | None = None) -> int:
        """How many messages are not settled yet; of some `topics` alone where they are named. Asks
        the broker; raises KafkaError, TimeoutError.
        """
        return self.unsettled(await self.ends(topics=topics))

    async def ends(self, *, topics: Collection[str] | None = None) -> dict[TopicPartition, int]:
        """Where the assigned partitions end now, of some `topics` alone where they are named. Asks
        the broker; raises KafkaError, TimeoutError.
        """
        asked = {one for one in self._client.assignment() if topics is None or one.topic in topics}
        ends = dict(await self._client.ends(asked)) if asked else {}
        if topics is None:
            self._lateness.look(time.monotonic(), ends=ends, settled=self.settled)
        return ends

    def unsettled(self, ends: Mapping[TopicPartition, int]) -> int:
        """How many messages before these ends are not settled yet."""
        return sum(max(0, end - self.settled.get(one, 0)) for one, end in ends.items())

    def late(self) -> dict[TopicPartition, Late]:
        """How late each partition is that lags, by the last look at all of them (`ends`)."""
        found = self._lateness.late(time.monotonic())
        return {TopicPartition(*one): late for one, late in found.items()}

    def left_out(self, records: Sequence[Record]) -> dict[TopicPartition, int]:
        """Partitions of which the client left records out, with the offset to read again from.

        aiokafka drops records that it has taken from its buffer when another partition's cannot be
        decoded. A gap that is there the second time as well is Kafka's own (a transaction's
        marker).
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
        """How far each partition is settled by the database. One that is new to it is read from
        Kafka's first record; so is one that is new to the group, when Kafka has deleted what comes
        after what is settled.
        """
        async with self._database.unit() as unit:
            known = await positions.read(unit.session)
            fresh = {
                one: begin
                for one, begin in begins.items()
                if one not in known or (committed[one] is None and known[one] < begin)
            }
            await positions.begin(unit.session, fresh)
        for one in fresh.keys() & known.keys():
            log.error("%s %s: offsets %s to %s are gone", *one, known[one], fresh[one])
        return {**known, **fresh}

    # decision 0187: a group without offsets reads on from what the database knows
    def _take_over(self, partition: TopicPartition, known: int, begin: int, end: int) -> int:
        """Where a group that has committed nothing yet reads a partition on: from what the database
        knows; from the first record, when Kafka has never had so many.
        """
        at = known if known <= end else begin
        if at != begin:
            self._client.seek({partition: at})
        return at

    def _go_back(self, partition: TopicPartition, known: int) -> None:
        """The database is older than what the group has read: it was restored, or promoted."""
        log.warning(
            "the database is from before what was read: %s %s is read again from offset %s",
            *(*partition, known),
        )
        self._client.seek({partition: known})

    # decision 0227: what a region has lost stops that region alone
    def _halt(self, partition: TopicPartition, offset: int, begin: int, end: int) -> None:
        reason = (
            f"{partition.topic} {partition.partition}: offset {offset} is out of range"
            f" {begin}-{end}; messages are lost, or the topic is another. Republish what is"
            " missing, then delete the group's offsets of this topic: what Kafka has is read."
        )
        if partition.topic in self._of_regions:
            self.gone[partition] = reason
            self._client.pause(partition)
            log.critical("a region's partition is not read: %s", reason)
        else:
            self.halted = reason
            log.critical("the consumer has stopped: %s", reason)
