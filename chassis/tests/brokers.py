"""The topics of one test on a real broker, and consumers of them."""

import struct
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaProducer, ConsumerRecord
from aiokafka.record.util import calc_crc32c
from confluent_kafka import TopicPartition
from kvitt.local.servers import admin_client
from kvitt_chassis.consuming.consumer import Consumer, Tuning
from kvitt_chassis.database import Database
from kvitt_testkit.platform import Platform
from kvitt_testkit.wire import client_settings

from chassis.tests import trail


@dataclass(slots=True)
class Broker:
    """The topics of one test, with their prefix."""

    platform: Platform
    prefix: str

    def client(self, principal: str) -> dict[str, Any]:
        """How a principal connects, in aiokafka's names."""
        return client_settings(self.platform, principal)

    async def publish(self, records: Sequence[ConsumerRecord]) -> None:
        """Write records to their topics and partitions, as their owners."""
        for principal in ("inventory", "region-ac"):
            mine = [
                one for one in records if (principal == "region-ac") == ("region." in one.topic)
            ]
            async with AIOKafkaProducer(acks="all", **self.client(principal)) as producer:
                for one in mine:
                    await producer.send_and_wait(
                        one.topic,
                        value=one.value,
                        key=one.key,
                        partition=one.partition,
                        headers=list(one.headers),
                    )

    def lose(self, topic: str, *, before: int, partition: int = 0) -> None:
        """Delete a partition's records, as retention does."""
        client = admin_client(self.platform.bootstrap, self.platform.admin)
        place = TopicPartition(self.prefix + topic, partition, before)
        for future in client.delete_records([place]).values():
            future.result(10)

    async def publish_poison(self, topic: str) -> None:
        """A record with a header whose name is not UTF-8, as a raw client can write it."""
        async with AIOKafkaProducer(acks="all", **self.client("region-ac")) as producer:
            batch = producer.create_batch()
            batch.append(key=b"k", value=b"v", timestamp=None, headers=[("XXXX", b"x")])
            batch.close()
            body = bytearray(batch._build()).replace(b"XXXX", b"\xff\xfe\xff\xfe")
            body[17:21] = struct.pack(">I", calc_crc32c(bytes(body[21:])))
            batch._buffer = bytes(body)
            batch._build = lambda: batch._buffer
            await (await producer.send_batch(batch, self.prefix + topic, partition=0))


def a_consumer(broker: Broker, database: Database, **tuning: Any) -> Consumer:
    """A consumer of a test's topics; nothing of it runs yet."""
    return trail.a_consumer(
        database,
        kafka=broker.client(trail.SERVICE),
        prefix=broker.prefix,
        tuning=Tuning(**tuning),
    )


@asynccontextmanager
async def running(broker: Broker, database: Database, **tuning: Any) -> AsyncIterator[Consumer]:
    """A consumer that runs in the block."""
    consumer = a_consumer(broker, database, **tuning)
    consumer.shared.start()
    await consumer.start()
    try:
        yield consumer
    finally:
        await consumer.shared.stop()
        await consumer.stop()
