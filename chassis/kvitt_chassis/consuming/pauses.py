"""Paused partitions: those of which too many messages failed in a row. Stored, so that a pause also
holds for the next process that is assigned the partition.
"""

import time

from aiokafka import TopicPartition
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kvitt_chassis.consuming.kafka_client import KafkaClient
from kvitt_chassis.consuming.machine import Partition
from kvitt_chassis.database import Database

DDL: tuple[str, ...] = (
    """
    CREATE TABLE pauses (
        consumer_group text NOT NULL,
        topic text NOT NULL,
        partition integer NOT NULL,
        until timestamptz NOT NULL,
        reason text NOT NULL,
        PRIMARY KEY (consumer_group, topic, partition)
    )
    """,
    "REVOKE ALL ON pauses FROM {api}",
)
"""`until` is real time; `topic` is the broker's name."""


class Pauses:
    """The paused partitions of one process."""

    def __init__(self, database: Database, client: KafkaClient, group: str) -> None:
        self._database = database
        self._client = client
        self._group = group
        self.paused: dict[TopicPartition, float] = {}

    async def begin(self, partition: TopicPartition, seconds: float, reason: str) -> None:
        """Pause a partition for `seconds`, and store that with its reason."""
        async with self._database.unit() as unit:
            await store_pause(unit.session, self._group, tuple(partition), seconds, reason)
        self._hold(partition, seconds)

    async def put_back(self) -> None:
        """Pause those assigned partitions that are stored as paused, by whichever process."""
        async with self._database.reading() as session:
            stored = await pauses_of(session, self._group)
        for partition, seconds in stored.items():
            self._hold(TopicPartition(*partition), seconds)

    async def end_due(self) -> None:
        """Resume the partitions whose pause is over."""
        over = [one for one, until in self.paused.items() if until <= time.monotonic()]
        for partition in over:
            async with self._database.unit() as unit:
                await forget_pause(unit.session, self._group, tuple(partition))
            self.paused.pop(partition, None)
            self._client.resume(partition)

    def _hold(self, partition: TopicPartition, seconds: float) -> None:
        if self._client.pause(partition):
            self.paused[partition] = time.monotonic() + seconds


async def store_pause(
    session: AsyncSession, group: str, partition: Partition, seconds: float, reason: str
) -> None:
    """Store that a partition is paused for `seconds`, whichever process is assigned it."""
    await session.execute(
        _STORE,
        {
            "consumer_group": group,
            "topic": partition[0],
            "partition": partition[1],
            "seconds": seconds,
            "reason": reason,
        },
    )


async def forget_pause(session: AsyncSession, group: str, partition: Partition) -> None:
    """Delete a pause."""
    at = {"consumer_group": group, "topic": partition[0], "partition": partition[1]}
    await session.execute(_FORGET, at)


async def pauses_of(session: AsyncSession, group: str) -> dict[Partition, float]:
    """The stored pauses that are not over, with the seconds that are left."""
    rows = await session.execute(_SELECT, {"consumer_group": group})
    return {(topic, partition): float(seconds) for topic, partition, seconds in rows.all()}


_STORE = text(
    """
    INSERT INTO pauses (consumer_group, topic, partition, until, reason)
    VALUES (:consumer_group, :topic, :partition,
        clock_timestamp() + make_interval(secs => :seconds), :reason)
    ON CONFLICT (consumer_group, topic, partition) DO UPDATE SET until = excluded.until,
        reason = excluded.reason
    """
)
_FORGET = text(
    """
    DELETE FROM pauses WHERE consumer_group = :consumer_group AND topic = :topic
        AND partition = :partition
    """
)
_SELECT = text(
    """
    SELECT topic, partition, extract(epoch FROM until - clock_timestamp()) FROM pauses
    WHERE consumer_group = :consumer_group AND until > clock_timestamp()
    """
)
